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
import { dense, type DenseOptions } from "./dense.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layer_norm.ts";
import { lower, type Precision, raise } from "./matmul.ts";
import { op, withGradient } from "./operation.ts";

/** Options of {@link fusedDense}. */
export interface FusedDenseOptions extends DenseOptions {
  /** Gives gelu(x W + b). */
  readonly gelu?: boolean;
}

/**
 * {@linkcode dense} of [n, in], [in, out], [out] -> [n, out], followed by {@linkcode gelu} where
 * that is asked for.
 *
 * @throws when a gradient is asked for.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { fusedDense } from "./inference.ts";
 * await startTensorFlow();
 * console.log(fusedDense(tf.ones([5, 3]), tf.ones([3, 2]), tf.zeros([2])).shape); // [5, 2]
 * ```
 */
export function fusedDense(
  x: Tensor,
  kernel: Tensor,
  bias: Tensor,
  { precision = "float32", low = false, gelu: bent = false }: FusedDenseOptions = {},
): Tensor {
  if (!has(`dense ${precision}`)) {
    const straight = dense(x, kernel, bias, { precision, low: low || bent });
    if (!bent) return straight;
    return low ? gelu(straight) : raise(gelu(straight));
  }
  return valueOnly("fusedDense", [x, kernel, bias], (inputs) => {
    const value = fusedProduct(inputs.map((tensor) => lower(tensor, precision)), bent);
    return low ? value : raise(value);
  });
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

function fusedProduct(inputs: readonly Tensor[], bent: boolean): Tensor {
  return op("_FusedMatMul", inputs, { fused_ops: ["BiasAdd", ...(bent ? ["GeluExact"] : [])] });
}

function fusedNorm(inputs: readonly Tensor[], epsilon: number): Tensor {
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
    raise(fusedProduct(inputs.map((tensor) => lower(tensor, precision)), true));
  return runsTraced(body, [[1, 1], [1, 1], [1]]);
}

/** Whether the fused kernel is there: only in a graph, where it takes its node's place. */
function has(kernel: keyof typeof trials): boolean {
  if (!currentTrace()) return false;
  const known = found.get(kernel) ?? trials[kernel]();
  found.set(kernel, known);
  return known;
}
