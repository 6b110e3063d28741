/**
 * The task networks on top of the shared encoder (MT-DNN, section 3.1): classify, regress, rank and
 * the answer head, and one for any number of labels. A new head is one more `Head` value here: training, evaluation and tables ask it
 * what it reads and decides, never for its name.
 *
 * @module
 */

import type { Prediction } from "../types.ts";
import type { Tensor } from "../tensorflow/backend.ts";
import { dense } from "../tensorflow/operations/dense.ts";
import { dropout } from "../tensorflow/operations/dropout.ts";
import { reshape } from "../tensorflow/operations/shapes.ts";
import type { BatchTensors, Encoded, RunOptions } from "./encoder.ts";
import type { ParameterSpec, Scope } from "./parameters.ts";
import { san, sanDefaults, type SanOptions, sanSpecs } from "./san/san.ts";

/**
 * What a head decides for a row: one of its task's labels, several of them, a number, or which of
 * the row's candidates is the best.
 */
export type Decision = "one" | "several" | "number" | "candidate";

/** A task network. */
export interface Head {
  /** As tables print it. */
  readonly name: string;
  /** What it was made with, where there is a choice; part of what identifies a run. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The pooled state, or the hidden states of all pieces. */
  readonly reads: "pooled" | "hidden";
  /** What its predictions are. */
  readonly decides: Decision;
  /**
   * Its parameters on an encoder of that width, paths relative to the head; `outputs` is the number
   * of labels, 1 for a score.
   *
   * @throws when it can't have so many outputs.
   */
  parameters(width: number, outputs: number): ParameterSpec[];
  /** Logits [b, outputs]; for ranking [rows, candidates]. `rate` is the task's dropout. */
  logits(
    at: Scope,
    encoded: Encoded,
    batch: BatchTensors,
    rate: number,
    run: RunOptions,
  ): Tensor;
  /** What each row of logits [b, outputs] decides. */
  predict(logits: Float32Array, outputs: number): Prediction[];
  /**
   * A prediction as files of predictions show it, by column: "prediction" in the words of the
   * labels, and "p(...)" with the probability of each choice.
   */
  show(prediction: Prediction, labels: readonly string[]): Record<string, string | number>;
  /** The values of a prediction, or a row's targets, from what is shown as "prediction". */
  parse(shown: string, labels: readonly string[]): readonly number[];
}

const linearParameters = (width: number, outputs: number): ParameterSpec[] => [
  { name: "output/kernel", shape: [width, outputs], start: "normal" },
  { name: "output/bias", shape: [outputs], start: "zeros" },
];

/** W D(pooled) + c. */
function linearLogits(at: Scope, encoded: Encoded, rate: number, run: RunOptions): Tensor {
  const pooled = dropout(encoded.pooled(), rate, run.random); // [b, d]
  return dense(pooled, at("output/kernel"), at("output/bias"), { precision: run.precision }); // [b, outputs]
}

/** One of several labels from the pooled state (MT-DNN equation 1). */
export const classify: Head = {
  name: "classify",
  reads: "pooled",
  decides: "one",
  parameters: linearParameters,
  logits: (at, encoded, _batch, rate, run) => linearLogits(at, encoded, rate, run),
  predict: mostProbable,
  show: showLabel,
  parse: parseLabel,
};

/**
 * Any number of labels from the pooled state: each is decided for by itself, where its probability,
 * the sigmoid of its logit, is above 0.5.
 */
export const classifySeveral: Head = {
  name: "several",
  reads: "pooled",
  decides: "several",
  parameters: linearParameters,
  logits: (at, encoded, _batch, rate, run) => linearLogits(at, encoded, rate, run),
  predict: (logits, outputs) =>
    Array.from({ length: logits.length / outputs }, (_, row) => {
      const own = Array.from(logits.subarray(row * outputs, (row + 1) * outputs));
      return {
        values: own.map((logit) => logit > 0 ? 1 : 0),
        probabilities: own.map((logit) => 1 / (1 + Math.exp(-logit))),
      };
    }),
  show: ({ values, probabilities }, labels) => ({
    prediction: labels.filter((_, i) => values[i] === 1).join(", ") || "(none)",
    ...probabilityColumns(probabilities, (i) => labels[i]!),
  }),
  parse: (shown, labels) => labels.map((label) => shown.split(", ").includes(label) ? 1 : 0),
};

