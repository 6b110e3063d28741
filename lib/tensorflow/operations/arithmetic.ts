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

/** a + b, broadcast. */
export function add(a: Tensor, b: Tensor): Tensor {
  return withGradient([a, b], (save) => {
    save([a, b]);
    return {
      value: op("AddV2", [a, b]),
      gradient: (dy, [a, b]) => [reduceLike(dy, a!), reduceLike(dy, b!)],
    };
  });
}

/** a - b, broadcast. */
export function subtract(a: Tensor, b: Tensor): Tensor {
  return withGradient([a, b], (save) => {
    save([a, b]);
    return {
      value: op("Sub", [a, b]),
      gradient: (dy, [a, b]) => [reduceLike(dy, a!), reduceLike(op("Neg", [dy]), b!)],
    };
  });
}

/** a * b element by element, broadcast. */
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

/** a / b element by element, broadcast. */
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

/** x times a constant. */
export function scale(x: Tensor, factor: number): Tensor {
  return withGradient([x], () => ({
    value: op("Mul", [x, number(factor)]),
    gradient: (dy) => op("Mul", [raise(dy), number(factor)]),
  }));
}

/** |x|; its gradient is the sign of x, 0 at 0. */
export function absolute(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    save([x]);
    return {
      value: op("Abs", [x]),
      gradient: (dy, [x]) => op("Mul", [dy, op("Sign", [x!])]),
    };
  });
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    save([x]);
    return { value: op("Log", [x]), gradient: (dy, [x]) => op("RealDiv", [dy, x!]) };
  });
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    const value = op("Tanh", [x]);
    save([value]);
    return { value, gradient: (dy, [y]) => op("TanhGrad", [y!, dy]) };
  });
}

/** Logistic function 1 / (1 + exp(-x)). */
export function sigmoid(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    const value = op("Sigmoid", [x]);
    save([value]);
    return { value, gradient: (dy, [y]) => op("SigmoidGrad", [y!, dy]) };
  });
}

/** max(x, 0). */
export function relu(x: Tensor): Tensor {
  return withGradient([x], (save) => {
    const value = op("Relu", [x]);
    save([value]);
    return { value, gradient: (dy, [y]) => op("ReluGrad", [dy, y!]) };
  });
}

/** Square root. */
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

/** Mean over some axes, kept with size 1 if `keep`. */
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
