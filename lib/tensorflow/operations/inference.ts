/**
 * Values without gradients: in a traced function, kernels of oneDNN that do in one pass what takes
 * several where a gradient needs what lies between. Elsewhere, and where TensorFlow lacks them, the
 * ordinary operations run.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { dense, type DenseOptions } from "./dense.ts";
import { fusedNorm, fusedProduct, has } from "./fused.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layer_norm.ts";
import { lower, raise } from "./matmul.ts";
import { withGradient } from "./operation.ts";

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
    const value = fusedProduct(inputs.map((tensor) => lower(tensor, precision)), { gelu: bent });
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
