/**
 * Functions that XLA compiles and a traced function calls as parts of itself.
 *
 * @module
 */

import { type Tensor, tensorFlowBackend } from "./backend.ts";
import {
  callFunction,
  type FunctionInput,
  type FunctionOutput,
  recordAside,
  type Recorded,
  refuseCaptures,
} from "./functions.ts";
import { handleIdOf, type Variable, variableInput } from "./variables.ts";

const XLA = "_XlaMustCompile";

/** Calls a recorded kernel; `outputs` says the shapes that these inputs lead to. */
export type XlaKernel = (inputs: readonly Tensor[], outputs: readonly FunctionOutput[]) => Tensor[];

/** Calls a recorded change of variables. */
export type Change = (inputs: readonly Tensor[], variables: readonly Variable[]) => void;

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
  inputs: readonly FunctionInput[],
  body: (inputs: readonly Tensor[]) => Tensor[],
): XlaKernel {
  const callee = recordAlone(name, inputs, body);
  return (tensors, outputs) => {
    const ids = tensorFlowBackend().getInputTensorIds(tensors);
    return callFunction("PartitionedCall", callee, ids, outputs, XLA);
  };
}

/**
 * Records a change of variables of the given shapes: `body` makes their next values from the present
 * ones and from inputs. XLA works it out as one loop that writes where it reads, while TensorFlow
 * alone would pass over the memory once for each operation, and into fresh memory.
 *
 * @throws when `body` uses a tensor from outside, or gives another number of values or other shapes.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "./backend.ts";
 * import { createVariable } from "./variables.ts";
 * import { recordChange } from "./xla.ts";
 * await startTensorFlow();
 * const x = createVariable("x", [2], Float32Array.of(1, 2));
 * const inputs = [{ type: "float32", shape: [] }] as const;
 * const grow = recordChange("grow", inputs, [[2]], ([x], [by]) => [tf.mul(x!, by!)]);
 * grow([tf.scalar(3)], [x]);
 * console.log(x.values()); // 3, 6
 * x.dispose();
 * ```
 */
export function recordChange(
  name: string,
  inputs: readonly FunctionInput[],
  shapes: readonly (readonly number[])[],
  body: (values: readonly Tensor[], inputs: readonly Tensor[]) => readonly Tensor[],
): Change {
  const callee = recordAlone(name, inputs, (given, trace) => {
    const variables = shapes.map((shape) => variableInput(trace, shape));
    const next = body(variables.map((variable) => variable.read()), given);
    if (next.length !== shapes.length) {
      throw new Error(`"${name}" gives ${next.length} values for ${shapes.length} variables.`);
    }
    variables.forEach((variable, i) => variable.assign(next[i]!));
    return [];
  });
  return (tensors, variables) => {
    const ids = tensorFlowBackend().getInputTensorIds(tensors);
    const all = [...ids, ...variables.map(handleIdOf)];
    callFunction("StatefulPartitionedCall", callee, all, [], XLA);
  };
}

/** Records a function for XLA that uses nothing from outside, and gives its name. */
function recordAlone(name: string, inputs: readonly FunctionInput[], body: Recorded): string {
  return refuseCaptures(name, recordAside(name, inputs, body, { mark: XLA })).name;
}
