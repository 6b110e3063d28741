/**
 * Scoring of a run's tasks: evaluation after an epoch, which epoch is the best, and what is written
 * of it.
 *
 * @module
 */

import type { Head } from "../model/heads.ts";
import type { Network } from "../model/network.ts";
import type { RunSummary } from "../report/runs.ts";
import type { Task } from "../train/task.ts";
import { createEvaluator, type Evaluation, type Evaluator } from "../train/evaluator.ts";
import type { Features } from "../types.ts";
import type { Best } from "./checkpoints.ts";
import type { RunFolder } from "./folder.ts";
import { predictionsName } from "./artifacts.ts";
import type { RunPlan, RunTask } from "./plan.ts";

/** Evaluations of one epoch, by "task/split". */
export type Evaluations = Map<string, Evaluation>;

/** Compiled forward passes of all tasks of a run; `run` scores every split. */
export function createScoring(plan: RunPlan, network: Network) {
  const evaluators = new Map<RunTask, Evaluator>();
  return {
    run: async (signal?: AbortSignal): Promise<Evaluations> => {
      const found: Evaluations = new Map();
      for (const entry of plan.tasks) {
        const { task, head } = entry;
        const evaluator = evaluators.get(entry) ?? createEvaluator(network, {
          task,
          head,
          precision: plan.training.precision,
          ...(entry.features.candidates > 1 && { candidates: entry.features.candidates }),
          headDropout: plan.scoring.headDropout,
        });
        evaluators.set(entry, evaluator);
        for (const { task: scored, split, prepared } of entry.evaluated) {
          const result = await evaluator.evaluate(prepared.features, {
            signal,
            metrics: scored.metrics,
          });
          found.set(`${scored.name}/${split}`, result);
        }
      }
      return found;
    },
    dispose: () => evaluators.forEach((evaluator) => evaluator.dispose()),
  };
}

/** Least value of every metric, in place of one that is undefined: such an epoch never wins. */
const WORST = -100;

/** What selects the epoch: the mean first metric of MNLI and RTE while refining, else of the task. */
export function worthOf(plan: RunPlan, found: Evaluations): number {
  const first = ({ task }: RunTask) => {
    const scores = found.get(`${task.name}/${task.evaluated[0]}`)?.scores ?? {};
    return scores[task.metrics[0].name] ?? WORST;
  };
  const chosen = plan.tasks.filter(({ task }) => task.name === "mnli" || task.name === "rte");
  const counted = plan.stage === "refine" && chosen.length === 2 ? chosen : plan.tasks;
  return counted.reduce((sum, entry) => sum + first(entry), 0) / counted.length;
}

/** The scores alone. */
export function scoresOf(found: Evaluations): Best["scores"] {
  return Object.fromEntries([...found].map(([name, { scores }]) => [name, scores]));
}

/** Writes scores.json and the predictions of every split. */
export async function writeEvaluations(
  plan: RunPlan,
  folder: RunFolder,
  found: Evaluations,
): Promise<void> {
  await folder.write("scores.json", JSON.stringify(scoresOf(found), null, 2) + "\n");
  for (const { head, evaluated } of plan.tasks) {
    for (const { task, split, prepared } of evaluated) {
      const { predictions } = found.get(`${task.name}/${split}`)!;
      const alone = plan.tasks.length === 1 && task === plan.tasks[0]!.task;
      const name = predictionsName(task.name, split, alone);
      await folder.write(name, predictionsText(head, task, prepared.features, predictions));
    }
  }
}

/** id, target, and the prediction as its head shows it, one row a line. */
function predictionsText(
  head: Head,
  { labels }: Task,
  { ids, targets, rows }: Features,
  predictions: Evaluation["predictions"],
): string {
  const width = targets.length / rows.length;
  const target = (row: number) => {
    const values = Array.from(targets.subarray(row * width, (row + 1) * width));
    return values.some(Number.isNaN)
      ? ""
      : head.show({ values, probabilities: [] }, labels).prediction;
  };
  const shown = predictions.map((prediction, row) => ({
    id: ids[row],
    target: target(row),
    ...head.show(prediction, labels),
  }));
  const lines = shown.map((row) => Object.values(row).join("\t"));
  return [Object.keys(shown[0] ?? {}).join("\t"), ...lines].join("\n") + "\n";
}

/** One summary for each split that was scored. */
export function summariesOf(plan: RunPlan, scores: Best["scores"], steps: number): RunSummary[] {
  return plan.tasks.flatMap((entry) =>
    entry.evaluated.map(({ task, split, prepared }) => ({
      experiment: plan.stage,
      encoder: plan.stage === "refine" ? "refined" as const : plan.start.from,
      encoderName: plan.encoderName,
      task: task.name,
      split,
      ...(plan.fraction !== undefined && { fraction: plan.fraction }),
      seed: plan.seed,
      scores: scores[`${task.name}/${split}`]!,
      rows: {
        train: entry.features.rows.length,
        ...officialRows(plan, entry),
        dev: prepared.features.rows.length,
      },
      ...(entry.chosen && { chosenRows: entry.chosen }),
      steps,
      precision: plan.training.precision,
      preset: plan.preset,
      size: plan.size,
      head: entry.head.name,
    }))
  );
}

/** The sample has no official counterpart. */
function officialRows({ size }: RunPlan, { task }: RunTask): { trainOfficial?: number } {
  const official = task.official.train;
  return size === "sample" || official === undefined ? {} : { trainOfficial: official };
}
