/**
 * Element-wise arithmetic and sums, with broadcasting, whose gradients take sizes from the graph.
 *
 * @module
 */

import { type Tensor, tf } from "../backend.ts";
import { DataType } from "../runtime.ts";
import { raise } from "./matmul.ts";
import { int32s, number, op, withGradient } from "./operation.ts";
import { shapeOf } from "./shapes.ts";

/**
 * a + b, broadcast.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { add } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(add(tf.ones([2, 3]), tf.tensor1d([1, 2, 3])).dataSync()); // 2, 3, 4 twice
 * ```
 */
export function add(a: Tensor, b: Tensor): Tensor {
  return withGradient([a, b], (save) => {
    save([a, b]);
    return {
      value: op("AddV2", [a, b]),
      gradient: (dy, [a, b]) => [reduceLike(dy, a!), reduceLike(dy, b!)],
    };
  });
}

/**
 * a - b, broadcast.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { subtract } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(subtract(tf.ones([3]), tf.tensor1d([1, 2, 3])).dataSync()); // 0, -1, -2
 * ```
 */
export function subtract(a: Tensor, b: Tensor): Tensor {
  return withGradient([a, b], (save) => {
    save([a, b]);
    return {
      value: op("Sub", [a, b]),
      gradient: (dy, [a, b]) => [reduceLike(dy, a!), reduceLike(op("Neg", [dy]), b!)],
    };
  });
}

/**
 * a * b element by element, broadcast.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { multiply } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(multiply(tf.fill([3], 2), tf.tensor1d([1, 2, 3])).dataSync()); // 2, 4, 6
 * ```
 */
export function multiply(a: Tensor, b: Tensor): Tensor {
  return withGradient([a, b], (save) => {
    save([a, b]);
    return {
      value: op("Mul", [a, b]),
      gradient: (dy, [a, b]) => [
        reduceLike(op("Mul", [dy, b!]), a!),
        reduceLike(op("Mul", [dy, a!]), b!),
      ],
    };
  });
}

/**
 * a / b element by element, broadcast.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { divide } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(divide(tf.ones([2]), tf.tensor1d([2, 4])).dataSync()); // 0.5, 0.25
 * ```
 */
export function divide(a: Tensor, b: Tensor): Tensor {
  return withGradient([a, b], (save) => {
    const value = op("RealDiv", [a, b]);
    save([a, b, value]);
    return {
      value,
      gradient: (dy, [a, b, y]) => {
        const da = op("RealDiv", [dy, b!]);
        return [reduceLike(da, a!), reduceLike(op("Neg", [op("Mul", [da, y!])]), b!)];
      },
    };
  });
}

/**
 * x times a constant.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { scale } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(scale(tf.tensor1d([1, 2]), 0.5).dataSync()); // 0.5, 1
 * ```
 */
export function scale(x: Tensor, factor: number): Tensor {
  return withGradient([x], () => ({
    value: op("Mul", [x, number(factor)]),
    gradient: (dy) => op("Mul", [raise(dy), number(factor)]),
  }));
}

/**
 * |x|; its gradient is the sign of x, 0 at 0.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { absolute } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(absolute(tf.tensor1d([-2, 3])).dataSync()); // 2, 3
 * ```
 */
export function absolute(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    save([x]);
    return {
      value: op("Abs", [x]),
      gradient: (dy, [x]) => op("Mul", [dy, op("Sign", [x!])]),
    };
  });
}

/**
 * Natural logarithm.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { log } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(log(tf.tensor1d([1, Math.E])).dataSync()); // 0, 1
 * ```
 */
export function log(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    save([x]);
    return { value: op("Log", [x]), gradient: (dy, [x]) => op("RealDiv", [dy, x!]) };
  });
}

/**
 * Hyperbolic tangent.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { tanh } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(tanh(tf.tensor1d([0, 1])).dataSync()); // 0, 0.7616
 * ```
 */
