/**
 * Layer normalisation over the last axis.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { int32s, number, op, withGradient } from "./operation.ts";

/**
 * (x - mean) / sqrt(variance + epsilon) * scale + shift over the last axis, with the biased
 * variance: [n, d], [d], [d] -> [n, d] (Ba, Kiros and Hinton 2016, arXiv 1607.06450).
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { layerNorm } from "./layer_norm.ts";
 * await startTensorFlow();
 * const x = tf.tensor2d([[1, 3]]);
 * console.log(layerNorm(x, tf.ones([2]), tf.zeros([2])).dataSync()); // -1, 1
 * ```
 */
export function layerNorm(x: Tensor, scale: Tensor, shift: Tensor, epsilon = 1e-12): Tensor {
  return withGradient([x, scale, shift], (save) => {
    const centred = op("Sub", [x, lastMean(x)]); // [n, d]
    const variance = lastMean(op("Mul", [centred, centred])); // [n, 1]
    const inverse = op("Rsqrt", [op("AddV2", [variance, number(epsilon)])]); // [n, 1]
    const normal = op("Mul", [centred, inverse]); // [n, d]
    save([normal, inverse, scale]);
    return {
      value: op("AddV2", [op("Mul", [normal, scale]), shift]),
      gradient: (dy, [normal, inverse, scale]) => {
        const d = op("Mul", [dy, scale!]);
        const along = op("Mul", [normal!, lastMean(op("Mul", [d, normal!]))]);
        const dx = op("Mul", [op("Sub", [op("Sub", [d, lastMean(d)]), along]), inverse!]);
        return [dx, columnSum(op("Mul", [dy, normal!])), columnSum(dy)];
      },
    };
  });
}

function lastMean(x: Tensor): Tensor {
  return op("Mean", [x, int32s(-1)], { keep_dims: true });
}

/** Sum over all axes but the last. */
function columnSum(x: Tensor): Tensor {
  return op("Sum", [x, int32s(...Array.from({ length: x.rank - 1 }, (_, axis) => axis))]);
}
