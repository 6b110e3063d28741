/**
 * The dense layer: x W + b.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { DataType } from "../runtime.ts";
import { fusedProduct, has } from "./fused.ts";
import { as, lower, type Precision, product, raise } from "./matmul.ts";
import { dataType, int32, number, op, withGradient } from "./operation.ts";
import { reshape, sizeOf } from "./shapes.ts";

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Arithmetic of the matrix product; float32 when left out. */
  readonly precision?: Precision | undefined;
  /** Gives the result as the product left it, bfloat16 at that precision; float32 when left out. */
  readonly low?: boolean;
}

/**
 * x W + b: [n, in], [in, out], [out] -> [n, out]; x and W may be bfloat16, their gradients are then
 * too.
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
  { precision = "float32", low = false }: DenseOptions = {},
): Tensor {
  const keep = dataType(kernel) === DataType.bfloat16 ? (gradient: Tensor) => gradient : raise;
  return withGradient([x, kernel, bias], (save) => {
    const [rounded, weights] = [lower(x, precision), lower(kernel, precision)];
    save([rounded, weights, x]);
    const sum = biased(rounded, weights, lower(bias, precision), precision); // [n, out]
    return {
      value: low ? sum : raise(sum),
      gradient: (dy, [rounded, w, x]) => {
        const d = lower(dy, precision);
        return [
          as(x!, product(d, w!, false, true)), // [n, in]
          keep(product(rounded!, d, true)), // [in, out]
          sumOfRows(d), // [out]
        ];
      },
    };
  });
}

function biased(x: Tensor, kernel: Tensor, bias: Tensor, precision: Precision): Tensor {
  if (has(`dense ${precision}`)) return fusedProduct([x, kernel, bias]);
  return op("BiasAdd", [product(x, kernel), bias]);
}

/** [n, d] -> [d] float32; in bfloat16 as a product with ones, which unlike a sum needs no casts. */
function sumOfRows(x: Tensor): Tensor {
  if (dataType(x) !== DataType.bfloat16) return op("BiasAddGrad", [x]);
  const ones = op("Fill", [op("Pack", [int32(1), sizeOf(x, 0)]), lower(number(1), "bfloat16")]);
  return raise(reshape(product(ones, x), [-1]));
}
