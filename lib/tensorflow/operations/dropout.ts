/**
 * Dropout, ordinary and variational.
 *
 * @module
 */

import { type Tensor, tf } from "../backend.ts";
import { op, withGradient } from "./operation.ts";
import type { RandomSource } from "./random.ts";
import { shapeOf, shapeVector } from "./shapes.ts";

/**
 * Sets elements to 0 with probability `rate` and scales the others by 1 / (1 - rate); gives `x`
 * back without a random source (evaluation) or at rate 0 (Srivastava et al. 2014).
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { dropout } from "./dropout.ts";
 * await startTensorFlow();
 * console.log(dropout(tf.ones([3]), 0.5, undefined).dataSync()); // 1, 1, 1
 * ```
 */
export function dropout(x: Tensor, rate: number, random: RandomSource | undefined): Tensor {
  return masked(x, rate, random, () => shapeOf(x));
}

/**
 * Dropout of [b, t, d] with one mask per row and feature, shared by all positions.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { variationalDropout } from "./dropout.ts";
 * await startTensorFlow();
 * console.log(variationalDropout(tf.ones([1, 2, 3]), 0.5, undefined).shape); // [1, 2, 3]
 * ```
 */
export function variationalDropout(
  x: Tensor,
  rate: number,
  random: RandomSource | undefined,
): Tensor {
  return masked(x, rate, random, () => shapeVector([[x, 0], 1, x.shape[2]!]));
}

/**
 * Variational dropout of [b, t, d] for what its positions are multiplied with: x h' with a dropped
 * h is a dropped x times h', and w h is dropped after the sum. The mask [b, d] is drawn at once.
 */
export function dropoutOfRows(
  rows: Tensor,
  rate: number,
  random: RandomSource | undefined,
): (x: Tensor) => Tensor {
  if (!random || rate === 0) return (x) => x;
  const mask = random.elementMask(shapeVector([[rows, 0], rows.shape[2]!]), rate); // [b, d]
  return (x) => applyMask(x, mask);
}

function masked(
  x: Tensor,
  rate: number,
  random: RandomSource | undefined,
  shape: () => Tensor,
): Tensor {
  if (!random || rate === 0) return x;
  return tf.tidy(() => applyMask(x, random.elementMask(shape(), rate)));
}

/** x times a mask that has no gradient; the mask may be broadcast. */
export function applyMask(x: Tensor, mask: Tensor): Tensor {
  return withGradient([x], (save) => {
    save([mask]);
    return {
      value: op("Mul", [x, mask]),
      gradient: (dy, [mask]) => op("Mul", [dy, mask!]),
    };
  });
}
