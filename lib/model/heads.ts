/**
 * The task networks on top of the shared encoder (MT-DNN, section 3.1): classify, regress, rank and
 * the answer head.
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

/** A task network. */
export interface Head {
  readonly name: string;
  /** What it was made with, where there is a choice; part of what identifies a run. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Its parameters, paths relative to the head; `outputs` is the number of labels (1 for a score). */
  specs(width: number, outputs: number): ParameterSpec[];
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
}

const linearSpecs = (width: number, outputs: number): ParameterSpec[] => [
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
  specs: linearSpecs,
  logits: (at, encoded, _batch, rate, run) => linearLogits(at, encoded, rate, run),
  predict: mostProbable,
};

/** A score from the pooled state (MT-DNN equation 2). */
export const regress: Head = {
  name: "regress",
  specs: (width) => linearSpecs(width, 1),
  logits: (at, encoded, _batch, rate, run) => linearLogits(at, encoded, rate, run),
  predict: (logits) => Array.from(logits, (value) => ({ value, probabilities: [] })),
};

/** The best of a row's candidates, each scored from its pooled state (MT-DNN equation 5). */
export function rank(candidates: number): Head {
  return {
    name: "rank",
    settings: { candidates },
    specs: (width) => linearSpecs(width, 1),
    logits: (at, encoded, _batch, rate, run) =>
      reshape(linearLogits(at, encoded, rate, run), [-1, candidates]), // [rows, candidates]
    predict: (logits) => mostProbable(logits, candidates),
  };
}

/** One of several labels over several turns of reading; see san.ts. */
export function answer(options: Partial<SanOptions> = {}): Head {
  const chosen = { ...sanDefaults, ...options };
  return {
    name: "san",
    settings: { ...chosen },
    specs: (width, outputs) => {
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
  };
}

/** Softmax of each row and its largest entry; the first of equals. */
function mostProbable(logits: Float32Array, outputs: number): Prediction[] {
  return Array.from({ length: logits.length / outputs }, (_, row) => {
    const values = Array.from(logits.subarray(row * outputs, (row + 1) * outputs));
    const greatest = Math.max(...values);
    const shares = values.map((value) => Math.exp(value - greatest));
    const total = shares.reduce((sum, share) => sum + share, 0);
    return { value: values.indexOf(greatest), probabilities: shares.map((share) => share / total) };
  });
}
