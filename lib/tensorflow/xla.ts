/**
 * Functions that XLA compiles and a traced function calls as parts of itself.
 *
 * @module
 */

import { AttributeKind } from "./attributes.ts";
import { type Tensor, tensorFlowBackend, tf } from "./backend.ts";
import { freeCapture } from "./captures.ts";
import { executeEagerly } from "./eager.ts";
import { currentTrace, Trace, type TracedFunction } from "./graph.ts";
import { DataType } from "./runtime.ts";
import type { InputSpec } from "./signature.ts";
import { standIns } from "./sizes.ts";

/** What a kernel gives back: its type and its shape for the inputs at hand. */
export interface KernelOutput {
  readonly type: keyof typeof DataType;
  readonly shape: readonly number[];
}

/** Calls a recorded kernel; `outputs` says the shapes that these inputs lead to. */
export type Kernel = (inputs: readonly Tensor[], outputs: readonly KernelOutput[]) => Tensor[];

/**
 * Records `body` once, for XLA to compile at its first call with each set of input shapes; it is
 * kept for the life of the process. It has no gradient.
 *
 * @throws when `body` uses a tensor from outside.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "./backend.ts";
 * import { recordKernel } from "./xla.ts";
 * await startTensorFlow();
 * const double = recordKernel("double", [{ type: "float32", shape: ["n"] }], ([x]) => [tf.mul(x!, 2)]);
 * const [y] = double([tf.tensor1d([1, 2])], [{ type: "float32", shape: [2] }]);
 * console.log(y!.dataSync()); // 2, 4
 * ```
 */
export function recordKernel(
  name: string,
  inputs: readonly InputSpec[],
  body: (inputs: readonly Tensor[]) => Tensor[],
): Kernel {
  const { name: callee, captures } = recordAside(name, inputs, body, true);
  if (captures.length > 0) {
    captures.forEach(freeCapture);
    throw new Error(
      `Cannot fuse "${name}": it uses a tensor from outside; hand it over as an input.`,
    );
  }
  const types = inputs.map(({ type }) => DataType[type]);
  return (tensors, outputs) => call(callee, types, tensors, outputs);
}

/** Records a function of its own, also while another one is traced. */
export function recordAside(
  name: string,
  inputs: readonly InputSpec[],
  body: (inputs: readonly Tensor[]) => Tensor[],
  compileWithXla: boolean,
): TracedFunction {
  const backend = tensorFlowBackend();
  const unknown = inputs.flatMap(({ shape }) => shape.filter((size) => typeof size === "string"));
  const trace = new Trace(name, standIns(unknown));
  let made: TracedFunction | undefined;
  const trying = () =>
    tf.tidy(() => {
      const given = inputs.map(({ type, shape }) =>
        backend.createOutputTensor(trace.input(DataType[type], shape))
      );
      made = trace.finish(backend.getInputTensorIds(body(given)), compileWithXla);
    });
  try {
    trace.record(trying, true);
  } catch (error) {
    trace.abandon();
    throw error;
  }
  return made!;
}

function call(
  name: string,
  types: readonly number[],
  inputs: readonly Tensor[],
  outputs: readonly KernelOutput[],
): Tensor[] {
  const backend = tensorFlowBackend();
  const ids = backend.getInputTensorIds(inputs);
  const xla = { name: "_XlaMustCompile", type: AttributeKind.bool, value: true };
  const trace = currentTrace();
  const results = trace
    ? trace.execute(
      "PartitionedCall",
      [
        { name: "Tin", type: AttributeKind.type, value: types },
        {
          name: "Tout",
          type: AttributeKind.type,
          value: outputs.map(({ type }) => DataType[type]),
        },
        { name: "f", type: AttributeKind.func, value: name },
        xla,
      ],
      ids,
      outputs.length,
      outputs.map(({ shape }) => shape),
    )
    : executeEagerly(name, [xla], ids, outputs.length);
  return results.map((result) => backend.createOutputTensor(result));
}
