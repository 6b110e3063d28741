/**
 * Scaled dot-product attention with several heads.
 *
 * @module
 */

import { type Tensor, tf } from "../backend.ts";
import { fusedSoftmax, has } from "./fused.ts";
import { as, batchProduct, lower, type Precision, raise } from "./matmul.ts";
import { int32s, number, op, ops, withGradient } from "./operation.ts";
import type { RandomSource } from "./random.ts";
import { reshape, shapeOf, transpose } from "./shapes.ts";

/** Options of {@link attention}. */
export interface AttentionOptions {
  /** Number of attention heads, h. */
  readonly heads: number;
  /** Dropout of the attention weights. */
  readonly dropout?: number;
  /** What dropout is drawn from; none is dropped when left out. */
  readonly random?: RandomSource | undefined;
  /** Arithmetic of the matrix products; float32 when left out. */
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
  return attend([[queries, 1], [keysAndValues, 2]], bias, options);
}

/**
 * {@link attention} of every position to all: queries, keys and values side by side [b*t, 3d].
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { paddingBias, selfAttention } from "./attention.ts";
 * await startTensorFlow();
 * const bias = paddingBias(tf.ones([2, 3])); // two rows of three positions
 * console.log(selfAttention(tf.ones([6, 12]), bias, { heads: 2 }).shape); // [6, 4]
 * ```
 */
export function selfAttention(x: Tensor, bias: Tensor, options: AttentionOptions): Tensor {
  return attend([[x, 3]], bias, options);
}

/** `projections`: tensors in which so many of queries, keys and values, in this order, lie side by side. */
function attend(
  projections: readonly (readonly [x: Tensor, count: number])[],
  bias: Tensor,
  options: AttentionOptions,
): Tensor {
  const { precision = "float32" } = options;
  const given = projections.map(([x]) => x);
  return withGradient(given, (save) => {
    const [q, k, v] = projections.flatMap(([x, count]) =>
      split(lower(x, precision), count, bias, options)
    );
    const { value, parts } = forward(q!, k!, v!, bias, options);
    save([...given, ...parts]);
    return {
      value,
      gradient: (dy, saved) => {
        const gradients = backward(dy, saved.slice(given.length), options);
        return projections.map(([, count], i) => as(saved[i]!, join(gradients.splice(0, count))));
      },
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
  options: AttentionOptions,
): { value: Tensor; parts: Tensor[] } {
  const { dropout: rate = 0, random, precision = "float32" } = options;
  const scores = op("AddV2", [batchProduct(q, k, false, true), lower(bias, precision)]);
  const weights = shares(scores, precision); // [b, h, s, t]
  const kept = random && rate > 0
    ? op("Mul", [weights, random.keepMask(shapeOf(weights), rate, precision)])
    : weights;
  const mixed = batchProduct(kept, v); // [b, h, s, k]
  return { value: scaled(join([mixed]), options), parts: [q, k, v, weights, kept, mixed] };
}

/** Softmax over the last axis, worked out in float32. */
function shares(scores: Tensor, precision: Precision): Tensor {
  return precision === "bfloat16" && has("softmax bfloat16")
    ? fusedSoftmax(scores)
    : lower(op("Softmax", [raise(scores)]), precision);
}

/**
 * Gradients of queries, keys and values [b, h, ., k] from that of the result [b*s, d]. What softmax
 * subtracts, the sum over t of dw w, is taken as that of d and the result over k (Dao et al. 2022,
 * arXiv 2205.14135, appendix B.2): fewer numbers, and the mask isn't needed again.
 */
function backward(dy: Tensor, parts: readonly Tensor[], options: AttentionOptions): Tensor[] {
  const [q, k, v, weights, kept, mixed] = parts as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  const [d] = split(as(kept, scaled(dy, options)), 1, q, options);
  const along = op("Sum", [op("Mul", [raise(d!), raise(mixed)]), int32s(-1)], { keep_dims: true });
  const dropped = op("Mul", [batchProduct(d!, v, false, true), kept]); // [b, h, s, t]
  const ds = op("Sub", [dropped, op("Mul", [as(kept, along), weights])]);
  return [batchProduct(ds, k), batchProduct(ds, q, true), batchProduct(kept, d!, true)];
}

/** Times 1 / (1 - rate) where weights were dropped. */
function scaled(x: Tensor, { dropout: rate = 0, random }: AttentionOptions): Tensor {
  if (!random || rate === 0) return x;
  return as(x, op("Mul", [raise(x), number(1 / (1 - rate))]));
}

/**
 * The bias that hides padding: mask [b, t] of 1 and 0 -> [b, 1, 1, t] of 0 and -10,000.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { paddingBias } from "./attention.ts";
 * await startTensorFlow();
 * console.log(paddingBias(tf.tensor2d([[1, 1, 0]])).dataSync()); // 0, 0, -10000
 * ```
 */
export function paddingBias(mask: Tensor): Tensor {
  return tf.tidy(() => {
    const bias = op("Mul", [op("Sub", [number(1), mask]), number(HIDDEN)]);
    return reshape(bias, [[mask, 0], 1, 1, [mask, 1]]);
  });
}