export function tanh(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    const value = op("Tanh", [x]);
    save([value]);
    return { value, gradient: (dy, [y]) => op("TanhGrad", [y!, dy]) };
  });
}

/**
 * Logistic function 1 / (1 + exp(-x)).
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { sigmoid } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(sigmoid(tf.tensor1d([0, 1])).dataSync()); // 0.5, 0.7311
 * ```
 */
export function sigmoid(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    const value = op("Sigmoid", [x]);
    save([value]);
    return { value, gradient: (dy, [y]) => op("SigmoidGrad", [y!, dy]) };
  });
}

/**
 * max(x, 0).
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { relu } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(relu(tf.tensor1d([-2, 3])).dataSync()); // 0, 3
 * ```
 */
export function relu(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    const value = op("Relu", [x]);
    save([value]);
    return { value, gradient: (dy, [y]) => op("ReluGrad", [dy, y!]) };
  });
}

/**
 * Square root.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { squareRoot } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(squareRoot(tf.tensor1d([4, 9])).dataSync()); // 2, 3
 * ```
 */
export function squareRoot(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    const value = op("Sqrt", [x]);
    save([value]);
    return { value, gradient: (dy, [y]) => op("SqrtGrad", [y!, dy]) };
  });
}

/**
 * Sum over some axes, kept with size 1 if `keep`.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { sum } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(sum(tf.tensor2d([[1, 2], [3, 4]]), [1]).dataSync()); // 3, 7
 * ```
 */
export function sum(x: Tensor, axes: readonly number[], keep = false): Tensor {
  return withGradient([x], (save) => {
    save([x]);
    return {
      value: op("Sum", [x, int32s(...axes)], { keep_dims: keep }),
      gradient: (dy, [x]) => spread(dy, x!, axes),
    };
  });
}

/**
 * Mean over some axes, kept with size 1 if `keep`.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { mean } from "./arithmetic.ts";
 * await startTensorFlow();
 * console.log(mean(tf.tensor2d([[1, 2], [3, 4]]), [1]).dataSync()); // 1.5, 3.5
 * ```
 */
export function mean(x: Tensor, axes: readonly number[], keep = false): Tensor {
  return withGradient([x], (save) => {
    const value = op("Mean", [x, int32s(...axes)], { keep_dims: keep });
    save([x, value]);
    return {
      value,
      gradient: (dy, [x, y]) => {
        // elements per mean = elements of x over elements of y, both from the graph
        const count = op("RealDiv", [elements(x!), elements(y!)]);
        return op("RealDiv", [spread(dy, x!, axes), count]);
      },
    };
  });
}

/** Number of elements of x as a float32 scalar, known when the graph runs. */
export function elements(x: Tensor): Tensor {
  return tf.tidy(() => {
    const count = op("Size", [x], { out_type: DataType.int32 });
    return op("Cast", [count], { DstT: DataType.float32 });
  });
}

/** Sums a broadcast gradient back to the shape of `x`. */
function reduceLike(dy: Tensor, x: Tensor): Tensor {
  const missing = dy.rank - x.rank;
  const axes = Array.from({ length: dy.rank }, (_, axis) => axis)
    .filter((axis) => axis < missing || (x.shape[axis - missing] === 1 && dy.shape[axis] !== 1));
  if (axes.length === 0) return dy;
  const total = op("Sum", [dy, int32s(...axes)], { keep_dims: true });
  return missing === 0 ? total : op("Reshape", [total, shapeOf(x)]);
}

/** Repeats a reduced gradient over the reduced axes of `x`. */
function spread(dy: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  const reduced = new Set(axes.map((axis) => axis < 0 ? axis + x.rank : axis));
  const missing = [...reduced].sort((a, b) => a - b);
  const kept = dy.rank === x.rank
    ? dy
    : missing.reduce((value, axis) => op("ExpandDims", [value, int32s(axis)]), dy);
  return op("BroadcastTo", [kept, shapeOf(x)]);
}
