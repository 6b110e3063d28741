/**
 * From the summaries of runs to the rows of tables: what is checked, what belongs together, and in
 * which order. Text and files come later, in tables.ts.
 *
 * @module
 */

import type { Scores, Split } from "../types.ts";
import { type Configuration, configurationName } from "./configuration.ts";

/** Name of an experiment. */
export type ExperimentName = "refine" | "finetune" | "adapt";

/** The three experiments, in the order of the workflow and of the tables. */
export const experimentOrder: readonly ExperimentName[] = ["refine", "finetune", "adapt"];

/** What one finished run says of itself; one summary per task and split it was scored on. */
export interface RunSummary extends Configuration {
  /** The stage of the workflow. */
  readonly experiment: ExperimentName;
  /** Whether training started from pretrained weights or from those a refinement left. */
  readonly encoder: "plain" | "refined";
  /** Name of the task. */
  readonly task: string;
  /** The split that was scored, such as `dev` or `dev_mismatched`. */
  readonly split: Split;
  /** Share of the training rows, for adaptation. */
  readonly fraction?: number;
  /** Of everything random in the run. */
  readonly seed: number;
  /** Metric name to value. */
  readonly scores: Scores;
  /** Rows trained on, rows of the official training file, rows scored. */
  readonly rows: { readonly train: number; readonly trainOfficial?: number; readonly dev: number };
  /** Row numbers in the training file that were drawn, for adaptation. */
  readonly chosenRows?: readonly number[];
  /** Training steps. */
  readonly steps: number;
  /** Name of the head. */
  readonly head: string;
}

/** One seed's value; null where the metric is undefined. */
export interface SeedValue {
  /** Seed of the run. */
  readonly seed: number;
  /** The metric, x 100. */
  readonly value: number | null;
}

/** One line of a table: the runs of one task under one metric, side by side. */
export interface RunRow extends Configuration {
  /** The stage of the workflow. */
  readonly experiment: ExperimentName;
  /** Name of the task. */
  readonly task: string;
  /** The split that was scored. */
  readonly split: Split;
  /** Share of the training rows, for adaptation. */
  readonly fraction: number | undefined;
  /** Name of the head. */
  readonly head: string;
  /** Name of the metric. */
  readonly metric: string;
  /** Rows trained on, rows of the official training file, rows scored. */
  readonly rows: RunSummary["rows"];
  /** Steps of every run, in no order. */
  readonly steps: readonly number[];
  /** From pretrained weights, by seed, ascending. */
  readonly plain: readonly SeedValue[];
  /** From refined weights, by seed, ascending; runs of the refinement stage itself count as such. */
  readonly refined: readonly SeedValue[];
  /** Per seed the distinct draws of training rows, where the runs say which. */
  readonly draws: ReadonlyMap<number, readonly (readonly number[])[]>;
}

/**
 * A run's name in messages: where its files lie, and what the path leaves open.
 *
 * @example
 * ```ts
 * import { runName } from "./runs.ts";
 * runName({ experiment: "adapt", task: "snli", seed: 3, encoder: "plain", split: "dev" });
 * // "adapt/snli/seed-3 (plain encoder, dev)"
 * ```
 */
export function runName(
  run: Pick<RunSummary, "experiment" | "task" | "seed" | "encoder" | "split" | "fraction">,
): string {
  const part = run.fraction === undefined ? "" : `, ${percentage(run.fraction)}`;
  return `${run.experiment}/${run.task}/seed-${run.seed} (${run.encoder} encoder, ${run.split}${part})`;
}

/**
 * A share as a percentage: 0.001 is "0.1 %".
 *
 * @example
 * ```ts
 * import { percentage } from "./runs.ts";
 * percentage(0.1); // "10 %"
 * ```
 */
