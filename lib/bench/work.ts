/**
 * How much arithmetic a training step is, and how much this machine can do.
 *
 * @module
 */

import type { EncoderConfig } from "../model/config.ts";
import { median } from "../statistics.ts";
import { tf } from "../tensorflow/backend.ts";
import { lower, product } from "../tensorflow/operations/matmul.ts";
import type { Precision } from "./measurement.ts";

/**
 * Floating-point operations of one training step's matrix products in the encoder's layers:
 * 6 x dense parameters x tokens + 12 x layers x rows x length^2 x width.
 *
 * A weight is multiplied and added once per token in the forward pass (2 operations) and twice in
 * the backward pass, for the gradients of input and weight: 6. Attention has two products of
 * length x length x width per row, q k' and weights v: 4, again three times. Embeddings, pooler,
 * head and all that isn't a matrix product are left out. It is the work asked for: who leaves out
 * what a linear head doesn't look at, as ours in the last layer, does less.
 *
 * @example
 * ```ts
 * import { stepOperations } from "./work.ts";
 * stepOperations({ layers: 6, width: 384, intermediate: 1536 }, 32, 64) / 1e9; // 134.1
 * ```
 */
export function stepOperations(
  { layers, width, intermediate }: Pick<EncoderConfig, "layers" | "width" | "intermediate">,
  rows: number,
  length: number,
): number {
  const dense = layers * (4 * width ** 2 + 2 * width * intermediate);
  return 6 * dense * rows * length + 12 * layers * rows * length ** 2 * width;
}

/** Operations per second of matrix products, by precision. */
export type Peak = Readonly<Record<Precision, number>>;

/** Median over products of 2,048 x 2,048; TensorFlow must be started. */
export function measurePeak(times: number): Peak {
  const size = 2048;
  const rate = (precision: Precision): number =>
    tf.tidy(() => {
      const x = lower(tf.randomUniform([size, size], -1, 1), precision);
      const seconds: number[] = [];
      for (let i = 0; i <= times; i++) { // the first warms up
        const started = performance.now();
        tf.tidy(() => product(x, x).slice([0, 0], [1, 1]).dataSync());
        if (i > 0) seconds.push((performance.now() - started) / 1000);
      }
      return 2 * size ** 3 / median(seconds)!;
    });
  return { float32: rate("float32"), bfloat16: rate("bfloat16") };
}
