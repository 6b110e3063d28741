/**
 * The answer head: a stochastic answer network reads the hypothesis once, then the premise over
 * several turns, and averages what each turn decides (Liu, Duh and Gao 2018, arXiv 1804.07888; MT-DNN,
 * section 3.1).
 *
 * Letters in the comments: b batch, t tokens, d width, c classes; n = b t, k turns.
 *
 * @module
 */

import type { Tensor } from "../../tensorflow/backend.ts";
import {
  absolute,
  add,
  log,
  multiply,
  scale,
  subtract,
} from "../../tensorflow/operations/arithmetic.ts";
import { dense } from "../../tensorflow/operations/dense.ts";
import {
  applyMask,
  dropout,
  dropoutOfRows,
  variationalDropout,
} from "../../tensorflow/operations/dropout.ts";
import { batchMatMul } from "../../tensorflow/operations/matmul.ts";
import { concat, reshape, shapeVector, slice } from "../../tensorflow/operations/shapes.ts";
import { softmax } from "../../tensorflow/operations/softmax.ts";
import { type CellKind, cellSpecs, cellStep } from "./cells.ts";
import type { BatchTensors, Encoded, RunOptions } from "../encoder.ts";
import type { ParameterSpec, Scope } from "../parameters.ts";
import { broadcastRows, hide, repeated } from "./memory.ts";
import { kernelOf, linearSpecs } from "./weight_norm.ts";

/** Choices of the reference program; the first of each is MT-DNN's. */
export interface SanOptions {
  /** Number of turns, K. */
  readonly turns: number;
  /** Score of a premise position: bilinear, linear on [p; s], on [p; s; p*s], or that with |p-s|. */
  readonly attention: "bilinear" | "simple" | "flat" | "flat with difference";
  readonly cell: CellKind;
  /** What a turn classifies: [x; s; |x-s|; x*s] or [x; s]. */
  readonly merge: "four-way" | "two-way";
  /** The mean over turns, or the last turn alone. */
  readonly answer: "mean" | "last";
  /** Chance that a turn is left out while training; one turn of each row always stays. */
  readonly turnDropout: number;
  /** Weight = gain * direction / |direction| in attention, cell and classifier. */
  readonly weightNorm: boolean;
}

/** MT-DNN's choices (reference program, version 0.1). */
export const sanDefaults: SanOptions = {
  turns: 5,
  attention: "bilinear",
  cell: "gru",
  merge: "four-way",
  answer: "mean",
  turnDropout: 0.1,
  weightNorm: false,
};

/** What the turns went through, for a look at their attention. */
export interface SanTrace {
  /** [b, t] attention over the hypothesis that makes the first state. */
  readonly startAttention: Tensor;
  /** [b, d] state before the first turn. */
  readonly start: Tensor;
  /** Per turn: [b, t] attention over the premise. */
  readonly attentions: readonly Tensor[];
  /** Per turn: [b, d] what was read. */
  readonly read: readonly Tensor[];
  /** Per turn: [b, d] state after it, not for the last turn. */
  readonly states: readonly Tensor[];
  /** Per turn: [b, c] logits. */
  readonly turnLogits: readonly Tensor[];
  /** [b, c] the answer: log of the mean probability (or the last turn's logits). */
  readonly logits: Tensor;
}

/** Parameters of the head, paths relative to it. */
export function sanSpecs(width: number, classes: number, options: SanOptions): ParameterSpec[] {
  const factor = { bilinear: 1, simple: 2, flat: 3, "flat with difference": 4 }[options.attention];
  const score = options.attention === "bilinear" ? width : 1;
  const merged = options.merge === "four-way" ? 4 * width : 2 * width;
  return [
    { name: "start/kernel", shape: [width, 1], start: "normal" },
    { name: "start/bias", shape: [1], start: "zeros" },
    ...linearSpecs("attention", factor * width, score, options.weightNorm),
    ...cellSpecs(width, options.cell, options.weightNorm),
    ...linearSpecs("output", merged, classes, options.weightNorm),
  ];
}

/**
 * Runs the head: hidden states [b, t, d] -> logits [b, c].
 *
 * @throws when a parameter is missing.
 */
