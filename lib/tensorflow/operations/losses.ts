/**
 * Losses, one per row.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { int32, number, op, ops, withGradient } from "./operation.ts";

/**
 * -log softmax(logits)[label]: [b, c], int32 [b] -> [b].
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { crossEntropy } from "./losses.ts";
 * await startTensorFlow();
 * const loss = crossEntropy(tf.zeros([1, 2]), tf.tensor1d([0], "int32"));
 * console.log(loss.dataSync()); // 0.6931
 * ```
 */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return withGradient([logits], (save) => {
    const [value, slope] = ops("SparseSoftmaxCrossEntropyWithLogits", [logits, labels], {}, 2);
    save([slope!]);
    return {
      value: value!,
      gradient: (dy, [slope]) => op("Mul", [op("ExpandDims", [dy, int32(1)]), slope!]),
    };
  });
}

/** (prediction - target)^2: [b], [b] -> [b]. */
export function squaredError(predictions: Tensor, targets: Tensor): Tensor {
  return withGradient([predictions], (save) => {
    const difference = op("Sub", [predictions, targets]);
    save([difference]);
    return {
      value: op("Mul", [difference, difference]),
      gradient: (dy, [difference]) => op("Mul", [op("Mul", [difference!, number(2)]), dy]),
    };
  });
}
