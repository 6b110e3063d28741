/**
 * Kernels of oneDNN that do in one pass what takes several operations. They run in a traced function
 * only, and not on every processor: each is tried once.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { binding } from "../binding.ts";
import { currentTrace } from "../graph.ts";
import { runsTraced } from "../trial.ts";
import { lower, type Precision, raise } from "./matmul.ts";
import { op } from "./operation.ts";

/** x W + b of factors of one type, in that type, perhaps gelu of it; where {@link has} says so. */
export function fusedProduct(
  inputs: readonly Tensor[],
  { gelu = false }: { readonly gelu?: boolean } = {},
): Tensor {
  return op("_FusedMatMul", inputs, { fused_ops: ["BiasAdd", ...(gelu ? ["GeluExact"] : [])] });
}

/** Layer normalisation of x, with scale and shift; where {@link has} says so. */
export function fusedNorm(inputs: readonly Tensor[], epsilon: number): Tensor {
  return op("_MklLayerNorm", inputs, { epsilon });
}

const trials = {
  "dense float32": () => triedDense("float32"),
  "dense bfloat16": () => triedDense("bfloat16"), // not all processors have both
  // a kernel for the CPU alone, which a GPU would have to wait for
  norm: () =>
    !binding.isUsingGpuDevice() &&
    runsTraced((inputs) => fusedNorm(inputs, 1), [[1, 1], [1], [1]]),
};
const found = new Map<keyof typeof trials, boolean>();

function triedDense(precision: Precision): boolean {
  const body = (inputs: readonly Tensor[]) =>
    raise(fusedProduct(inputs.map((tensor) => lower(tensor, precision)), { gelu: true }));
  return runsTraced(body, [[1, 1], [1, 1], [1]]);
}

/** Whether the fused kernel is there: only in TensorFlow's own graphs, where it takes its node's place. */
export function has(kernel: keyof typeof trials): boolean {
  const trace = currentTrace();
  if (!trace || trace.forXla) return false;
  const known = found.get(kernel) ?? trials[kernel]();
  found.set(kernel, known);
  return known;
}
