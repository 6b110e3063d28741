/**
 * What the stages share: which tasks, rows and seeds each of them has, and how one run is made, or
 * kept where it was made before.
 *
 * @module
 */

import { circumstances } from "./circumstances.ts";
import { type Experiment, experiments, type Size, type Stage } from "./experiments.ts";
import { DEFAULT_ENCODER } from "./input/download.ts";
import { selectRows } from "./input/features.ts";
import type { Tokenizer } from "./input/tokenizer.ts";
import type { Pretrained } from "./model/pretrained.ts";
import { hasSplit, type Prepared, prepareSplit } from "./prepare.ts";
import { type Preset, presetRecord } from "./presets.ts";
import { createRandom, split } from "./random.ts";
import { percentage } from "./report/runs.ts";
import { finishedRun, identityOf, type RunRecord } from "./results.ts";
import { openRunFolder, otherUnfinished } from "./run/folder.ts";
import { performRun } from "./run/perform.ts";
import type { RunPlan, RunTask } from "./run/plan.ts";
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
  readonly encoder: Pretrained;
  readonly tokenizer: Tokenizer;
  readonly signal: AbortSignal | undefined;
  /** Prepared splits by task and split. */
  readonly prepared: Map<string, Promise<Prepared>>;
  /** Names of the runs made or kept, so that each is announced once. */
  readonly announced: Set<string>;
  /** Shows one run while it is made. */
  readonly report: (name: string) => TerminalReporter;
}

/** A run to be made or found. */
export interface Run
  extends
    Pick<RunPlan, "stage" | "encoder" | "seed" | "tasks">,
    Partial<Pick<RunPlan, "fraction">> {
  /** What its starting values are identified by. */
  readonly origin: string;
  /** The values it starts from; where another run leaves them, that one is made first. */
  readonly values: () => Promise<RunPlan["values"]>;
}

/** To be raised when the code changes what a run computes, so that older runs are made again. */
const RUN_VERSION = 1;

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

/**
 * Where a run's files go below the results folder. What is not the default is in the name, so that
 * runs of another encoder, preset or precision stand beside each other.
 */
export function folderName(
  { options, encoder }: Pick<Workshop, "options" | "encoder">,
  { stage, encoder: from, seed, fraction, tasks }: Pick<
    Run,
    "stage" | "encoder" | "seed" | "fraction" | "tasks"
  >,
): string {
  const parts: string[] = [options.size, stage];
  if (stage !== "refine") parts.push(from);
  if (fraction !== undefined) parts.push(String(fraction));
  if (encoder.config.name !== DEFAULT_ENCODER) parts.push(encoder.config.name);
  if (options.preset.name !== "fixed") parts.push(options.preset.name);
  if (options.precision !== "float32") parts.push(options.precision);
  const task = stage === "refine" ? "multitask" : tasks[0]!.task.name;
  return `${parts.join("-")}/${task}/seed-${seed}`;
}

/** What identifies a run: a hash of everything its numbers depend on. */
export function identityOfRun(workshop: Workshop, run: Run): string {
  return identityOf(configurationOf(workshop, run));
}

/**
 * The record of a run that was made before, as it would be made now; else null. `weights`: whether
 * those it keeps have to be there, which they are not in a clone of its results.
 */
export async function findRun(
  workshop: Workshop,
  run: Run,
  { weights = true } = {},
): Promise<RunRecord | null> {
  const identity = identityOfRun(workshop, run);
  const name = folderName(workshop, run);
  const needed = weights && keepsWeights(workshop, run);
  return await finishedRun(workshop.options.results, name, identity, needed);
}

/** Trains and scores, unless the same run is finished already. */
export async function perform(workshop: Workshop, run: Run): Promise<RunRecord> {
  const name = folderName(workshop, run);
  const finished = await findRun(workshop, run);
  if (finished && !workshop.announced.has(name)) console.log(`${name}: finished before, kept`);
  const record = finished ?? await makeRun(workshop, run, name);
  workshop.announced.add(name);
  return record;
}

/** Whether the weights of a run's best epoch stay: those of the multi-task stage always do. */
function keepsWeights({ options }: Workshop, { stage }: Pick<Run, "stage">): boolean {
  return stage === "refine" || options.keepWeights === true;
}

async function makeRun(workshop: Workshop, run: Run, name: string): Promise<RunRecord> {
  const { options, signal } = workshop;
  const configuration = configurationOf(workshop, run);
  const identity = identityOf(configuration);
  for (const other of await otherUnfinished(options.results, name, identity)) {
    console.log(`${other}: unfinished, of another configuration; left as it is`);
  }
  const plan = await planOf(workshop, run);
  const folder = await openRunFolder(options.results, name, identity);
  folder.damaged.forEach((problem) => console.log(`${name}: ${problem}; an older one is used`));
  const reporter = workshop.report(name);
  try {
    const { saving } = options;
    const control = { reporter, signal, ...(saving && { saving }) };
    const outcome = await performRun(plan, folder, control);
    const { summaries, seconds, resumed, ...rest } = outcome;
    const record: RunRecord = {
      identity,
      configuration: { ...configuration, ...rest },
      circumstances: { ...await circumstances(seconds), ...(resumed.length > 0 && { resumed }) },
      summaries,
    };
    await folder.write("run.json", JSON.stringify(record, null, 2) + "\n");
    await folder.finish();
    await reporter.finished(summaries);
    return record;
  } catch (error) {
    await reporter.failed();
    await folder.leave();
    throw error;
  }
}

async function planOf(workshop: Workshop, { origin: _, ...run }: Run): Promise<RunPlan> {
  const { options, encoder: { config } } = workshop;
  return {
    ...run,
    values: await run.values(),
    size: options.size,
    encoderName: config.name,
    config,
    experiment: experimentOf(workshop, run.stage),
    precision: options.precision,
    preset: options.preset,
    keepWeights: keepsWeights(workshop, run),
    unk: workshop.tokenizer.unk,
    ...(options.nonFinite && { nonFinite: options.nonFinite }),
    ...(options.maxSteps !== undefined && { maxSteps: options.maxSteps }),
  };
}

/** Everything that a run's numbers depend on. */
function configurationOf(workshop: Workshop, run: Run): Record<string, unknown> {
  const { options, encoder, tokenizer } = workshop;
  const { recipe, head } = experimentOf(workshop, run.stage);
  return {
    version: RUN_VERSION,
    stage: run.stage,
    size: options.size,
    encoder: { from: run.encoder, name: encoder.config.name, origin: run.origin },
    tokenizer: tokenizer.hash,
    seed: run.seed,
    fraction: run.fraction ?? null,
    recipe,
    head,
    maxSteps: options.maxSteps ?? null,
    preset: presetRecord(options.preset),
    precision: options.precision,
    ...(options.nonFinite === "skip" && { nonFinite: options.nonFinite }),
    tasks: run.tasks.map(({ task, head, train, features, evaluated }) => ({
      task: task.name,
      head: head.name,
      train: { file: train.file, sha256: train.digest, rows: features.targets.length },
      evaluated: evaluated.map(({ task, split, prepared }) => ({
        ...{ task: task.name, split, file: prepared.file, sha256: prepared.digest },
        rows: prepared.features.targets.length,
      })),
    })),
  };
}
