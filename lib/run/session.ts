/**
 * What the stages share: which tasks, rows and seeds each of them has, found and checked to fit
 * together before anything long begins.
 *
 * @module
 */

import { type Experiment, experiments, type Stage } from "../recipes.ts";
import { selectRows } from "../input/features.ts";
import { ensureEncoder } from "../hub/encoders.ts";
import { loadTokenizer, type Tokenizer } from "../input/tokenizer.ts";
import { loadPretrained, type Pretrained } from "../model/pretrained.ts";
import { findSplit, hasSplit, type Prepared, prepareSplit } from "./dataset.ts";
import { type ReproduceOptions, tasksOf, trainingStages } from "./options.ts";
import { createRandom, split } from "../base/random.ts";
import { percentage } from "../report/runs.ts";
import type { RunTask } from "./plan.ts";
import { type Task, type TaskName, tasks } from "../tasks.ts";
import type { TerminalReporter } from "./console.ts";

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

/** A task that is asked for by name and that no stage would train is a mistake. */
export function checkTasks(options: ReproduceOptions): void {
  const stages = (["finetune", "adapt"] as const).filter((stage) => options.stages.includes(stage));
  if (stages.length === 0) return;
  const trained = stages.flatMap((stage) => tasksOf(options, stage));
  const left = options.tasks?.find((name) => !trained.includes(name));
  if (left === undefined) return;
  const { headOf } = tasks[left];
  throw new Error(
    `Task "${left}" is not trained by ${stages.join(" or ")}: ` +
      (headOf === left
        ? "choose another one with --tasks, or more stages with --only."
        : `it is scored with "${headOf}", choose that one with --tasks.`),
  );
}

/** Finds what is needed before anything long begins. */
export async function openWorkshop(
  options: ReproduceOptions,
  { report, signal }: Pick<Workshop, "report" | "signal">,
): Promise<Workshop> {
  for (const name of tasksToRead(options)) {
    for (const part of ["train", ...tasks[name].evaluated]) {
      await findSplit(tasks[name], part, options.data);
    }
  }
  const folder = await unlessAborted(ensureEncoder(options.encoder), signal);
  const { parameters: _, ...encoder } = await loadPretrained(folder); // each run reads its own
  const tokenizer = await loadTokenizer(encoder.tokenizerFile);
  const workshop = { options, encoder, tokenizer, signal, prepared: new Map() };
  checkFit(workshop);
  return { ...workshop, announced: new Set(), report };
}

/** The tasks whose files the chosen stages read: every stage after refining starts from it. */
export function tasksToRead(options: ReproduceOptions): Set<TaskName> {
  const chosen = trainingStages.filter((stage) => options.stages.includes(stage));
  const stages = chosen.length > 0 ? (["refine", ...chosen] as const) : trainingStages;
  return new Set(stages.flatMap((stage) => tasksOf(options, stage)));
}

/** What neither the encoder's folder nor the experiment can know alone. */
function checkFit({ encoder: { config }, tokenizer, options: { size } }: Pick<
  Workshop,
  "encoder" | "tokenizer" | "options"
>): void {
  if (tokenizer.size > config.vocabulary) {
    throw new Error(
      `Encoder "${config.name}" has ${config.vocabulary} word embeddings, but its tokenizer.json ` +
        `has ${tokenizer.size} pieces: the two don't belong together, fetch both again.`,
    );
  }
  const longest = Math.max(
    ...trainingStages.map((stage) => experiments[size][stage].recipe.maxLength),
  );
  if (longest > config.positions) {
    throw new Error(
      `Encoder "${config.name}" reads at most ${config.positions} pieces, --size ${size} needs ` +
        `${longest}: choose another encoder or size.`,
    );
  }
}

/**
 * Stops waiting when the signal is aborted; what was waited for (a fetch, which keeps only what is
 * whole) goes on until the process ends.
 */
export async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return await promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
