/**
 * The gated recurrent unit.
 *
 * @module
 */

import { type Tensor, tf } from "../backend.ts";
import { add, multiply, sigmoid, subtract, tanh } from "./arithmetic.ts";
import { dense } from "./dense.ts";
import type { Precision } from "./matmul.ts";

/** Weights of a GRU cell; columns hold the gates reset, update, new, each of width d. */
export interface GruWeights {
  /** [in, 3d] */
  readonly inputKernel: Tensor;
  /** [3d] */
  readonly inputBias: Tensor;
  /** [d, 3d] */
  readonly stateKernel: Tensor;
  /** [3d] */
  readonly stateBias: Tensor;
}

/**
 * One step: x [b, in], state [b, d] -> new state [b, d], with the reset gate applied after the
 * state's matrix product (as PyTorch and cuDNN do; Cho et al. 2014, arXiv 1406.1078, applies it
 * before).
 *
 * r = sigmoid(x Wr + s Ur), z = sigmoid(x Wz + s Uz), n = tanh(x Wn + r * (s Un)),
 * result = (1 - z) * n + z * s.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { gruCell } from "./gru.ts";
 * await startTensorFlow();
 * const weights = {
 *   inputKernel: tf.zeros([3, 6]), inputBias: tf.zeros([6]),
 *   stateKernel: tf.zeros([2, 6]), stateBias: tf.zeros([6]),
 * };
 * console.log(gruCell(tf.ones([1, 3]), tf.ones([1, 2]), weights).dataSync()); // 0.5, 0.5
 * ```
 */
export function gruCell(
  x: Tensor,
  state: Tensor,
  weights: GruWeights,
  precision: Precision = "float32",
): Tensor {
  return tf.tidy(() => {
    const fromInput = dense(x, weights.inputKernel, weights.inputBias, { precision }); // [b, 3d]
    const fromState = dense(state, weights.stateKernel, weights.stateBias, { precision }); // [b, 3d]
    const [x0, x1, x2] = tf.split(fromInput, 3, 1) as [Tensor, Tensor, Tensor]; // [b, d] each
    const [s0, s1, s2] = tf.split(fromState, 3, 1) as [Tensor, Tensor, Tensor];
    const reset = sigmoid(add(x0, s0));
    const update = sigmoid(add(x1, s1));
    const candidate = tanh(add(x2, multiply(reset, s2)));
    return add(candidate, multiply(update, subtract(state, candidate))); // = (1-z) n + z s
  });
}
