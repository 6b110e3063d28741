/**
 * Running one function both ways: at once, operation by operation, and compiled.
 *
 * @module
 */

import { startTensorFlow, type Tensor, tf } from "../../tensorflow/backend.ts";
import { compile, type InputSpec, type Tensors } from "../../tensorflow/trace.ts";

/** The ways a function of tensors can be run. */
export const ways = ["eager", "compiled"] as const;

/** One of them. */
export type Way = typeof ways[number];

/** Values of named outputs, row by row. */
export type Arrays = Readonly<Record<string, Float32Array>>;

/** A function of tensors and what its inputs look like. */
export interface Runnable {
  readonly name: string;
  readonly body: (inputs: Tensors) => Tensors;
  readonly signature: Readonly<Record<string, InputSpec>>;
}

/**
 * Runs it both ways on the same inputs, which are disposed afterwards.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { startTensorFlow, tf } from "../../tensorflow/backend.ts";
 * import { bothWays } from "./ways.ts";
 * await startTensorFlow();
 * const { compiled } = await bothWays({
 *   name: "double",
 *   body: ({ x }) => ({ y: tf.mul(x!, 2) }),
 *   signature: { x: { type: "float32", shape: ["n"] } },
 * }, { x: tf.tensor1d([1, 2]) });
 * assertEquals([...compiled.y!], [2, 4]);
 * ```
 */
export async function bothWays(
  { name, body, signature }: Runnable,
  inputs: Tensors,
): Promise<Record<Way, Arrays>> {
  await startTensorFlow();
  const compiled = compile(body, { name, signature });
  try {
    return {
      eager: takeArrays(tf.tidy(() => body(inputs) as Record<string, Tensor>)),
      compiled: takeArrays(await compiled(inputs)),
    };
  } finally {
    compiled.dispose();
    Object.values(inputs).forEach((tensor) => tensor.dispose());
  }
}

/** Values of tensors, which are disposed. */
function takeArrays(tensors: Tensors): Arrays {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const values = tensor.dataSync() as Float32Array;
      tensor.dispose();
      return [name, values];
    }),
  );
}
