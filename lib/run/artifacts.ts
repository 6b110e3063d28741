/**
 * What a finished run left in its folder, read again: its steps and its predictions.
 *
 * @module
 */

import { join } from "node:path";
import { readWhole, textOf } from "../base/disk.ts";
import { quote } from "../base/quote.ts";
import type { Step } from "../types.ts";

/** One line of a predictions file. */
export interface PredictionRow {
  /** Identifier of the row in the official file. */
  readonly id: string;
  /** Name of the label (or the score) that the file has; empty where it has none. */
  readonly target: string;
  /** Name of the label (or the score) that was predicted. */
  readonly prediction: string;
  /** By label; empty for scores. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/**
 * The steps of a run.
 *
 * @throws one sentence when the log is missing or a line of it is not the next step.
 *
 * @example
 * ```ts ignore
 * const steps = await readLog("results/small-refine-bfloat16/multitask/seed-1");
 * ```
 */
export async function readLog(folder: string): Promise<Step[]> {
  const file = join(folder, "log.jsonl");
  return (await readLines(file)).map((line, i) => {
    try {
      const step = JSON.parse(line) as Step | null;
      if (step?.step === i && isStep(step)) return step;
    } catch { /* said below */ }
    throw new Error(`Cannot read "${file}": line ${i + 1} is not step ${i}; run it again.`);
  });
}

function isStep({ epoch, task, loss, gradientNorm, ...rest }: Step): boolean {
  const { learningRate, rows, tokens, seconds } = rest;
  return typeof task === "string" && (loss === null || Number.isFinite(loss)) &&
    (gradientNorm === null || Number.isFinite(gradientNorm)) &&
    [epoch, learningRate, rows, tokens, seconds].every(Number.isFinite);
}

/**
 * The predictions of a run for one split; `file` is the name that the run gave it.
 *
 * @throws one sentence when the file is missing, or a line has other columns than the first or a
 * probability that is none.
 */
export async function readPredictions(folder: string, file: string): Promise<PredictionRow[]> {
  const path = join(folder, file);
  const [header = "", ...lines] = await readLines(path);
  const names = header.split("\t").slice(3).map((name) => name.replace(/^p\((.*)\)$/, "$1"));
  if (!header.startsWith("id\ttarget\tprediction") || new Set(names).size < names.length) {
    throw new Error(`Cannot read "${path}": line 1 names other columns; run it again.`);
  }
  return lines.map((line, i) => {
    const refuse = (why: string) => {
      throw new Error(`Cannot read "${path}": line ${i + 2} has ${why}; run it again.`);
    };
    const [id = "", target = "", prediction = "", ...cells] = line.split("\t");
    const count = line.split("\t").length;
    if (count !== names.length + 3) refuse(`${count} columns, expected ${names.length + 3}`);
    const shares = cells.map(Number);
    const wrong = shares.findIndex((share, at) => cells[at] === "" || !(share >= 0 && share <= 1));
    if (wrong >= 0) refuse(`the probability ${quote(cells[wrong])}, expected one from 0 to 1`);
    const probabilities = Object.fromEntries(names.map((name, at) => [name, shares[at]!]));
    return { id, target, prediction, probabilities };
  });
}

/** Name of the predictions file of a split; `alone` is a run of one task scored on its own splits. */
export function predictionsName(task: string, split: string, alone: boolean): string {
  return alone ? `predictions-${split}.tsv` : `predictions-${task}-${split}.tsv`;
}

/** Lines of a file, without the empty ones at its end. */
async function readLines(file: string): Promise<string[]> {
  const { bytes } = await readWhole(file).catch((cause) => {
    throw new Error(`${cause.message}; run it again.`, { cause });
  });
  const text = textOf(bytes, file).replace(/\n+$/, "");
  return text === "" ? [] : text.split("\n");
}