/** A score from the pooled state (MT-DNN equation 2). */
export const regress: Head = {
  name: "regress",
  reads: "pooled",
  decides: "number",
  parameters: (width) => linearParameters(width, 1),
  logits: (at, encoded, _batch, rate, run) => linearLogits(at, encoded, rate, run),
  predict: (logits) => Array.from(logits, (value) => ({ values: [value], probabilities: [] })),
  show: ({ values }) => ({ prediction: values[0]! }),
  parse: (shown) => [Number(shown)],
};

/** The best of a row's candidates, each scored from its pooled state (MT-DNN equation 5). */
export function rank(candidates: number): Head {
  return {
    name: "rank",
    settings: { candidates },
    reads: "pooled",
    decides: "candidate",
    parameters: (width) => linearParameters(width, 1),
    logits: (at, encoded, _batch, rate, run) =>
      reshape(linearLogits(at, encoded, rate, run), [-1, candidates]), // [rows, candidates]
    predict: (logits) => mostProbable(logits, candidates),
    show: ({ values, probabilities }) => ({
      prediction: values[0]!,
      ...probabilityColumns(probabilities, (i) => `candidate ${i}`),
    }),
    parse: (shown) => [Number(shown)],
  };
}

/** One of several labels over several turns of reading; see san.ts. */
export function answer(options: Partial<SanOptions> = {}): Head {
  const chosen = { ...sanDefaults, ...options };
  return {
    name: "san",
    settings: { ...chosen },
    reads: "hidden",
    decides: "one",
    parameters: (width, outputs) => {
      if (outputs < 2) {
        throw new Error(
          "The answer head needs at least two labels: over one, its softmax is always 1. " +
            'Use "regress" or "rank".',
        );
      }
      return sanSpecs(width, outputs, chosen);
    },
    logits: (at, encoded, batch, rate, run) => san(at, encoded, batch, chosen, rate, run).logits,
    predict: mostProbable,
    show: showLabel,
    parse: parseLabel,
  };
}

/**
 * All heads by name; those that have a choice are functions.
 *
 * @example
 * ```ts
 * import { heads } from "./heads.ts";
 * heads.rank(2).decides; // "candidate"
 * ```
 */
export const heads = { classify, classifySeveral, regress, rank, answer } as const;

/** Softmax of each row and its largest entry; the first of equals. */
function mostProbable(logits: Float32Array, outputs: number): Prediction[] {
  return Array.from({ length: logits.length / outputs }, (_, row) => {
    const values = Array.from(logits.subarray(row * outputs, (row + 1) * outputs));
    const greatest = Math.max(...values);
    const shares = values.map((value) => Math.exp(value - greatest));
    const total = shares.reduce((sum, share) => sum + share, 0);
    return {
      values: [values.indexOf(greatest)],
      probabilities: shares.map((share) => share / total),
    };
  });
}

/** The label's name, and the probability of every label. */
function showLabel(
  { values, probabilities }: Prediction,
  labels: readonly string[],
): Record<string, string | number> {
  return {
    prediction: labels[values[0]!] ?? "",
    ...probabilityColumns(probabilities, (i) => labels[i]!),
  };
}

/** The label of that name. */
function parseLabel(shown: string, labels: readonly string[]): readonly number[] {
  return [labels.indexOf(shown)];
}

function probabilityColumns(
  probabilities: readonly number[],
  nameOf: (choice: number) => string,
): Record<string, string> {
  return Object.fromEntries(
    probabilities.map((share, i) => [`p(${nameOf(i)})`, share.toFixed(6)]),
  );
}
