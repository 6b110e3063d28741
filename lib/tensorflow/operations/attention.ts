/**
 * Scaled dot-product attention with several heads.
 *
 * @module
 */

import { type Tensor, tf } from "../backend.ts";
import { as, batchProduct, lower, type Precision, raise } from "./matmul.ts";
import { int32s, number, op, ops, withGradient } from "./operation.ts";
import type { RandomSource } from "./random.ts";
import { reshape, shapeOf, transpose } from "./shapes.ts";

/** Options of {@link attention}. */
export interface AttentionOptions {
  readonly heads: number;
  /** Dropout of the attention weights. */
  readonly dropout?: number;
  readonly random?: RandomSource | undefined;
  readonly precision?: Precision;
}

/** What is added to the scores of padded positions, as BERT does. */
const HIDDEN = -10000;

/**
 * softmax(q k' + bias) v for each head (Vaswani et al. 2017, equation 1), queries being divided by
 * sqrt(width per head) already: q [b*s, d], keys beside values [b*t, 2d], bias [b, 1, 1, t]
 * -> [b*s, d]. Inputs and result are float32, or bfloat16 at that precision.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { attention, paddingBias } from "./attention.ts";
 * await startTensorFlow();
 * const bias = paddingBias(tf.ones([2, 3])); // two rows of three positions
 * console.log(attention(tf.ones([2, 4]), tf.ones([6, 8]), bias, { heads: 2 }).shape); // [2, 4]
 * ```
 */
export function attention(
  queries: Tensor,
  keysAndValues: Tensor,
  bias: Tensor,
  options: AttentionOptions,
): Tensor {
  const { precision = "float32" } = options;
  return withGradient([queries, keysAndValues], (save) => {
    const [q] = split(lower(queries, precision), 1, bias, options);
    const [k, v] = split(lower(keysAndValues, precision), 2, bias, options);
    const { value, parts } = forward(q!, k!, v!, bias, options);
    save([queries, keysAndValues, ...parts]);
    return {
      value,
      gradient: (dy, [queries, keysAndValues, ...parts]) => {
        const [dq, ...rest] = backward(lower(dy, precision), parts, options);
        return [as(queries!, join([dq!])), as(keysAndValues!, join(rest))];
      },
    };
  });
}

/** {@link attention} of every position to all: queries, keys and values side by side [b*t, 3d]. */
export function selfAttention(x: Tensor, bias: Tensor, options: AttentionOptions): Tensor {
  const { precision = "float32" } = options;
  return withGradient([x], (save) => {
    const [q, k, v] = split(lower(x, precision), 3, bias, options);
    const { value, parts } = forward(q!, k!, v!, bias, options);
    save([x, ...parts]);
    return {
      value,
      gradient: (dy, [x, ...parts]) => as(x!, join(backward(lower(dy, precision), parts, options))),
    };
  });
}

/** `count` tensors [b, h, t, k] that lie side by side: [b*t, count d]. */
function split(x: Tensor, count: number, bias: Tensor, { heads }: AttentionOptions): Tensor[] {
  const perHead = x.shape[1]! / count / heads;
  const apart = reshape(x, [[bias, 0], -1, count, heads, perHead]); // [b, t, count, h, k]
  const sorted = transpose(apart, [2, 0, 3, 1, 4]); // [count, b, h, t, k]
  return ops("Unpack", [sorted], { num: count, axis: 0 }, count);
}

/** The reverse of {@link split}. */
function join(parts: readonly Tensor[]): Tensor {
  const [, heads, , perHead] = parts[0]!.shape;
  const together = transpose(op("Pack", parts, { axis: 0 }), [1, 3, 0, 2, 4]); // [b, t, count, h, k]
  return reshape(together, [-1, parts.length * heads! * perHead!]);
}

/** [b*s, d], and what {@link backward} needs. */
function forward(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  bias: Tensor,
  { dropout: rate = 0, random, precision = "float32" }: AttentionOptions,
): { value: Tensor; parts: Tensor[] } {
  const scores = op("AddV2", [batchProduct(q, k, false, true), lower(bias, precision)]);
  const weights = op("Softmax", [raise(scores)]); // [b, h, s, t]
  const mask = random && rate > 0 ? [random.elementMask(shapeOf(weights), rate)] : [];
  const kept = lower(mask.length > 0 ? op("Mul", [weights, mask[0]!]) : weights, precision);
  return { value: join([batchProduct(kept, v)]), parts: [q, k, v, weights, kept, ...mask] };
}

/** Gradients of queries, keys and values [b, h, ., k] from that of the result [b*s, d]. */
function backward(dy: Tensor, parts: readonly Tensor[], options: AttentionOptions): Tensor[] {
  const [q, k, v, weights, kept, mask] = parts as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor?];
  const [d] = split(dy, 1, q, options);
  const dropped = raise(batchProduct(d!, v, false, true)); // [b, h, s, t]
  const dw = mask ? op("Mul", [dropped, mask]) : dropped;
  const along = op("Sum", [op("Mul", [dw, weights]), int32s(-1)], { keep_dims: true });
  const ds = as(kept, op("Mul", [op("Sub", [dw, along]), weights]));
  return [batchProduct(ds, k), batchProduct(ds, q, true), batchProduct(kept, d!, true)];
}

/** The bias that hides padding: mask [b, t] of 1 and 0 -> [b, 1, 1, t] of 0 and -10,000. */
export function paddingBias(mask: Tensor): Tensor {
  return tf.tidy(() => {
    const bias = op("Mul", [op("Sub", [number(1), mask]), number(HIDDEN)]);
    return reshape(bias, [[mask, 0], 1, 1, [mask, 1]]);
  });
}
