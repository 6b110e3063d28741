/**
 * Scaled dot-product attention with several heads.
 *
 * @module
 */

import { type Tensor, tf } from "../backend.ts";
import { dropout } from "./dropout.ts";
import { batchMatMul, type Precision } from "./matmul.ts";
import { number, op, withGradient } from "./operation.ts";
import type { RandomSource } from "./random.ts";
import { reshape, transpose } from "./shapes.ts";
import { softmax } from "./softmax.ts";

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
 * softmax(q k' / sqrt(width per head) + bias) v for each head (Vaswani et al. 2017, equation 1):
 * q, k, v [b*t, d] and bias [b, 1, 1, t] -> [b*t, d].
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { attention, paddingBias } from "./attention.ts";
 * await startTensorFlow();
 * const x = tf.ones([6, 4]); // two rows of three positions
 * const bias = paddingBias(tf.ones([2, 3]));
 * console.log(attention(x, x, x, bias, { heads: 2 }).shape); // [6, 4]
 * ```
 */
export function attention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  bias: Tensor,
  options: AttentionOptions,
): Tensor {
  const { heads, dropout: rate = 0, random, precision = "float32" } = options;
  const width = q.shape[1]!;
  const perHead = width / heads;
  const split = (x: Tensor) =>
    // [b*t, d] -> [b, h, t, k]
    transpose(reshape(x, [[bias, 0], [bias, 3], heads, perHead]), [0, 2, 1, 3]);
  return tf.tidy(() => {
    const scores = batchMatMul(split(q), split(k), { transposeB: true, precision }); // [b, h, t, t]
    const weights = softmax(scaleAndAdd(scores, 1 / Math.sqrt(perHead), bias));
    const kept = dropout(weights, rate, random);
    const mixed = batchMatMul(kept, split(v), { precision }); // [b, h, t, k]
    return reshape(transpose(mixed, [0, 2, 1, 3]), [-1, width]); // [b*t, d]
  });
}

/** The bias that hides padding: mask [b, t] of 1 and 0 -> [b, 1, 1, t] of 0 and -10,000. */
export function paddingBias(mask: Tensor): Tensor {
  return tf.tidy(() => {
    const bias = op("Mul", [op("Sub", [number(1), mask]), number(HIDDEN)]);
    return reshape(bias, [[mask, 0], 1, 1, [mask, 1]]);
  });
}

/** x * factor + bias where neither factor nor bias learns. */
function scaleAndAdd(x: Tensor, factor: number, bias: Tensor): Tensor {
  return withGradient([x], () => ({
    value: op("AddV2", [op("Mul", [x, number(factor)]), bias]),
    gradient: (dy) => op("Mul", [dy, number(factor)]),
  }));
}
