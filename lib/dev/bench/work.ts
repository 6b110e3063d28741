/**
 * How much arithmetic a training step is, and how much this machine can do.
 *
 * @module
 */

import type { EncoderConfig } from "../../model/encoder.ts";
import { median } from "../../metrics/statistics.ts";
import { tf } from "../../tensorflow/backend.ts";
import { lower, product } from "../../tensorflow/operations/matmul.ts";
import { int32s, op } from "../../tensorflow/operations/operation.ts";
import { SHARDS } from "../../tensorflow/runtime.ts";
import { sideBySide } from "../../tensorflow/side_by_side.ts";
import { compile, type Tensors } from "../../tensorflow/trace.ts";
import { joinShards } from "../../train/inputs.ts";
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

/** Median over products of 2,048 x 2,048, as many side by side as shards; TensorFlow must be started. */
export async function measurePeak(times: number): Promise<Peak> {
  return {
    float32: await measureProducts("float32", times),
    bfloat16: await measureProducts("bfloat16", times),
  };
}

async function measureProducts(precision: Precision, times: number): Promise<number> {
  const size = 2048;
  // results of an operation: numbers that no operation has seen would be a constant of the function
  const made = () => lower(tf.sub(tf.randomUniform([size, size]), 0.5), precision);
  const all = Array.from({ length: SHARDS }, () => ({ x: tf.tidy(made) }));
  const specs = { x: { type: precision, shape: [size, size] } } as const;
  const one = ({ x }: Tensors) => ({
    some: op("Slice", [product(x!, x!), int32s(0, 0), int32s(1, 1)]),
  });
  const run = compile(() => joinShards(sideBySide("product", specs, one, all)));
  const seconds: number[] = [];
  for (let i = 0; i <= times; i++) { // the first warms up
    const started = performance.now();
    tf.dispose(Object.values(await run({})));
    if (i > 0) seconds.push((performance.now() - started) / 1000);
  }
  run.dispose();
  all.forEach(({ x }) => x.dispose());
  return SHARDS * 2 * size ** 3 / median(seconds)!;
}
