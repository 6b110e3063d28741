/**
 * Changes of shape at work, each with its plain formula.
 *
 * @module
 */

import {
  concat,
  counting,
  position,
  reshape,
  reshapeTo,
  shapeOf,
  slice,
  transpose,
} from "../../../lib/tensorflow/operations/shapes.ts";
import { tf } from "../../../lib/tensorflow/backend.ts";
import { at, build, shaped } from "./arrays.ts";
import { type Case, operation } from "./harness.ts";

/** Changes of shape. */
export const SHAPES: readonly Case[] = [
  operation({
    name: "reshape to sizes of another tensor",
    inputs: { x: { shape: ["b", "t", 4] } },
    output: ["b", "t", 2, 2],
    run: ({ x }) => reshape(x, [[x, 0], [x, 1], 2, 2]),
    expected: ({ x }) => shaped(x, [...x.shape.slice(0, 2), 2, 2]),
  }),
  operation({
    name: "reshapeTo the shape of another tensor",
    inputs: { x: { shape: ["b", "t", 4] }, like: { shape: ["b", "t", 2, 2], holds: "mask" } },
    output: ["b", "t", 2, 2],
    run: ({ x, like }) => tf.tidy(() => reshapeTo(x, shapeOf(like))),
    expected: ({ x, like }) => shaped(x, like.shape),
  }),
  operation({
    name: "transpose",
    inputs: { x: { shape: ["b", "t", 2, 3] } },
    output: [3, "b", 2, "t"],
    run: ({ x }) => transpose(x, [3, 0, 2, 1]),
    expected: ({ x }) => {
      const [b, t] = x.shape as [number, number];
      return build([3, b, 2, t], (i, j, k, l) => at(x, j, l, k, i));
    },
  }),
  operation({
    name: "concat",
    inputs: { a: { shape: ["b", "t", 2] }, b: { shape: ["b", "t", 1] } },
    output: ["b", "t", 5],
    run: ({ a, b }) => concat([a, b, a]),
    expected: ({ a, b }) => {
      const both = [...a.shape.slice(0, 2), 5];
      return build(both, (i, j, k) => k === 2 ? at(b, i, j, 0) : at(a, i, j, k % 3));
    },
  }),
  operation({
    name: "slice",
    inputs: { x: { shape: ["n", 5] } },
    output: ["n", 2],
    run: ({ x }) => slice(x, 1, 2),
    expected: ({ x }) => build([x.shape[0]!, 2], (i, j) => at(x, i, j + 1)),
  }),
  operation({
    name: "position 0",
    inputs: { x: { shape: ["b", "t", 2] } },
    output: ["b", 2],
    run: ({ x }) => position(x, 0),
    expected: ({ x }) => build([x.shape[0]!, 2], (i, j) => at(x, i, 0, j)),
  }),
  operation({
    name: "position 1",
    xla: false,
    inputs: { x: { shape: ["n", 3, 2] } },
    output: ["n", 2],
    run: ({ x }) => position(x, 1),
    expected: ({ x }) => build([x.shape[0]!, 2], (i, j) => at(x, i, 1, j)),
  }),
  operation({
    name: "counting",
    inputs: { ids: { shape: ["b", "t"], holds: { below: 2 } } },
    output: ["t"],
    run: ({ ids }) => counting(ids, 1),
    expected: ({ ids }) => build([ids.shape[1]!], (i) => i),
  }),
];
