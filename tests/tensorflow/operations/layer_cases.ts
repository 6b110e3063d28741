/**
 * Layers and losses at work, each with its plain formula.
 *
 * @module
 */

import { type Tensor, tf } from "../../../lib/tensorflow/backend.ts";
import { scale } from "../../../lib/tensorflow/operations/arithmetic.ts";
import {
  attention,
  paddingBias,
  selfAttention,
} from "../../../lib/tensorflow/operations/attention.ts";
import { dense } from "../../../lib/tensorflow/operations/dense.ts";
import {
  applyMask,
  dropout,
  dropoutOfRows,
  variationalDropout,
} from "../../../lib/tensorflow/operations/dropout.ts";
import { embedding } from "../../../lib/tensorflow/operations/embedding.ts";
import { gruCell } from "../../../lib/tensorflow/operations/gru.ts";
import { layerNorm } from "../../../lib/tensorflow/operations/layer_norm.ts";
import {
  binaryCrossEntropy,
  crossEntropy,
  squaredError,
} from "../../../lib/tensorflow/operations/losses.ts";
import { batchMatMul } from "../../../lib/tensorflow/operations/matmul.ts";
import type { RandomSource } from "../../../lib/tensorflow/operations/random.ts";
import { concat, reshape } from "../../../lib/tensorflow/operations/shapes.ts";
import { logSoftmax, softmax } from "../../../lib/tensorflow/operations/softmax.ts";
import { at, build, each, eachRow, shaped } from "./arrays.ts";
import * as formulas from "./formulas.ts";
import { type Case, type Input, operation } from "./harness.ts";

const rows: Input = { shape: ["n", 4] };
const vector: Input = { shape: [4] };

/** Queries of heads two wide, as attention takes them. */
const divided = (queries: Tensor) => scale(queries, Math.SQRT1_2);

/** A source that hands a given mask out instead of drawing one. */
const drawn = (mask: Tensor): RandomSource => ({
  elementMask: () => mask,
  keepMask: () => mask,
  columnMask: () => mask,
});

