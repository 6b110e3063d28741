/**
 * The same work on several inputs at once, a thread for each. Threads that each have work of their
 * own hardly ever wait, while those that share every operation wait for one another at its end.
 *
 * @module
 */

import { type Tensor, tensorFlowBackend } from "./backend.ts";
import {
  callFunction,
  type FunctionInput,
  type FunctionOutput,
  recordAside,
  refuseCaptures,
  sizesOf,
} from "./functions.ts";
import { currentTrace } from "./graph.ts";
import type { Tensors } from "./signature.ts";
import { typeName } from "./operations/operation.ts";

/**
 * What `body` makes of each of the inputs `all`. In a trace it is recorded once, for inputs as
 * `specs` say (a size given by name may differ between calls), and called for each of them, all
 * calls at the same time; otherwise one after the other. The calls have no gradient, but `body` may
 * work one out.
 *
 * Each call is of a function of its own: two calls of one would share TensorFlow's kernels, some of
 * which keep what they work on.
 *
 * @throws in a trace, when `body` uses a tensor from outside.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "./backend.ts";
 * import { sideBySide } from "./side_by_side.ts";
 * await startTensorFlow();
 * const specs = { x: { type: "float32", shape: ["n"] } } as const;
 * const all = [{ x: tf.tensor1d([1, 2]) }, { x: tf.tensor1d([3]) }];
 * const [a, b] = sideBySide("double", specs, ({ x }) => ({ y: tf.mul(x!, 2) }), all);
 * console.log(a!.y!.dataSync(), b!.y!.dataSync()); // 2, 4 and 6
 * ```
 */
export function sideBySide(
  name: string,
  specs: Readonly<Record<string, FunctionInput>>,
  body: (inputs: Tensors) => Tensors,
  all: readonly Tensors[],
): Tensors[] {
  const trace = currentTrace();
  if (!trace) return all.map(body);
  const inputs = Object.keys(specs);
  let outputs: [string, FunctionInput][] = [];
  const recorded = recordAside(name, Object.values(specs), (given) => {
    const made = body(Object.fromEntries(inputs.map((input, i) => [input, given[i]!])));
    const sizes = namesOfSizes(Object.values(specs));
    outputs = Object.entries(made).map(([key, tensor]) => [key, specOf(tensor, sizes)]);
    return Object.values(made);
  }, { mark: "_noinline", twins: all.length - 1 });
  trace.own(refuseCaptures(name, recorded));
  const names = [recorded.name, ...recorded.twins];
  return all.map((tensors, call) => {
    const given = inputs.map((input) => tensors[input]!);
    const sizes = new Map(
      inputs.flatMap((input, i) =>
        specs[input]!.shape.map((size, axis) => [size, given[i]!.shape[axis]!] as const)
      ),
    );
    const wanted = outputs.map(([, { type, shape }]): FunctionOutput => ({
      type,
      shape: shape.map((size) => typeof size === "string" ? sizes.get(size)! : size),
    }));
    const ids = tensorFlowBackend().getInputTensorIds(given);
    const results = callFunction("PartitionedCall", names[call]!, ids, wanted);
    return Object.fromEntries(results.map((result, i) => [outputs[i]![0], result]));
  });
}

/** Names of sizes by their stand-ins. */
function namesOfSizes(inputs: readonly FunctionInput[]): Map<number, string> {
  return new Map([...sizesOf(inputs)].map(([name, size]) => [size, name]));
}

/** Type and shape of a traced tensor, its unknown sizes by name. */
function specOf(tensor: Tensor, names: ReadonlyMap<number, string>): FunctionInput {
  return {
    type: typeName(tensor),
    shape: tensor.shape.map((size) => names.get(size) ?? size),
  };
}