export function san(
  at: Scope,
  encoded: Encoded,
  batch: BatchTensors,
  options: SanOptions,
  rate: number,
  run: RunOptions,
): SanTrace {
  const { hidden } = encoded;
  const precision = run.precision ?? "float32";
  const drop = (x: Tensor) => dropout(x, rate, run.random);
  const linear = (name: string, x: Tensor) =>
    dense(x, kernelOf(at, name, options.weightNorm), at(`${name}/bias`), { precision });
  const hypothesis = hide(batch, "premise"); // [b, t]
  const premise = hide(batch, "hypothesis"); // [b, t]

  const { weights: startAttention, start } = readStart(at, hidden, hypothesis, rate, run);
  const attentions: Tensor[] = [];
  const read: Tensor[] = [];
  const states: Tensor[] = [];
  const turnLogits: Tensor[] = [];
  let state = start;
  let carry: Tensor | undefined;
  for (let turn = 0; turn < options.turns; turn++) {
    const scores = scorePremise(hidden, state, options, rate, linear, run); // [b, t]
    const weights = softmax(add(scores, premise)); // [b, t]
    const x = weightedSum(weights, hidden, run); // [b, d]
    turnLogits.push(linear("output", drop(merge(x, state, options.merge)))); // [b, c]
    attentions.push(weights);
    read.push(x);
    if (turn === options.turns - 1) break; // the last update would not be used
    ({ state, carry } = cellStep(at, options, x, drop(state), carry, precision));
    states.push(state);
  }
  const logits = answer(turnLogits, options, run);
  return { startAttention, start, attentions, read, states, turnLogits, logits };
}

/** s_0: the hypothesis, weighted by a learned attention over its own positions. */
function readStart(
  at: Scope,
  hidden: Tensor,
  hypothesis: Tensor,
  rate: number,
  run: RunOptions,
): { weights: Tensor; start: Tensor } {
  const drop = dropoutOfRows(hidden, rate, run.random);
  const asked = drop(repeated(at("start/kernel"), hidden)); // [b, d]
  const scores = add(match(hidden, asked, run), at("start/bias")); // [b, t]
  const weights = softmax(add(scores, hypothesis)); // [b, t]
  return { weights, start: drop(weightedSum(weights, hidden, run)) }; // [b, t], [b, d]
}

/** One score for each position: [b, t]. */
function scorePremise(
  hidden: Tensor,
  state: Tensor,
  { attention }: SanOptions,
  rate: number,
  linear: (name: string, x: Tensor) => Tensor,
  run: RunOptions,
): Tensor {
  if (attention === "bilinear") {
    const drop = dropoutOfRows(hidden, rate, run.random);
    const asked = drop(linear("attention", dropout(state, rate, run.random))); // [b, d]
    return match(hidden, asked, run);
  }
  const spread = broadcastRows(state, hidden); // [b, t, d]
  const parts = [hidden, spread];
  if (attention !== "simple") parts.push(multiply(hidden, spread));
  if (attention === "flat with difference") parts.push(absolute(subtract(hidden, spread)));
  const flat = variationalDropout(concat(parts), rate, run.random); // [b, t, 2d to 4d]
  const scores = linear("attention", reshape(flat, [-1, flat.shape[2]!])); // [n, 1]
  return reshape(scores, [[hidden, 0], [hidden, 1]]);
}

function options({ precision }: RunOptions) {
  return precision ? { precision } : {};
}

/** h_j . q: [b, t, d], [b, d] -> [b, t]. */
function match(hidden: Tensor, asked: Tensor, run: RunOptions): Tensor {
  const column = reshape(asked, [[hidden, 0], hidden.shape[2]!, 1]); // [b, d, 1]
  return reshape(batchMatMul(hidden, column, options(run)), [[hidden, 0], [hidden, 1]]);
}

/** sum_j w_j h_j: [b, t], [b, t, d] -> [b, d]. */
function weightedSum(weights: Tensor, hidden: Tensor, run: RunOptions): Tensor {
  const row = reshape(weights, [[hidden, 0], 1, [hidden, 1]]); // [b, 1, t]
  return reshape(batchMatMul(row, hidden, options(run)), [[hidden, 0], hidden.shape[2]!]);
}

/** [x; s; |x - s|; x * s] or [x; s]. */
function merge(x: Tensor, state: Tensor, how: SanOptions["merge"]): Tensor {
  if (how === "two-way") return concat([x, state]);
  return concat([x, state, absolute(subtract(x, state)), multiply(x, state)]);
}

/** log((1/K) sum_k m_k softmax(logits_k)), MT-DNN equation 4 with stochastic prediction dropout. */
function answer(turnLogits: readonly Tensor[], options: SanOptions, run: RunOptions): Tensor {
  const last = turnLogits.at(-1)!;
  if (options.answer === "last") return last;
  let probabilities = turnLogits.map(softmax); // k times [b, c]
  if (run.random) { // drawn at rate 0 too: the mask is then 1
    const { turns, turnDropout } = options;
    const mask = run.random.columnMask(shapeVector([[last, 0], turns]), turns, turnDropout); // [b, k]
    probabilities = probabilities.map((p, turn) => applyMask(p, slice(mask, turn, 1)));
  }
  return log(scale(probabilities.reduce(add), 1 / turnLogits.length)); // [b, c]
}