/** Layers and losses. */
export const LAYERS: readonly Case[] = [
  operation({
    name: "dense",
    inputs: { x: rows, kernel: { shape: [4, 3] }, bias: { shape: [3] } },
    output: ["n", 3],
    run: ({ x, kernel, bias }) => dense(x, kernel, bias),
    expected: ({ x, kernel, bias }) => formulas.dense(x, kernel, bias),
  }),
  operation({
    name: "layerNorm",
    inputs: { x: rows, scale: vector, shift: vector },
    output: ["n", 4],
    run: ({ x, scale, shift }) => layerNorm(x, scale, shift),
    expected: ({ x, scale, shift }) => formulas.layerNorm(x, scale, shift),
  }),
  operation({
    name: "layerNorm of rank 3",
    xla: false,
    inputs: { x: { shape: ["b", "t", 4] }, scale: vector, shift: vector },
    output: ["b", "t", 4],
    run: ({ x, scale, shift }) => layerNorm(x, scale, shift),
    expected: ({ x, scale, shift }) => formulas.layerNorm(x, scale, shift),
  }),
  operation({
    name: "softmax",
    inputs: { x: { shape: ["b", "t", "n"] } },
    output: ["b", "t", "n"],
    run: ({ x }) => softmax(x),
    expected: ({ x }) => eachRow(formulas.softmaxRow, x),
  }),
  operation({
    name: "logSoftmax",
    inputs: { x: rows },
    output: ["n", 4],
    run: ({ x }) => logSoftmax(x),
    expected: ({ x }) => each(Math.log, eachRow(formulas.softmaxRow, x)),
  }),
  operation({
    name: "embedding",
    inputs: { table: { shape: [5, 3] }, ids: { shape: ["n"], holds: { below: 5 } } },
    output: ["n", 3],
    run: ({ table, ids }) => embedding(table, ids),
    expected: ({ table, ids }) => build([ids.shape[0]!, 3], (i, j) => at(table, at(ids, i), j)),
  }),
  operation({
    name: "applyMask, broadcast",
    inputs: { x: { shape: ["b", "t", 2] }, mask: { shape: ["b", 1, 2], holds: "mask" } },
    output: ["b", "t", 2],
    run: ({ x, mask }) => applyMask(x, mask),
    expected: ({ x, mask }) => each((x, kept) => x * kept, x, mask),
  }),
  operation({
    name: "dropout",
    inputs: { x: rows, mask: { shape: ["n", 4], holds: "mask" } },
    output: ["n", 4],
    run: ({ x, mask }) => dropout(x, 0.5, drawn(mask)),
    expected: ({ x, mask }) => each((x, kept) => x * kept, x, mask),
  }),
  operation({
    name: "variationalDropout",
    inputs: { x: { shape: ["b", "t", 2] }, mask: { shape: ["b", 1, 2], holds: "mask" } },
    output: ["b", "t", 2],
    run: ({ x, mask }) => variationalDropout(x, 0.5, drawn(mask)),
    expected: ({ x, mask }) => each((x, kept) => x * kept, x, mask),
  }),
  operation({
    name: "dropoutOfRows",
    inputs: {
      x: rows,
      memory: { shape: ["n", "t", 4], holds: { below: 2 } },
      mask: { shape: ["n", 4], holds: "mask" },
    },
    output: ["n", 4],
    run: ({ x, memory, mask }) => tf.tidy(() => dropoutOfRows(memory, 0.5, drawn(mask))(x)),
    expected: ({ x, mask }) => each((x, kept) => x * kept, x, mask),
  }),
  operation({
    name: "crossEntropy",
    inputs: { logits: rows, labels: { shape: ["n"], holds: { below: 4 } } },
    output: ["n"],
    run: ({ logits, labels }) => crossEntropy(logits, labels),
    expected: ({ logits, labels }) => formulas.crossEntropy(logits, labels),
  }),
  operation({
    name: "binaryCrossEntropy",
    inputs: { logits: rows, targets: { shape: ["n", 4], holds: { below: 2 } } },
    output: ["n"],
    run: ({ logits, targets }) => tf.tidy(() => binaryCrossEntropy(logits, targets.toFloat())),
    expected: ({ logits, targets }) => formulas.binaryCrossEntropy(logits, targets),
  }),
  operation({
    name: "squaredError",
    inputs: { predictions: { shape: ["n"] }, targets: { shape: ["n"], holds: { below: 5 } } },
    output: ["n"],
    run: ({ predictions, targets }) => tf.tidy(() => squaredError(predictions, targets.toFloat())),
    expected: ({ predictions, targets }) => each((a, b) => (a - b) ** 2, predictions, targets),
  }),
  operation({
    name: "gruCell",
    inputs: {
      x: { shape: ["b", 3] },
      state: { shape: ["b", 2] },
      inputKernel: { shape: [3, 6] },
      inputBias: { shape: [6] },
      stateKernel: { shape: [2, 6] },
      stateBias: { shape: [6] },
    },
    output: ["b", 2],
    run: ({ x, state, ...weights }) => gruCell(x, state, weights),
    expected: ({ x, state, inputKernel, inputBias, stateKernel, stateBias }) =>
      formulas.gruCell(x, state, inputKernel, inputBias, stateKernel, stateBias),
  }),
  operation({
    name: "batchMatMul",
    inputs: { a: { shape: ["b", "t", 3] }, b: { shape: ["b", 3, "n"] } },
    output: ["b", "t", "n"],
    run: ({ a, b }) => batchMatMul(a, b),
    expected: ({ a, b }) => formulas.batchMatMul(a, b, false),
  }),
  operation({
    name: "batchMatMul, transposed",
    inputs: { a: { shape: ["b", "t", 3] }, b: { shape: ["b", "n", 3] } },
    output: ["b", "t", "n"],
    run: ({ a, b }) => batchMatMul(a, b, { transposeB: true }),
    expected: ({ a, b }) => formulas.batchMatMul(a, b, true),
  }),
  operation({
    name: "attention with padding",
    inputs: {
      q: { shape: ["b", "t", 4] },
      k: { shape: ["b", "t", 4] },
      v: { shape: ["b", "t", 4] },
      mask: { shape: ["b", "t"], holds: "mask" },
    },
    output: ["b", "t", 4],
    run: ({ q, k, v, mask }) =>
      tf.tidy(() => {
        const flat = (x: Tensor) => reshape(x, [-1, 4]);
        const keysAndValues = concat([flat(k), flat(v)]);
        const mixed = attention(divided(flat(q)), keysAndValues, paddingBias(mask), { heads: 2 });
        return reshape(mixed, [[mask, 0], [mask, 1], 4]);
      }),
    expected: ({ q, k, v, mask }) => {
      const [b, t] = mask.shape as [number, number];
      const flat = [q, k, v].map((x) => shaped(x, [b * t, 4])) as [typeof q, typeof k, typeof v];
      return shaped(formulas.attention(...flat, mask, 2), [b, t, 4]);
    },
  }),
  operation({
    name: "selfAttention with dropout",
    inputs: {
      q: { shape: ["b", "t", 4] },
      k: { shape: ["b", "t", 4] },
      v: { shape: ["b", "t", 4] },
      mask: { shape: ["b", "t"], holds: "mask" },
      kept: { shape: ["b", 2, "t", "t"], holds: "mask" },
    },
    output: ["b", "t", 4],
    xla: false,
    run: ({ q, k, v, mask, kept }) =>
      tf.tidy(() => {
        const flat = (x: Tensor) => reshape(x, [-1, 4]);
        const options = { heads: 2, dropout: 0.5, random: drawn(kept) };
        const together = concat([divided(flat(q)), flat(k), flat(v)]);
        const mixed = selfAttention(together, paddingBias(mask), options);
        return reshape(mixed, [[mask, 0], [mask, 1], 4]);
      }),
    expected: ({ q, k, v, mask, kept }) => {
      const [b, t] = mask.shape as [number, number];
      const flat = [q, k, v].map((x) => shaped(x, [b * t, 4])) as [typeof q, typeof k, typeof v];
      return shaped(formulas.attention(...flat, mask, 2, each((one) => 2 * one, kept)), [b, t, 4]);
    },
  }),
];