export function percentage(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(12))} %`;
}

/**
 * Sorts runs into rows. The result does not depend on the order of `summaries`. Runs that differ
 * in configuration, head or number of training rows never share a row.
 *
 * Throws a RangeError naming the run if a number is not finite, and if two runs are the same one.
 *
 * @example
 * ```ts
 * import { collectRows } from "./runs.ts";
 * collectRows([]); // []
 * ```
 */
export function collectRows(summaries: readonly RunSummary[]): RunRow[] {
  const groups = new Map<string, RunSummary[]>();
  for (const run of summaries) {
    requireFinite(run);
    const key = JSON.stringify(sharedBy(run));
    const group = groups.get(key);
    if (group) group.push(run);
    else groups.set(key, [run]);
  }
  return [...groups.values()].flatMap(rowsOf).sort(compareRows);
}

/** Everything that runs of one row have in common. */
function sharedBy(run: RunSummary) {
  const { experiment, task, split, fraction, head, encoderName, size, preset, precision } = run;
  const rows = [run.rows.train, run.rows.trainOfficial, run.rows.dev];
  return [experiment, task, split, fraction, head, encoderName, size, preset, precision, rows];
}

function requireFinite(run: RunSummary): void {
  const numbers: [string, number | null | undefined][] = [
    ...Object.entries(run.scores),
    ["seed", run.seed],
    ["steps", run.steps],
    ["fraction", run.fraction],
    ["rows.train", run.rows.train],
    ["rows.trainOfficial", run.rows.trainOfficial],
    ["rows.dev", run.rows.dev],
  ];
  for (const [field, value] of numbers) {
    if (value === null || value === undefined || Number.isFinite(value)) continue;
    throw new RangeError(
      `Cannot put run ${
        runName(run)
      } in a table: ${field} is ${value}, expected a finite number; ` +
        "find out why the run diverged and run it again",
    );
  }
}

/** One row per metric of runs that share everything but encoder and seed. */
function rowsOf(runs: readonly RunSummary[]): RunRow[] {
  const sorted = runs.toSorted((a, b) => a.seed - b.seed || compareText(a.encoder, b.encoder));
  const side = (encoder: RunSummary["encoder"]) =>
    sorted.filter((run) => (run.experiment === "refine" ? "refined" : run.encoder) === encoder);
  const [plain, refined] = [side("plain"), side("refined")];
  requireOnce(plain);
  requireOnce(refined);
  const { experiment, encoderName, size, preset, precision } = sorted[0]!;
  const { task, split, fraction, head, rows } = sorted[0]!;
  const configuration = { encoderName, size, preset, precision };
  const shared = { ...configuration, experiment, task, split, fraction, head, rows };
  const steps = sorted.map((run) => run.steps);
  const draws = drawsOf(sorted);
  const valuesOf = (chosen: readonly RunSummary[], metric: string) =>
    chosen.flatMap(({ seed, scores }): SeedValue[] => {
      const value = scores[metric];
      return value === undefined ? [] : [{ seed, value }];
    });
  const names = new Set(sorted.flatMap((run) => Object.keys(run.scores)));
  return [...names].map((metric) => ({
    ...shared,
    metric,
    steps,
    plain: valuesOf(plain, metric),
    refined: valuesOf(refined, metric),
    draws,
  }));
}

function requireOnce(sorted: readonly RunSummary[]): void {
  sorted.forEach((run, i) => {
    if (run.seed !== sorted[i + 1]?.seed) return;
    throw new RangeError(
      `Cannot put run ${runName(run)} in a table twice: its seed was given two results, ` +
        "expected one; remove the results folder that is out of date",
    );
  });
}

function drawsOf(sorted: readonly RunSummary[]): RunRow["draws"] {
  const draws = new Map<number, (readonly number[])[]>();
  for (const { seed, chosenRows } of sorted) {
    if (!chosenRows) continue;
    const known = draws.get(seed) ?? [];
    if (!known.some((rows) => rows.join() === chosenRows.join())) known.push(chosenRows);
    draws.set(seed, known);
  }
  return draws;
}

/** Tasks in the order of the paper's tables; others follow by name. */
const taskOrder = "cola sst2 mrpc stsb qqp mnli ax qnli rte wnli snli scitail".split(" ");

/**
 * Order of two task names: that of the paper's tables, then by name.
 *
 * @example
 * ```ts
 * import { compareTasks } from "./runs.ts";
 * ["zebra", "snli", "cola"].sort(compareTasks); // ["cola", "snli", "zebra"]
 * ```
 */
export function compareTasks(a: string, b: string): number {
  const place = (task: string) => (taskOrder.indexOf(task) + 1) || taskOrder.length + 1;
  return place(a) - place(b) || compareText(a, b);
}

/** By code unit, so the order is the same under every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Metrics of one task keep the order of its scores, as sorting is stable. */
function compareRows(a: RunRow, b: RunRow): number {
  return experimentOrder.indexOf(a.experiment) - experimentOrder.indexOf(b.experiment) ||
    compareText(configurationName(a), configurationName(b)) ||
    compareTasks(a.task, b.task) ||
    (a.fraction ?? 0) - (b.fraction ?? 0) ||
    compareText(a.split, b.split) ||
    compareText(a.head, b.head) ||
    a.rows.train - b.rows.train ||
    a.rows.dev - b.rows.dev ||
    (a.rows.trainOfficial ?? 0) - (b.rows.trainOfficial ?? 0);
}
