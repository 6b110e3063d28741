/**
 * The two memories of the answer head: which positions belong to the hypothesis and which to the
 * premise.
 *
 * @module
 */

import type { Tensor } from "../../tensorflow/backend.ts";
import { int32, int32s, number, op, withGradient } from "../../tensorflow/operations/operation.ts";
import { shapeOf, shapeVector } from "../../tensorflow/operations/shapes.ts";
import type { BatchTensors } from "../encoder.ts";

/** Added to the score of a hidden position; its share of a softmax is then exactly 0. */
const HIDDEN = -1e30;

/** [b, t]: 0 where a position is seen, a large negative number where padding or `side` is hidden. */
export function hide({ sides, mask }: BatchTensors, side: "premise" | "hypothesis"): Tensor {
  const isPremise = op("Cast", [sides], { DstT: 1 }); // [b, t]
  const seen = side === "premise"
    ? op("Mul", [mask, op("Sub", [number(1), isPremise])])
    : op("Mul", [mask, isPremise]);
  return op("Mul", [op("Sub", [number(1), seen]), number(HIDDEN)]);
}

/** Repeats a row's vector at every position: [b, d] -> [b, t, d] of the shape of `hidden`. */
export function broadcastRows(rows: Tensor, hidden: Tensor): Tensor {
  return withGradient([rows], () => ({
    value: op("BroadcastTo", [op("ExpandDims", [rows, int32(1)]), shapeOf(hidden)]),
    gradient: (dy) => op("Sum", [dy, int32s(1)]),
  }));
}

/** A column [d, 1] as a vector for each row of `hidden` [b, t, d]: [b, d]. */
export function repeated(column: Tensor, hidden: Tensor): Tensor {
  const width = column.shape[0]!;
  return withGradient([column], () => ({
    value: op("BroadcastTo", [
      op("Reshape", [column, int32s(1, width)]),
      shapeVector([[hidden, 0], width]),
    ]),
    gradient: (dy) => op("Reshape", [op("Sum", [dy, int32s(0)]), int32s(width, 1)]),
  }));
}
