/**
 * Arithmetic at work, each operation with its plain formula.
 *
 * @module
 */

import { type Tensor, tf } from "../../../lib/tensorflow/backend.ts";
import {
  absolute,
  add,
  divide,
  elements,
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
} from "../../../lib/tensorflow/operations/arithmetic.ts";
import { dense } from "../../../lib/tensorflow/operations/dense.ts";
import { gelu } from "../../../lib/tensorflow/operations/gelu.ts";
import { build, count, each, shaped, sumOver } from "./arrays.ts";
import * as formulas from "./formulas.ts";
import { type Case, operation } from "./harness.ts";

type Shape = readonly (number | string)[];

/** An operation on one tensor x [n, 3]. */
function elementWise(
  name: string,
  run: (x: Tensor) => Tensor,
  f: (x: number) => number,
  holds: "normal" | "positive" = "normal",
): Case {
  const expected: Case["expected"] = ({ x }) => each(f, x!);
  const inputs = { x: { shape: ["n", 3], holds } };
  return { name, inputs, output: ["n", 3], run: ({ x }) => run(x!), expected };
}

/** Shapes that are broadcast: a, b and the result; the first is compiled with XLA as well. */
const BROADCASTS: readonly (readonly [Shape, Shape, Shape])[] = [
  [["t", 1], ["b", "t", 2], ["b", "t", 2]],
  [["n", 3], ["n", 3], ["n", 3]],
  [["n", 3], [3], ["n", 3]],
  [[], ["n", 3], ["n", 3]],
  [["n", 1], ["n", 3], ["n", 3]],
  [["n", 1], [1, 3], ["n", 3]],
  [["b", "t", 2], ["b", 1, 2], ["b", "t", 2]],
];

/** One case for each way to broadcast. */
function broadcasting(
  name: string,
  run: (a: Tensor, b: Tensor) => Tensor,
  f: (a: number, b: number) => number,
): Case[] {
  return BROADCASTS.map(([a, b, output], i) =>
    operation({
      ...(i > 0 && { xla: false }),
      name: `${name} of [${a}] and [${b}]`,
      inputs: { a: { shape: a }, b: { shape: b, holds: "positive" } },
      output,
      run: ({ a, b }) => run(a, b),
      expected: ({ a, b }) => each(f, a, b),
    })
  );
}

/** Sums and means over the same axes, with and without keeping them. */
function reductions(
  axes: readonly number[],
  output: Shape,
  keep: boolean,
  more: { readonly xla?: false } = { xla: false },
): Case[] {
  const positive = axes.map((axis) => axis < 0 ? axis + 3 : axis);
  const inputs = { x: { shape: ["b", "t", 2] } };
  const suffix = `over [${axes}]${keep ? ", kept" : ""}`;
  const summed: Case["expected"] = ({ x }) => {
    const result = sumOver(x!, positive);
    const kept = x!.shape.map((size, axis) => positive.includes(axis) ? 1 : size);
    return keep ? shaped(result, kept) : result;
  };
  const averaged: Case["expected"] = ({ x }) => {
    const number = count(positive.map((axis) => x!.shape[axis]!));
    return each((value) => value / number, summed({ x: x! }));
  };
  return [
    {
      ...more,
      name: `sum ${suffix}`,
      inputs,
      output,
      run: ({ x }) => sum(x!, axes, keep),
      expected: summed,
    },
    {
      ...more,
      name: `mean ${suffix}`,
      inputs,
      output,
      run: ({ x }) => mean(x!, axes, keep),
      expected: averaged,
    },
  ];
}

/** Element-wise arithmetic, sums and means. */
export const ARITHMETIC: readonly Case[] = [
  ...broadcasting("add", add, (a, b) => a + b),
  ...broadcasting("subtract", subtract, (a, b) => a - b),
  ...broadcasting("multiply", multiply, (a, b) => a * b),
  ...broadcasting("divide", divide, (a, b) => a / b),
  elementWise("scale", (x) => scale(x, -2.5), (x) => -2.5 * x),
  elementWise("absolute", absolute, Math.abs),
  elementWise("log", log, Math.log, "positive"),
  elementWise("tanh", tanh, Math.tanh),
  elementWise("sigmoid", sigmoid, formulas.logistic),
  elementWise("relu", relu, (x) => Math.max(x, 0)),
  elementWise("squareRoot", squareRoot, Math.sqrt, "positive"),
  elementWise("gelu", gelu, (x) => x / 2 * (1 + formulas.erf(x / Math.SQRT2))),
  ...reductions([1], ["b", 2], false, {}),
  ...reductions([-1], ["b", "t", 1], true),
  ...reductions([0, 2], ["t"], false),
  ...reductions([-2, 0], [1, 1, 2], true, {}),
  ...reductions([0, 1, 2], [], false),
  ...reductions([], ["b", "t", 2], false),
  operation({
    name: "elements",
    inputs: { ids: { shape: ["b", "t", 2], holds: { below: 2 } } },
    output: [],
    run: ({ ids }) => elements(ids),
    expected: ({ ids }) => build([], () => count(ids.shape)),
  }),
];

const ROWS = { shape: ["n", 4] };

/** Tensors used several times: their gradients add up. */
export const REUSE: readonly Case[] = [
  operation({
    xla: false,
    name: "x + x",
    inputs: { x: ROWS },
    output: ["n", 4],
    run: ({ x }) => add(x, x),
    expected: ({ x }) => each((x) => 2 * x, x),
  }),
  operation({
    xla: false,
    name: "x * x / x",
    inputs: { x: { shape: ["n", 4], holds: "positive" } },
    output: ["n", 4],
    run: ({ x }) => tf.tidy(() => divide(multiply(x, x), x)),
    expected: ({ x }) => x,
  }),
  operation({
    xla: false,
    name: "(a + b) + a",
    inputs: { a: ROWS, b: ROWS },
    output: ["n", 4],
    run: ({ a, b }) => tf.tidy(() => add(add(a, b), a)),
    expected: ({ a, b }) => each((a, b) => 2 * a + b, a, b),
  }),
  operation({
    xla: false,
    name: "residual around dense, twice, with one kernel",
    inputs: { x: ROWS, kernel: { shape: [4, 4] }, bias: { shape: [4] } },
    output: ["n", 4],
    run: ({ x, kernel, bias }) =>
      tf.tidy(() => {
        const once = add(x, dense(x, kernel, bias));
        return add(add(once, dense(once, kernel, bias)), x);
      }),
    expected: ({ x, kernel, bias }) => {
      const once = each((a, b) => a + b, x, formulas.dense(x, kernel, bias));
      return each((a, b, c) => a + b + c, once, formulas.dense(once, kernel, bias), x);
    },
  }),
];
