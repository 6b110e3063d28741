/**
 * Matrix products, in float32 or with bfloat16 factors.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { DataType } from "../runtime.ts";
import { dataType, op, withGradient } from "./operation.ts";

/**
 * Arithmetic of matrix products. With "bfloat16" factors and products are rounded to bfloat16, their
 * sums with biases and padding too, and what only leads from one product to the next (queries, keys,
 * values, attention weights and their gradients, wide states and the slope of GELU) is kept so, as are
 * the gradients of the encoder's kernels until the update; sums inside a product, norms, softmax's
 * values, residuals, losses, weights, the global norm and updates are float32.
 */
export type Precision = "float32" | "bfloat16";

/** Rounds to bfloat16 where the precision asks for it. */
export function lower(x: Tensor, precision: Precision): Tensor {
  if (precision === "float32" || dataType(x) === DataType.bfloat16) return x;
  return op("Cast", [x], { DstT: DataType.bfloat16 });
}

/**
 * A parameter as `lower` rounds it. Its gradient too stays as the product left it, half the memory:
 * who uses it raises it.
 */
export function rounded(parameter: Tensor, precision: Precision): Tensor {
  if (precision === "float32" || dataType(parameter) === DataType.bfloat16) return parameter;
  return withGradient([parameter], () => ({
    value: lower(parameter, precision),
    gradient: (dy) => dy,
  }));
}

/** Back to float32. */
export function raise(x: Tensor): Tensor {
  return dataType(x) === DataType.bfloat16 ? op("Cast", [x], { DstT: DataType.float32 }) : x;
}

/** `x` rounded as `like` is: what a gradient needs to have the type of its tensor. */
export function as(like: Tensor, x: Tensor): Tensor {
  return dataType(like) === DataType.bfloat16 ? lower(x, "bfloat16") : raise(x);
}

/** [m, k] x [k, n] of factors of one type, in that type; either may be given transposed. */
export function product(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  return op("MatMul", [a, b], { transpose_a: transposeA, transpose_b: transposeB });
}

/** [.., m, k] x [.., k, n] of factors of one type, in that type; either may be given transposed. */
export function batchProduct(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  return op("BatchMatMulV2", [a, b], { adj_x: transposeA, adj_y: transposeB });
}

/**
 * Products of matrices in the last two axes: [.., m, k] x [.., k, n] -> [.., m, n]; leading axes
 * agree. With `transposeB` b is [.., n, k].
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { batchMatMul } from "./matmul.ts";
 * await startTensorFlow();
 * const a = tf.ones([2, 3, 4]);
 * console.log(batchMatMul(a, a, { transposeB: true }).shape); // [2, 3, 3]
 * ```
 */
export function batchMatMul(
  a: Tensor,
  b: Tensor,
  options: { readonly transposeB?: boolean; readonly precision?: Precision } = {},
): Tensor {
  const { transposeB = false, precision = "float32" } = options;
  return withGradient([a, b], (save) => {
    const [low, high] = [lower(a, precision), lower(b, precision)];
    save([low, high]);
    return {
      value: raise(batchProduct(low, high, false, transposeB)),
      gradient: (dy, [a, b]) => {
        const d = lower(dy, precision);
        const gradients = transposeB
          ? [batchProduct(d, b!), batchProduct(d, a!, true)]
          : [batchProduct(d, b!, false, true), batchProduct(a!, d, true)];
        return gradients.map(raise);
      },
    };
  });
}
