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
import { lookUp } from "./handles.ts";
import { DataType } from "./runtime.ts";
import { standIns } from "./sizes.ts";
import { handleIdOf, type Variable, variableInput } from "./variables.ts";

/** What a kernel takes; a size given by name is unknown until it is called. */
export interface KernelInput {
  readonly type: keyof typeof DataType;
  readonly shape: readonly (number | string)[];
}

/** What a kernel gives back: its type and its shape for the inputs at hand. */
export interface KernelOutput {
  readonly type: keyof typeof DataType;
  readonly shape: readonly number[];
}

/** Calls a recorded kernel; `outputs` says the shapes that these inputs lead to. */
export type Kernel = (inputs: readonly Tensor[], outputs: readonly KernelOutput[]) => Tensor[];

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
  inputs: readonly KernelInput[],
  body: (inputs: readonly Tensor[]) => Tensor[],
): Kernel {
  const callee = recordAlone(name, inputs, body);
  return (tensors, outputs) => {
    const ids = tensorFlowBackend().getInputTensorIds(tensors);
    return call("PartitionedCall", callee, ids, outputs);
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
  inputs: readonly KernelInput[],
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
    call("StatefulPartitionedCall", callee, [...ids, ...variables.map(handleIdOf)], []);
  };
}

/** Records a function for XLA that uses nothing from outside, and gives its name. */
function recordAlone(name: string, inputs: readonly KernelInput[], body: Recorded): string {
  const { name: callee, captures } = recordAside(name, inputs, body, true);
  if (captures.length === 0) return callee;
  captures.forEach(freeCapture);
  throw new Error(
    `Cannot fuse "${name}": it uses a tensor from outside; hand it over as an input.`,
  );
}

type Recorded = (inputs: readonly Tensor[], trace: Trace) => readonly Tensor[];

/** Records a function of its own, also while another one is traced. */
export function recordAside(
  name: string,
  inputs: readonly KernelInput[],
  body: Recorded,
  forXla: boolean,
): TracedFunction {
  const backend = tensorFlowBackend();
  const unknown = inputs.flatMap(({ shape }) => shape.filter((size) => typeof size === "string"));
  const trace = new Trace(name, standIns(unknown), forXla);
  let made: TracedFunction | undefined;
  const trying = () =>
    tf.tidy(() => {
      const given = inputs.map(({ type, shape }) =>
        backend.createOutputTensor(trace.input(DataType[type], shape))
      );
      made = trace.finish(backend.getInputTensorIds(body(given, trace)));
    });
  try {
    trace.record(trying, true);
  } catch (error) {
    trace.abandon();
    throw error;
  }
  return made!;
}

/** Calls the function `name` by `operation`, in the trace that is being recorded or at once. */
function call(
  operation: "PartitionedCall" | "StatefulPartitionedCall",
  name: string,
  ids: readonly number[],
  outputs: readonly KernelOutput[],
): Tensor[] {
  const backend = tensorFlowBackend();
  const xla = { name: "_XlaMustCompile", type: AttributeKind.bool, value: true };
  const typesAre = (name: string, value: readonly number[]) =>
    ({ name, type: AttributeKind.type, value }) as const;
  const trace = currentTrace();
  const results = trace
    ? trace.execute(
      operation,
      [
        typesAre("Tin", ids.map((id) => lookUp(id).type)),
        typesAre("Tout", outputs.map(({ type }) => DataType[type])),
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
