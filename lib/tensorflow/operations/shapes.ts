/**
 * Shapes that come from the graph: sizes are read from tensors when the function runs, so one trace
 * serves every batch size and length.
 *
 * @module
 */

import { type Tensor, tf } from "../backend.ts";
import { DataType } from "../runtime.ts";
import { int32, int32s, op, withGradient } from "./operation.ts";

/** A dimension of a new shape: a size, or the tensor and axis to take it from. */
export type AxisSize = number | readonly [Tensor, number];

/** The shape of `x` as an int32 vector [rank], known when the graph runs. */
export function shapeOf(x: Tensor): Tensor {
  return op("Shape", [x], { out_type: DataType.int32 });
}

/** Size of one axis of `x` as an int32 scalar. */
export function sizeOf(x: Tensor, axis: number): Tensor {
  return tf.tidy(() => op("GatherV2", [shapeOf(x), int32(axis), int32(0)]));
}

/** A shape vector put together from sizes. */
export function shapeVector(sizes: readonly AxisSize[]): Tensor {
  const fixed = sizes.filter((size) => typeof size === "number");
  if (fixed.length === sizes.length) return int32s(...fixed);
  return tf.tidy(() =>
    op("Pack", sizes.map((size) => typeof size === "number" ? int32(size) : sizeOf(...size)))
  );
}

/**
 * `x` with another shape.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { reshape } from "./shapes.ts";
 * await startTensorFlow();
 * const x = tf.zeros([2, 3, 4]);
 * console.log(reshape(x, [-1, 4]).shape); // [6, 4]
 * console.log(reshape(x, [[x, 0], 12]).shape); // [2, 12]
 * ```
 */
export function reshape(x: Tensor, sizes: readonly AxisSize[]): Tensor {
  return tf.tidy(() => reshapeTo(x, shapeVector(sizes)));
}

/** `x` with the shape in the int32 vector `shape`. */
export function reshapeTo(x: Tensor, shape: Tensor): Tensor {
  return withGradient([x], (save) => {
    const value = op("Reshape", [x, shape]);
    save([x]);
    return { value, gradient: (dy, [x]) => op("Reshape", [dy, shapeOf(x!)]) };
  });
}

/**
 * `x` with its axes in another order.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { transpose } from "./shapes.ts";
 * await startTensorFlow();
 * console.log(transpose(tf.zeros([2, 3, 4]), [1, 0, 2]).shape); // [3, 2, 4]
 * ```
 */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return withGradient([x], () => ({
    value: op("Transpose", [x, int32s(...order)]),
    gradient: (dy) => op("Transpose", [dy, int32s(...inverse)]),
  }));
}

/**
 * Tensors side by side along the last axis: [.., d1], [.., d2] -> [.., d1 + d2].
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { concat } from "./shapes.ts";
 * await startTensorFlow();
 * console.log(concat([tf.zeros([2, 3]), tf.zeros([2, 4])]).shape); // [2, 7]
 * ```
 */
export function concat(parts: readonly Tensor[]): Tensor {
  if (parts.length === 1) return parts[0]!;
  const widths = parts.map((part) => part.shape.at(-1)!);
  return withGradient(parts, () => ({
    value: op("ConcatV2", [...parts, int32(parts[0]!.rank - 1)]),
    gradient: (dy) => {
      let start = 0;
      return widths.map((width) => {
        const piece = columns(dy, start, width);
        start += width;
        return piece;
      });
    },
  }));
}

/**
 * Columns `start` up to `start + width` of the last axis: [.., d] -> [.., width].
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { slice } from "./shapes.ts";
 * await startTensorFlow();
 * console.log(slice(tf.tensor2d([[1, 2, 3, 4]]), 1, 2).dataSync()); // 2, 3
 * ```
 */
export function slice(x: Tensor, start: number, width: number): Tensor {
  const total = x.shape.at(-1)!;
  return withGradient([x], () => ({
    value: columns(x, start, width),
    gradient: (dy) => {
      const edges = Array.from(
        { length: dy.rank },
        (_, axis) => axis === dy.rank - 1 ? [start, total - start - width] : [0, 0],
      );
      const padding = op("Reshape", [int32s(...edges.flat()), int32s(-1, 2)]);
      return op("Pad", [dy, padding]);
    },
  }));
}

/** One position of the second axis: [b, t, d] -> [b, d]. */
export function position(x: Tensor, index: number): Tensor {
  return withGradient([x], (save) => {
    const value = op("GatherV2", [x, int32(index), int32(1)]);
    save([x]);
    return {
      value,
      gradient: (dy, [x]) => { // zeros before and after the position
        const after = op("Sub", [sizeOf(x!, 1), int32(index + 1)]);
        const edges = [int32(0), int32(0), int32(index), after, int32(0), int32(0)];
        const padding = op("Reshape", [op("Pack", edges), int32s(3, 2)]);
        return op("Pad", [op("ExpandDims", [dy, int32(1)]), padding]);
      },
    };
  });
}

function columns(x: Tensor, start: number, width: number): Tensor {
  const before = Array.from({ length: x.rank }, (_, axis) => axis === x.rank - 1 ? start : 0);
  const sizes = Array.from({ length: x.rank }, (_, axis) => axis === x.rank - 1 ? width : -1);
  return op("Slice", [x, int32s(...before), int32s(...sizes)]);
}

/** 0, 1, .. up to the size of one axis of `x`, as int32. */
export function counting(x: Tensor, axis: number): Tensor {
  return tf.tidy(() => op("Range", [int32(0), sizeOf(x, axis), int32(1)]));
}
