/**
 * Random numbers inside the graph: each place draws from a stream of its own, derived from one
 * seed that is an input, so that a step repeats exactly from its seed.
 *
 * @module
 */

import { type Tensor, tf } from "../backend.ts";
import { DataType } from "../runtime.ts";
import { dropoutMask, keepMask } from "./masks.ts";
import type { Precision } from "./matmul.ts";
import { int32, int32s, number, op } from "./operation.ts";

/**
 * Draws for each place that asks; passed on it means training, absent evaluation. Element and
 * column masks are multipliers: 0, or 1 / (1 - rate) for what is kept.
 */
export interface RandomSource {
  /** A mask of the shape in the int32 vector `shape`, each element 0 with probability `rate`. */
  elementMask(shape: Tensor, rate: number): Tensor;
  /** 1 or, with probability `rate`, 0 for each element, of the type that `precision` names. */
  keepMask(shape: Tensor, rate: number, precision: Precision): Tensor;
  /** Multipliers for [b, k], one uniformly chosen column of each row being kept for certain. */
  columnMask(shape: Tensor, columns: number, rate: number): Tensor;
}

/**
 * A source whose draws all derive from `seed`, int32 [2] (a graph input, new at each step). Places
 * are counted up in its second number: seeds that differ only there share draws.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { randomSource } from "./random.ts";
 * await startTensorFlow();
 * const random = randomSource(tf.tensor1d([7, 0], "int32"));
 * console.log(random.elementMask(tf.tensor1d([3], "int32"), 0.5).dataSync()); // three of 0 and 2
 * ```
 */
export function randomSource(seed: Tensor): RandomSource {
  let places = 0;
  const next = () => op("AddV2", [seed, int32s(0, places++)]);
  const multiplier = (kept: Tensor, rate: number) => op("Mul", [kept, number(1 / (1 - rate))]);
  return {
    elementMask: (shape, rate) => tf.tidy(() => dropoutMask(shape, rate, next())),
    keepMask: (shape, rate, precision) => tf.tidy(() => keepMask(shape, rate, next(), precision)),
    columnMask: (shape, columns, rate) =>
      tf.tidy(() => {
        const kept = bernoulli(shape, 1 - rate, next());
        const rows = op("Slice", [shape, int32s(0), int32s(1)]); // [1]: b
        const chosen = uniformInteger(rows, columns, next());
        const certain = op("OneHot", [chosen, int32(columns), number(1), number(0)]);
        return multiplier(op("Maximum", [kept, certain]), rate);
      }),
  };
}

/**
 * Uniform float32 numbers in [0, 1) of the shape in the int32 vector `shape` (Philox).
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { uniform } from "./random.ts";
 * await startTensorFlow();
 * const [shape, seed] = [tf.tensor1d([2], "int32"), tf.tensor1d([7, 0], "int32")];
 * console.log(uniform(shape, seed).dataSync()); // the same two numbers each time
 * ```
 */
export function uniform(shape: Tensor, seed: Tensor): Tensor {
  return op("StatelessRandomUniform", [shape, seed], { dtype: DataType.float32 });
}

/**
 * 1 with the given probability, else 0, as float32 of the shape in the int32 vector `shape`.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { bernoulli } from "./random.ts";
 * await startTensorFlow();
 * const [shape, seed] = [tf.tensor1d([4], "int32"), tf.tensor1d([7, 0], "int32")];
 * console.log(bernoulli(shape, 0.9, seed).dataSync()); // four of 0 and 1, mostly 1
 * ```
 */
export function bernoulli(shape: Tensor, probability: number, seed: Tensor): Tensor {
  return tf.tidy(() => {
    const below = op("Less", [uniform(shape, seed), number(probability)]);
    return op("Cast", [below], { DstT: DataType.float32 });
  });
}

/**
 * Uniform whole numbers from 0 up to `limit` - 1, int32, of the shape in the vector `shape`.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { uniformInteger } from "./random.ts";
 * await startTensorFlow();
 * const [shape, seed] = [tf.tensor1d([4], "int32"), tf.tensor1d([7, 0], "int32")];
 * console.log(uniformInteger(shape, 6, seed).dataSync()); // four numbers from 0 to 5
 * ```
 */
export function uniformInteger(shape: Tensor, limit: number, seed: Tensor): Tensor {
  return tf.tidy(() => op("StatelessRandomUniformInt", [shape, seed, int32(0), int32(limit)]));
}
