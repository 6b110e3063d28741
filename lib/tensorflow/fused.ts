/**
 * Element-wise arithmetic as one loop: XLA compiles the whole expression, and a traced function
 * calls it as a part of itself. TensorFlow alone would pass over the memory once for each operation.
 *
 * @module
 */

import { AttributeKind } from "./attributes.ts";
import { type Tensor, tensorFlowBackend, tf } from "./backend.ts";
import { executeEagerly } from "./eager.ts";
import { freeCapture } from "./captures.ts";
import { currentTrace, Trace, type TracedFunction } from "./graph.ts";
import { DataType } from "./runtime.ts";
import { standIns } from "./sizes.ts";
import { reshape } from "./operations/shapes.ts";

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
  let made: { name: string; counts: string; outputs: number } | undefined;
  return (elements, scalars) => {
    const counts = `${elements.length} tensors and ${scalars.length} scalars`;
    made ??= { ...record(name, body, elements.length, scalars.length), counts };
    if (made.counts !== counts) {
      throw new Error(`Cannot call "${name}" with ${counts}: it was made for ${made.counts}.`);
    }
    const { name: callee, outputs } = made;
    return tf.tidy(() => {
      const flat = elements.map((tensor) => reshape(tensor, [-1]));
      return call(callee, [...flat, ...scalars], outputs)
        .map((tensor) => reshape(tensor, elements[0]!.shape));
    });
  };
}

function record(
  name: string,
  body: (elements: readonly Tensor[], scalars: readonly Tensor[]) => Tensor[],
  elements: number,
  scalars: number,
): { name: string; outputs: number } {
  const backend = tensorFlowBackend();
  const trace = new Trace(name, standIns(["n"]));
  const input = (shape: string[]) =>
    backend.createOutputTensor(trace.input(DataType.float32, shape));
  let outputs = 0;
  let made: TracedFunction | undefined;
  const trying = () =>
    tf.tidy(() => {
      const results = body(
        Array.from({ length: elements }, () => input(["n"])),
        Array.from({ length: scalars }, () => input([])),
      );
      outputs = results.length;
      made = trace.finish(backend.getInputTensorIds(results), true);
    });
  try {
    trace.record(trying, true);
  } catch (error) {
    trace.abandon();
    throw error;
  }
  const { name: callee, captures } = made!;
  if (captures.length === 0) return { name: callee, outputs };
  captures.forEach(freeCapture);
  throw new Error(
    `Cannot fuse "${name}": it uses a tensor from outside; hand it over as an input.`,
  );
}

function call(name: string, inputs: readonly Tensor[], outputs: number): Tensor[] {
  const backend = tensorFlowBackend();
  const ids = backend.getInputTensorIds(inputs);
  const xla = { name: "_XlaMustCompile", type: AttributeKind.bool, value: true };
  const trace = currentTrace();
  const float = DataType.float32;
  const results = trace
    ? trace.execute(
      "PartitionedCall",
      [
        { name: "Tin", type: AttributeKind.type, value: inputs.map(() => float) },
        { name: "Tout", type: AttributeKind.type, value: Array(outputs).fill(float) },
        { name: "f", type: AttributeKind.func, value: name },
        xla,
      ],
      ids,
      outputs,
      Array(outputs).fill(inputs[0]!.shape),
    )
    : executeEagerly(name, [xla], ids, outputs);
  return results.map((result) => backend.createOutputTensor(result));
}
