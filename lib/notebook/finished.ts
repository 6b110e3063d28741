/**
 * A finished run as a notebook draws it: read from its folder, and made first where nothing is there.
 *
 * @module
 */

import { join } from "node:path";
import { confusionMatrix } from "../metrics/confusion.ts";
import { loadCheckpoint } from "../model/checkpoint.ts";
import type { RunSummary } from "../report/runs.ts";
import { type PredictionRow, predictionsName, readLog, readPredictions } from "../run/artifacts.ts";
import type { ReproduceOptions } from "../run/options.ts";
import type { RunPlan } from "../run/plan.ts";
import { withEveryMetric } from "../run/rescore.ts";
import { openResults, readRecord, type RunRecord } from "../run/results.ts";
import { perform, type Workplace } from "../run/run.ts";
import { taskNamed } from "../tasks.ts";
import { startTensorFlow } from "../tensorflow/backend.ts";
import type { Task } from "../train/task.ts";
import type { Scores, Step } from "../types.ts";

/** Which of a run's splits; its own task and split when left out. */
export interface SplitChoice {
  /** Name of the task. */
  readonly task?: string;
  /** Name of the split; the first that the task is scored on when left out. */
  readonly split?: string;
}

/** What a run scored on one split. */
export interface ScoredSplit {
  /** The task that was scored, which may share the head of a trained one. */
  readonly task: Task;
  /** The split that was scored. */
  readonly split: string;
  /** How many rows were scored. */
  readonly rows: number;
  /** Metric by metric. */
  readonly scores: Scores;
  /** Share of the commonest label x 100: the accuracy of whoever always says it; null for numbers. */
  readonly commonest: number | null;
}

/** A finished run. */
export interface FinishedRun {
  /** Folder below the results folder. */
  readonly name: string;
  /** The task that it trained; the first of the multi-task stage. */
  readonly task: Task;
  /** All tasks that it trained, each with the head that it was trained with. */
  readonly tasks: readonly Task[];
  /** The split that `task` is scored on first. */
  readonly split: string;
  /**
   * Whether it started from the pretrained encoder, or from what the multi-task stage left; a run of
   * that stage counts as refined.
   */
  readonly encoder: "plain" | "refined";
  /** Its seed, which for adaptation draws the rows. */
  readonly seed: number;
  /** Share of the training rows that it was given. */
  readonly fraction: number;
  /** How many training rows it was given; in the multi-task stage those of `task`. */
  readonly trainingRows: number;
  /** Numbers of the drawn rows in the training file; none where all were taken. */
  readonly drawnRows: readonly number[];
  /** Scores of `task` on `split`. */
  readonly scores: Scores;
  /** Every training step. */
  readonly steps: readonly Step[];
  /** What run.json says. */
  readonly record: RunRecord;
  /** What it scored on every split of every task. */
  results(): Promise<ScoredSplit[]>;
  /** What it predicted for the rows of a split, in the order of the split's features. */
  predictions(of?: SplitChoice): Promise<PredictionRow[]>;
  /** [labels][labels] how many rows of each target (first index) got each prediction. */
  confusion(of?: SplitChoice): Promise<number[][]>;
}

/** Where runs lie, and how one that is missing is shown and stopped while it is made. */
export type RunPlace =
  & Pick<ReproduceOptions, "results" | "size" | "threads">
  & Pick<Workplace, "report" | "signal">;

/** A run as it lies on disk; made when nothing is there. */
export async function finishedRunOf(plan: RunPlan, place: RunPlace): Promise<FinishedRun> {
  const folder = join(place.results, plan.name);
  const record = await readKept(plan, place) ?? await make(plan, place);
  const tasks = plan.tasks.map(({ task, head }) => ({ ...task, head }));
  const task = tasks[0]!;
  const split = task.evaluated[0];
  const own = record.summaries.find((each) => each.task === task.name && each.split === split) ??
    record.summaries[0]!;
  const predictions: FinishedRun["predictions"] = (of = {}) => {
    const scored = of.task === undefined ? task : taskNamed(of.task);
    const alone = tasks.length === 1 && scored.name === task.name;
    const name = predictionsName(scored.name, of.split ?? scored.evaluated[0], alone);
    return readPredictions(folder, name);
  };
  return {
    name: plan.name,
    task,
    tasks,
    split,
    encoder: own.encoder,
    seed: own.seed,
    fraction: own.fraction ?? 1,
    trainingRows: own.rows.train,
    drawnRows: own.chosenRows ?? [],
    scores: own.scores,
    steps: await readLog(folder),
    record,
    results: () =>
      Promise.all(record.summaries.map((each) => resultOf(each, () => predictions(each)))),
    predictions,
    confusion: async (of = {}) => {
      const { labels } = of.task === undefined ? task : taskNamed(of.task);
      const rows = await predictions(of);
      return confusionMatrix(
        rows.map(({ prediction }) => labels.indexOf(prediction)),
        rows.map(({ target }) => labels.indexOf(target)),
        labels.length,
      );
    },
  };
}

async function resultOf(
  { task: name, split, rows, scores }: RunSummary,
  predictions: () => Promise<PredictionRow[]>,
): Promise<ScoredSplit> {
  const task = taskNamed(name);
  const one = task.labels.length > 0;
  const commonest = one ? shareOfCommonest(await predictions()) : null;
  return { task, split, rows: rows.dev, scores, commonest };
}

function shareOfCommonest(rows: readonly PredictionRow[]): number | null {
  const targets = rows.map(({ target }) => target).filter((target) => target !== "");
  const counts = [...Map.groupBy(targets, (target) => target).values()].map((same) => same.length);
  return targets.length === 0 ? null : 100 * Math.max(...counts) / targets.length;
}

/** The record of a run that is there. */
async function readKept(plan: RunPlan, { results, size }: RunPlace): Promise<RunRecord | null> {
  const file = join(results, plan.name, "run.json");
  if (!await isThere(file)) return null;
  const record = await readRecord(file);
  if (record.identity === plan.identity) return await withEveryMetric(record, plan, results);
  throw new Error(
    `The results in "${plan.name}" are of another version, other data or other options: run ` +
      `${commandFor(size, plan)} to make them again, or name another results folder in the ` +
      `parameters cell.`,
  );
}

async function make(plan: RunPlan, place: RunPlace): Promise<RunRecord> {
  const { results, threads, report, signal } = place;
  using _lock = await openResults(results);
  await startTensorFlow(threads === undefined ? {} : { threads });
  return await perform(plan, { results, report, signal });
}

/** The weights of a run's best epoch; those of committed results are not in the repository. */
export async function weightsOf(folder: string): ReturnType<typeof loadCheckpoint> {
  const path = join(folder, "checkpoint");
  if (await isThere(path)) return await loadCheckpoint(path);
  throw new Error(
    `The weights of "${folder}" are not here (weights are never committed): run deno task ` +
      `reproduce --only refine to make them.`,
  );
}

function isThere(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

function commandFor(size: string, { stage }: RunPlan): string {
  const data = size === "sample" ? "" : ` --data DIR`;
  return `deno task reproduce --size ${size}${data} --only ${stage}`;
}
