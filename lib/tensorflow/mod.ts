/**
 * TensorFlow for TypeScript: tfjs with TensorFlow's own library behind it, and `compile`, which
 * makes one TensorFlow function of a whole tfjs function, gradients and updates of variables
 * included. Knows nothing of language.
 *
 * @example
 * ```ts
 * import { compile, createVariable, startTensorFlow, tf } from "./mod.ts";
 *
 * await startTensorFlow();
 * const total = createVariable("total", [3], new Float32Array(3));
 * const step = compile(({ x }) => {
 *   total.assign(tf.add(total.read(), x.mean(0))); // updated in place, in the order of the code
 *   return { total: total.read() };
 * }, { signature: { x: { type: "float32", shape: ["rows", 3] } } }); // any number of rows
 * console.log((await step({ x: tf.ones([5, 3]) })).total.dataSync()); // 1, 1, 1
 * ```
 *
 * @module
 */

export { startTensorFlow, type Tensor, tf } from "./backend.ts";
export { valueAndGradients } from "./gradients.ts";
export type { RuntimeInfo, RuntimeOptions } from "./runtime.ts";
export {
  compile,
  type Compiled,
  type CompileOptions,
  type InputsOf,
  type InputSpec,
  type SignatureRecord,
  type Tensors,
} from "./trace.ts";
export { createVariable, type Variable } from "./variables.ts";

export {
  absolute,
  add,
  divide,
  log,
  mean,
  multiply,
  relu,
  scale,
  sigmoid,
  squareRoot,
  subtract,
  sum,
  tanh,
} from "./operations/arithmetic.ts";
export {
  attention,
  type AttentionOptions,
  paddingBias,
  selfAttention,
} from "./operations/attention.ts";
export { dense, type DenseOptions } from "./operations/dense.ts";
export { dropout, variationalDropout } from "./operations/dropout.ts";
export { embedding } from "./operations/embedding.ts";
export { gelu } from "./operations/gelu.ts";
export { gruCell, type GruWeights } from "./operations/gru.ts";
export { layerNorm } from "./operations/layer_norm.ts";
export { crossEntropy, squaredError } from "./operations/losses.ts";
export { batchMatMul, type Precision } from "./operations/matmul.ts";
export {
  bernoulli,
  type RandomSource,
  randomSource,
  uniform,
  uniformInteger,
} from "./operations/random.ts";
export { type AxisSize, concat, reshape, slice, transpose } from "./operations/shapes.ts";
export { logSoftmax, softmax } from "./operations/softmax.ts";
