/**
 * Metrics that a task got after a run was made are computed from the predictions that the run kept.
 *
 * @module
 */

import { join } from "node:path";
import { computeScores } from "../metrics/metrics.ts";
import type { RunSummary } from "../report/runs.ts";
import { targetWidthOf, type Task } from "../train/task.ts";
import type { Scores } from "../types.ts";
import { type PredictionRow, predictionsName, readPredictions } from "./artifacts.ts";
import { writeText } from "./folder.ts";
import type { RunPlan } from "./plan.ts";
import type { RunRecord } from "./results.ts";

/**
 * The record of a finished run with a score for every metric of its tasks; run.json and scores.json
 * are written again where some were missing.
 *
 * @throws one sentence when predictions are missing or can't be read.
 */
export async function withEveryMetric(
  record: RunRecord,
  plan: RunPlan,
  results: string,
): Promise<RunRecord> {
  const folder = join(results, plan.name);
  const summaries = await Promise.all(
    record.summaries.map((summary) => withEach(summary, plan, folder)),
  );
  if (summaries.every((summary, i) => summary === record.summaries[i])) return record;
  const complete = { ...record, summaries };
  const scores = Object.fromEntries(
    summaries.map(({ task, split, scores }) => [`${task}/${split}`, scores]),
  );
  await writeText(join(folder, "scores.json"), JSON.stringify(scores, null, 2) + "\n");
  await writeText(join(folder, "run.json"), JSON.stringify(complete, null, 2) + "\n");
  return complete;
}

async function withEach(summary: RunSummary, plan: RunPlan, folder: string): Promise<RunSummary> {
  const scored = plan.tasks.flatMap(({ evaluated }) => evaluated)
    .find(({ task, split }) => task.name === summary.task && split === summary.split);
  const metrics = scored?.task.metrics ?? [];
  if (metrics.every(({ name }) => Object.hasOwn(summary.scores, name))) return summary;
  const alone = plan.tasks.length === 1 && scored!.task.name === plan.tasks[0]!.task.name;
  const file = predictionsName(summary.task, summary.split, alone);
  const scores = scoresOfRows(await readPredictions(folder, file), scored!.task);
  return { ...summary, scores };
}

/** Scores of predictions as a file has them, in the words of the task's head. */
function scoresOfRows(rows: readonly PredictionRow[], task: Task): Scores {
  const { head, labels, metrics } = task;
  const width = targetWidthOf(task);
  const unknown = Array<number>(width).fill(NaN);
  return computeScores(
    metrics,
    rows.flatMap(({ prediction }) => head.parse(prediction, labels)),
    rows.flatMap(({ target }) => target === "" ? unknown : head.parse(target, labels)),
    width,
  );
}
