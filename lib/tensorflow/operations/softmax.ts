/**
 * Softmax over the last axis.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { int32s, op, withGradient } from "./operation.ts";

/**
 * exp(x) / sum(exp(x)) over the last axis.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { softmax } from "./softmax.ts";
 * await startTensorFlow();
 * console.log(softmax(tf.zeros([1, 4])).dataSync()); // 0.25 four times
 * ```
 */
export function softmax(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    const value = op("Softmax", [x]);
    save([value]);
    return {
      value,
      gradient: (dy, [y]) => {
        const along = op("Sum", [op("Mul", [dy, y!]), int32s(-1)], { keep_dims: true });
        return op("Mul", [op("Sub", [dy, along]), y!]);
      },
    };
  });
}

/**
 * log(softmax(x)) over the last axis.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { logSoftmax } from "./softmax.ts";
 * await startTensorFlow();
 * console.log(logSoftmax(tf.zeros([1, 4])).dataSync()); // -1.386 four times
 * ```
 */
export function logSoftmax(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    const value = op("LogSoftmax", [x]);
    save([value]);
    return {
      value,
      gradient: (dy, [y]) => {
        const total = op("Sum", [dy, int32s(-1)], { keep_dims: true });
        return op("Sub", [dy, op("Mul", [op("Exp", [y!]), total])]);
      },
    };
  });
}
