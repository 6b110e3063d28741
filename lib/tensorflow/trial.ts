/**
 * Trying out what TensorFlow can do on this machine: which fused kernels it has differs between
 * processors and settings.
 *
 * @module
 */

import { type Tensor, tensorFlowBackend, tf } from "./backend.ts";
import { executeEagerly } from "./eager.ts";
import { recordAside } from "./functions.ts";
import { freeFunction, type TracedFunction } from "./graph.ts";

/**
 * Whether a traced `body` runs, its inputs being float32 ones of the given shapes; also while
 * another function is traced.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "./backend.ts";
 * import { runsTraced } from "./trial.ts";
 * await startTensorFlow();
 * console.log(runsTraced(([x]) => tf.add(x!, 1), [[2]])); // true
 * ```
 */
export function runsTraced(
  body: (inputs: readonly Tensor[]) => Tensor,
  shapes: readonly (readonly number[])[],
): boolean {
  const backend = tensorFlowBackend();
  const specs = shapes.map((shape) => ({ type: "float32", shape }) as const);
  let made: TracedFunction;
  try {
    made = recordAside("trial", specs, (inputs) => [body(inputs)]);
  } catch {
    return false;
  }
  const inputs: Tensor[] = [];
  try {
    for (const shape of shapes) inputs.push(tf.ones([...shape]));
    const [result] = executeEagerly(made.name, [], backend.getInputTensorIds(inputs), 1);
    backend.createOutputTensor(result!).dispose();
    return true;
  } catch {
    return false;
  } finally {
    freeFunction(made);
    for (const tensor of inputs) tensor.dispose();
  }
}
