/**
 * Losses, one per row.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { mean } from "./arithmetic.ts";
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

/**
 * The mean over a row's labels of -log of the probability, sigmoid(logit) where the label is right
 * and 1 - sigmoid(logit) where it isn't: [b, c], float32 [b, c] of 0 to 1 -> [b]. Finite for any
 * finite logit.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { binaryCrossEntropy } from "./losses.ts";
 * await startTensorFlow();
 * const loss = binaryCrossEntropy(tf.zeros([1, 2]), tf.tensor2d([[1, 0]]));
 * console.log(loss.dataSync()); // 0.6931
 * ```
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const losses = withGradient([logits], (save) => {
    save([op("Sub", [op("Sigmoid", [logits]), targets])]);
    // max(x, 0) - x z + log(1 + exp(-|x|)): the exponential is of nothing above 0
    const above = op("Sub", [op("Relu", [logits]), op("Mul", [logits, targets])]); // [b, c]
    const rest = op("Softplus", [op("Neg", [op("Abs", [logits])])]); // [b, c]
    return {
      value: op("AddV2", [above, rest]),
      gradient: (dy, [slope]) => op("Mul", [dy, slope!]),
    };
  });
  return mean(losses, [1]); // [b, c] -> [b]
}

/**
 * (prediction - target)^2: [b], [b] -> [b].
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { squaredError } from "./losses.ts";
 * await startTensorFlow();
 * console.log(squaredError(tf.tensor1d([3]), tf.tensor1d([5])).dataSync()); // 4
 * ```
 */
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
