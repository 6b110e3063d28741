/**
 * Values without gradients: in a traced function, kernels of oneDNN that do in one pass what takes
 * several where a gradient needs what lies between. Elsewhere, and where TensorFlow lacks them, the
 * ordinary operations run.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { binding } from "../binding.ts";
import { currentTrace } from "../graph.ts";
import { runsTraced } from "../trial.ts";
import { dense } from "./dense.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layer_norm.ts";
import { lower, type Precision } from "./matmul.ts";
import { op, withGradient } from "./operation.ts";

/**
 * gelu(x W + b): [n, in], [in, out], [out] -> [n, out] as {@linkcode dense} and {@linkcode gelu}
 * give it, bfloat16 at that precision.
 *
 * @throws when a gradient is asked for.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { denseGelu } from "./inference.ts";
 * await startTensorFlow();
 * console.log(denseGelu(tf.ones([5, 3]), tf.ones([3, 2]), tf.zeros([2])).shape); // [5, 2]
 * ```
 */
export function denseGelu(
  x: Tensor,
  kernel: Tensor,
  bias: Tensor,
  { precision = "float32" }: { readonly precision?: Precision | undefined } = {},
): Tensor {
  if (!has("gelu")) return gelu(dense(x, kernel, bias, { precision, low: true }));
  return valueOnly(
    "denseGelu",
    [x, kernel, bias],
    ([x, kernel, bias]) =>
      fusedProduct([x!, kernel!, bias!].map((tensor) => lower(tensor, precision))),
  );
}

/**
 * {@linkcode layerNorm} of [n, d] float32.
 *
 * @throws when a gradient is asked for.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { normalised } from "./inference.ts";
 * await startTensorFlow();
 * console.log(normalised(tf.tensor2d([[1, 3]]), tf.ones([2]), tf.zeros([2])).dataSync()); // -1, 1
 * ```
 */
export function normalised(x: Tensor, scale: Tensor, shift: Tensor, epsilon = 1e-12): Tensor {
  if (!has("norm")) return layerNorm(x, scale, shift, epsilon);
  return valueOnly("normalised", [x, scale, shift], (inputs) => fusedNorm(inputs, epsilon));
}

function valueOnly(
  name: string,
  inputs: readonly Tensor[],
  compute: (inputs: readonly Tensor[]) => Tensor,
): Tensor {
  return withGradient(inputs, () => ({
    value: compute(inputs),
    gradient: () => {
      throw new Error(`"${name}" has no gradient: run the network without \`inference\`.`);
    },
  }));
}

function fusedProduct(inputs: readonly Tensor[]): Tensor {
  return op("_FusedMatMul", inputs, { fused_ops: ["BiasAdd", "GeluExact"] });
}

function fusedNorm(inputs: readonly Tensor[], epsilon: number): Tensor {
  return op("_MklLayerNorm", inputs, { epsilon });
}

const trials = {
  gelu: () => runsTraced(fusedProduct, [[1, 1], [1, 1], [1]]),
  // a kernel for the CPU alone, which a GPU would have to wait for
  norm: () =>
    !binding.isUsingGpuDevice() &&
    runsTraced((inputs) => fusedNorm(inputs, 1), [[1, 1], [1], [1]]),
};
const found = new Map<keyof typeof trials, boolean>();

/** Whether the fused kernel is there: only in a graph, where it takes its node's place. */
function has(kernel: keyof typeof trials): boolean {
  if (!currentTrace()) return false;
  const known = found.get(kernel) ?? trials[kernel]();
  found.set(kernel, known);
  return known;
}
