/**
 * The dense layer: x W + b.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { lower, type Precision, product } from "./matmul.ts";
import { op, withGradient } from "./operation.ts";

/**
 * x W + b: [n, in], [in, out], [out] -> [n, out].
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { dense } from "./dense.ts";
 * await startTensorFlow();
 * console.log(dense(tf.ones([5, 3]), tf.ones([3, 2]), tf.zeros([2])).shape); // [5, 2]
 * ```
 */
export function dense(
  x: Tensor,
  kernel: Tensor,
  bias: Tensor,
  precision: Precision = "float32",
): Tensor {
  return withGradient([x, kernel, bias], (save) => {
    const [low, weights] = [lower(x, precision), lower(kernel, precision)];
    save([low, weights]);
    return {
      value: op("BiasAdd", [product(low, weights), bias]), // [n, out]
      gradient: (dy, [x, w]) => {
        const d = lower(dy, precision);
        return [
          product(d, w!, false, true), // [n, in]
          product(x!, d, true), // [in, out]
          op("BiasAddGrad", [dy]), // [out]
        ];
      },
    };
  });
}
