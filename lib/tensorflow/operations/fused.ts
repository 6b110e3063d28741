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

/**
 * Softmax of bfloat16, worked out in float32 and rounded, which TensorFlow's own kernel for it isn't;
 * where {@link has} says so.
 */
export function fusedSoftmax(x: Tensor): Tensor {
  return op("_MklSoftmax", [x], { _kernel: "MklNameChangeOp" });
}

const trials = {
  "dense float32": () => triedDense("float32"),
  "dense bfloat16": () => triedDense("bfloat16"), // not all processors have both
  "softmax bfloat16": () =>
    onCpu(() => runsTraced(([x]) => raise(fusedSoftmax(lower(x!, "bfloat16"))), [[1, 1]])),
  norm: () => onCpu(() => runsTraced((inputs) => fusedNorm(inputs, 1), [[1, 1], [1], [1]])),
};

/** The trial of a kernel for the CPU alone, which a GPU would have to wait for. */
function onCpu(trial: () => boolean): boolean {
  return !binding.isUsingGpuDevice() && trial();
}

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
