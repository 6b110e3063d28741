/**
 * Gradients of a loss with respect to named tensors, by tfjs's own tape.
 *
 * @module
 */

import { type Tensor, tf } from "./backend.ts";

/**
 * Value of `loss` and its gradients with respect to `parameters`, by name; a parameter the loss
 * doesn't depend on gets none.
 *
 * @throws when the loss is no scalar.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "./backend.ts";
 * import { valueAndGradients } from "./gradients.ts";
 * await startTensorFlow();
 * const x = tf.scalar(3);
 * const { gradients } = valueAndGradients((p) => tf.mul(p.x!, p.x!), { x });
 * console.log(gradients.x!.dataSync()[0]); // 6
 * ```
 */
export function valueAndGradients(
  loss: (parameters: Readonly<Record<string, Tensor>>) => Tensor,
  parameters: Readonly<Record<string, Tensor>>,
): { value: Tensor; gradients: Record<string, Tensor> } {
  const names = Object.keys(parameters);
  const tensors = names.map((name) => parameters[name]!);
  const scalarLoss = () => {
    const result = loss(parameters);
    if (result.rank === 0) return result as ReturnType<typeof tf.scalar>;
    throw new Error(`Cannot differentiate a loss of shape [${result.shape}]: it is no scalar.`);
  };
  const { value, grads } = orFreeTape(() =>
    tf.engine().gradients(scalarLoss, tensors, undefined, true)
  );
  const found: Record<string, Tensor> = {};
  grads.forEach((gradient, i) => {
    if (gradient) found[names[i]!] = gradient;
  });
  return { value, gradients: found };
}

/** tfjs frees what it saved for the gradients only when it gets as far as computing them. */
function orFreeTape<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    const { state } = tf.engine();
    if (state.gradientDepth === 0) {
      for (const { saved } of state.activeTape ?? []) saved?.forEach((tensor) => tensor.dispose());
      state.activeTape = [];
    }
    throw error;
  }
}
