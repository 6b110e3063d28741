/**
 * What the stages share: which tasks, rows and seeds each of them has.
 *
 * @module
 */

import { type Experiment, experiments, type Size, type Stage } from "./experiments.ts";
import { selectRows } from "./input/features.ts";
import type { Tokenizer } from "./input/tokenizer.ts";
import type { Pretrained } from "./model/pretrained.ts";
import { hasSplit, type Prepared, prepareSplit } from "./prepare.ts";
import type { Preset } from "./presets.ts";
import { createRandom, split } from "./random.ts";
import { percentage } from "./report/runs.ts";
import type { RunTask } from "./run/plan.ts";
import type { SavingPolicy } from "./run/saving.ts";
import { type Task, type TaskName, tasks } from "./tasks.ts";
import type { Precision } from "./tensorflow/operations/matmul.ts";
import type { NonFinitePolicy } from "./train/options.ts";
import type { TerminalReporter } from "./terminal.ts";

/** Names of the stages in their order. */
export const stageNames = [
  "preprocess",
  "refine",
  "finetune",
  "adapt",
  "tables",
  "notebooks",
] as const;

/** Name of a stage. */
export type StageName = typeof stageNames[number];

/** What to reproduce. */
export interface ReproduceOptions {
  readonly size: Size;
  readonly data: string;
  readonly encoder: string;
  readonly stages: readonly StageName[];
  readonly tasks?: readonly TaskName[];
  readonly fractions?: readonly number[];
  readonly seeds?: number;
  readonly maxSteps?: number;
  readonly preset: Preset;
  readonly precision: Precision;
  readonly nonFinite?: NonFinitePolicy;
  readonly threads?: number;
  readonly results: string;
  /** When an unfinished run saves a checkpoint. */
  readonly saving?: SavingPolicy;
  /** Keep the weights of every run's best epoch, not only of the multi-task stage. */
  readonly keepWeights?: boolean;
}

/** What the stages share. */
export interface Workshop {
  readonly options: ReproduceOptions;
  readonly encoder: Omit<Pretrained, "parameters">;
  readonly tokenizer: Tokenizer;
  readonly signal: AbortSignal | undefined;
  /** Prepared splits by task and split. */
  readonly prepared: Map<string, Promise<Prepared>>;
  /** Names of the runs made or kept, so that each is announced once. */
  readonly announced: Set<string>;
  /** Shows one run while it is made. */
  readonly report: (name: string) => TerminalReporter;
}

/** The experiment of a stage in the chosen size. */
export function experimentOf({ options }: Workshop, stage: Stage): Experiment {
  return experiments[options.size][stage];
}

/** The tasks of a stage: all, or those that are chosen. */
export function tasksOf(
  options: Pick<ReproduceOptions, "size" | "tasks">,
  stage: Stage,
): readonly TaskName[] {
  const { [stage]: { tasks: all }, adapt } = experiments[options.size];
  const { tasks: chosen } = options;
  if (stage === "refine" || !chosen) return all;
  const kept = all.filter((name) => chosen.includes(name));
  if (stage === "adapt") return kept;
  // a task outside the lists, as ranking, is finetuned when it is asked for by name
  const others = chosen.filter((name) =>
    !all.includes(name) && !adapt.tasks.includes(name) && tasks[name].splits.train
  );
  return [...kept, ...others];
}

/** The seeds of a stage, from 1. */
export function seedsOf(workshop: Workshop, stage: Stage): number[] {
  const count = workshop.options.seeds ?? experimentOf(workshop, stage).seeds;
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** A split's features, prepared once. */
export function prepare(workshop: Workshop, task: Task, part: string): Promise<Prepared> {
  const { options, tokenizer, prepared, signal } = workshop;
  signal?.throwIfAborted();
  const { maxLength } = experiments[options.size].refine.recipe;
  const key = `${task.name}/${part}`;
  const found = prepared.get(key) ??
    prepareSplit(task, part, { data: options.data, tokenizer, maxLength, preset: options.preset });
  prepared.set(key, found);
  return found;
}

/**
 * What the head of a task is scored on: the task's own splits, and those of tasks that share its
 * head where their files are there.
 */
export async function prepareScored(
  workshop: Workshop,
  name: TaskName,
): Promise<RunTask["evaluated"]> {
  const scored = [];
  for (const task of Object.values<Task>(tasks).filter(({ headOf }) => headOf === name)) {
    for (const part of task.evaluated) {
      const needed = task.name === name || await hasSplit(task, part, workshop.options.data);
      if (!needed) continue;
      scored.push({ task, split: part, prepared: await prepare(workshop, task, part) });
    }
  }
  return scored;
}

/** The rows and head of one task of a run. */
export async function runTask(
  workshop: Workshop,
  stage: Stage,
  name: TaskName,
  draw?: { readonly fraction: number; readonly seed: number },
): Promise<RunTask> {
  const task: Task = tasks[name];
  const train = await prepare(workshop, task, "train");
  return {
    task,
    head: answers(experimentOf(workshop, stage), name) ? task.refineHead : task.head,
    train,
    ...(draw ? drawRows(task, train, draw) : { features: train.features }),
    evaluated: await prepareScored(workshop, name),
  };
}

/** Whether an experiment gives a task the answer head, if the task can have it. */
function answers({ head }: Experiment, name: TaskName): boolean {
  return head === "san" || (Array.isArray(head) && head.includes(name));
}

/** A part of the training rows: a prefix of one permutation per seed, so that draws nest. */
function drawRows(
  { name, title }: Task,
  { features }: Prepared,
  { fraction, seed }: { readonly fraction: number; readonly seed: number },
): Pick<RunTask, "features" | "chosen"> {
  if (fraction === 1) return { features };
  const rows = features.targets.length;
  const count = Math.floor(Number((fraction * rows).toPrecision(12))); // 0.29 x 100 is 28.99...96
  if (count < 1) {
    throw new Error(
      `Cannot adapt to ${title} with ${percentage(fraction)} of ${rows} rows: that is none; ` +
        `choose larger shares with --fractions.`,
    );
  }
  const drawn = selectRows(features, split(createRandom(seed), `draw ${name}`).choice(rows, count));
  return { features: drawn, chosen: [...drawn.rows] };
}
