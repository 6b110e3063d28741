/**
 * Element-wise arithmetic as one loop: XLA compiles the whole expression, and a traced function
 * calls it as a part of itself. TensorFlow alone would pass over the memory once for each operation.
 *
 * @module
 */

import { type Tensor, tf } from "./backend.ts";
import { reshape } from "./operations/shapes.ts";
import { type Kernel, recordKernel } from "./xla.ts";

/** A fused expression: tensors of one shape, then scalars, to tensors of that shape. */
export type Fused = (elements: readonly Tensor[], scalars: readonly Tensor[]) => Tensor[];

/**
 * Fuses an element-wise expression of float32 tensors of one static shape and of scalars. It is
 * recorded once, compiled by XLA once for each number of elements, and kept for the life of the
 * process. It has no gradient.
 *
 * @throws when called with other numbers of tensors and scalars than the first time, or when the
 * expression uses a tensor from outside.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "./backend.ts";
 * import { fuse } from "./fused.ts";
 * await startTensorFlow();
 * const blend = fuse("blend", ([a, b], [share]) => [tf.add(tf.mul(a!, share!), b!)]);
 * const [y] = blend([tf.tensor1d([1, 2]), tf.tensor1d([3, 4])], [tf.scalar(2)]);
 * console.log(y!.dataSync()); // 5, 8
 * ```
 */
export function fuse(
  name: string,
  body: (elements: readonly Tensor[], scalars: readonly Tensor[]) => Tensor[],
): Fused {
  let made: { readonly run: Kernel; readonly counts: string; readonly outputs: number } | undefined;
  return (elements, scalars) => {
    const counts = `${elements.length} tensors and ${scalars.length} scalars`;
    made ??= { ...record(name, body, elements.length, scalars.length), counts };
    if (made.counts !== counts) {
      throw new Error(`Cannot call "${name}" with ${counts}: it was made for ${made.counts}.`);
    }
    const { run, outputs } = made;
    return tf.tidy(() => {
      const flat = elements.map((tensor) => reshape(tensor, [-1]));
      const output = { type: "float32", shape: flat[0]!.shape } as const;
      return run([...flat, ...scalars], Array(outputs).fill(output))
        .map((tensor) => reshape(tensor, elements[0]!.shape));
    });
  };
}

function record(
  name: string,
  body: (elements: readonly Tensor[], scalars: readonly Tensor[]) => Tensor[],
  elements: number,
  scalars: number,
): { run: Kernel; outputs: number } {
  let outputs = 0;
  const specs = [
    ...Array.from({ length: elements }, () => ({ type: "float32", shape: ["n"] }) as const),
    ...Array.from({ length: scalars }, () => ({ type: "float32", shape: [] }) as const),
  ];
  const run = recordKernel(name, specs, (inputs) => {
    const results = body(inputs.slice(0, elements), inputs.slice(elements));
    outputs = results.length;
    return results;
  });
  return { run, outputs };
}
