/**
 * What one run is made of: a plan has everything, so that performing it asks nothing else.
 *
 * @module
 */

import { DEFAULT_ENCODER } from "../hub/encoders.ts";
import type { EncoderConfig } from "../model/encoder.ts";
import type { Head } from "../model/heads.ts";
import { type PresetOptions, presetOptions } from "../presets.ts";
import { experiments, type Size, type Stage } from "../recipes.ts";
import type { Task } from "../train/task.ts";
import type { TrainingOptions } from "../train/options.ts";
import type { Features } from "../types.ts";
import type { Prepared } from "./dataset.ts";
import { describeTask, identityOf } from "./identity.ts";
import type { ReproduceOptions } from "./options.ts";
import type { Session } from "./session.ts";

/** One task of a run with its rows. */
export interface RunTask {
  readonly task: Task;
  readonly head: Head;
  readonly train: Prepared;
  /** The rows to train on: those of `train`, or a draw of them. */
  readonly features: Features;
  /** Row numbers of the drawn rows in the training file, for adaptation. */
  readonly chosen?: readonly number[];
  /** What is scored: the task's own splits, and those of tasks that share its head. */
  readonly evaluated: readonly { task: Task; split: string; prepared: Prepared }[];
}

/** Where the values of a run's encoder come from. */
export type Start =
  /** A pretrained encoder's folder, and the hash of its weights when it was opened. */
  | { readonly from: "plain"; readonly folder: string; readonly hash: string }
  /** The encoder that another run leaves, without the heads. */
  | { readonly from: "refined"; readonly run: RunPlan };

/** What sets one run of a command apart from the others. */
export interface RunChoice {
  readonly stage: Stage;
  readonly start: Start;
  readonly seed: number;
  /** Share of the training rows, for adaptation. */
  readonly fraction?: number;
  readonly tasks: readonly RunTask[];
}

/** Everything one run depends on. */
export interface RunPlan extends RunChoice {
  /** Folder below the results folder. */
  readonly name: string;
  /** Hash of `configuration`. */
  readonly identity: string;
  /** Everything that the run's numbers depend on, as run.json keeps it. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly size: Size;
  readonly encoderName: string;
  readonly config: EncoderConfig;
  readonly training: TrainingOptions;
  /** Name of the preset, as tables print it. */
  readonly preset: string;
  readonly starting: PresetOptions["starting"];
  readonly scoring: PresetOptions["scoring"];
  /** Keep the weights of the best epoch; those of the multi-task stage always stay. */
  readonly keepWeights: boolean;
}

/** To be raised when the code changes what a run computes, so that older runs are made again. */
const RUN_VERSION = 7;

/** The plan of one run of a command. */
export function planRun(session: Session, choice: RunChoice): RunPlan {
  const { options, encoder: { config }, tokenizer } = session;
  const { starting, scoring, reading, training: changed } = presetOptions(options.preset);
  const { recipe } = experiments[options.size][choice.stage];
  const training: TrainingOptions = {
    ...recipe,
    ...changed,
    seed: choice.seed,
    precision: options.precision,
    ...(options.maxSteps !== undefined && { maxSteps: options.maxSteps }),
    ...(options.nonFinite === "skip" && { nonFinite: options.nonFinite }),
    ...(recipe.wordDropout && { specials: tokenizer.specials }),
  };
  const { start, stage, seed, fraction = null } = choice;
  const configuration = {
    version: RUN_VERSION,
    stage,
    size: options.size,
    encoder: { from: start.from, origin: originOf(start), config },
    tokenizer: tokenizer.hash,
    seed,
    fraction,
    training,
    preset: options.preset.name,
    starting,
    scoring,
    reading,
    tasks: choice.tasks.map(describeRows),
  };
  return {
    ...choice,
    name: folderName(options, config.name, choice),
    identity: identityOf(configuration),
    configuration,
    size: options.size,
    encoderName: config.name,
    config,
    training,
    preset: options.preset.name,
    starting,
    scoring,
    keepWeights: stage === "refine" || options.keepWeights === true,
  };
}

/** What identifies the values that a run starts from. */
function originOf(start: Start): string {
  return start.from === "plain" ? start.hash : start.run.identity;
}

/** A task of a run, its rows told by their files. */
function describeRows({ task, head, train, features, evaluated }: RunTask) {
  const of = (scored: Task) =>
    evaluated.filter((each) => each.task === scored).map(({ split }) => split);
  const others = [...new Set(evaluated.map((each) => each.task))].filter((each) => each !== task);
  return {
    task: describeTask(task, head, ["train", ...of(task)]),
    train: { file: train.file, sha256: train.digest, rows: features.rows.length },
    others: others.map((each) => describeTask(each, head, of(each))),
    evaluated: evaluated.map(({ task: { name }, split, prepared }) => ({
      task: name,
      split,
      file: prepared.file,
      sha256: prepared.digest,
      rows: prepared.features.rows.length,
    })),
  };
}

/**
 * Where a run's files go below the results folder. What is not the default is in the name, so that
 * runs of another encoder, preset or precision stand beside each other.
 */
export function folderName(
  options: Pick<ReproduceOptions, "size" | "preset" | "precision">,
  encoderName: string,
  { stage, start, seed, fraction, tasks }: {
    readonly stage: Stage;
    readonly start: Pick<Start, "from">;
    readonly seed: number;
    readonly fraction?: number;
    readonly tasks: readonly { readonly task: Pick<Task, "name"> }[];
  },
): string {
  const parts: string[] = [options.size, stage];
  if (stage !== "refine") parts.push(start.from);
  if (fraction !== undefined) parts.push(String(fraction));
  if (encoderName !== DEFAULT_ENCODER) parts.push(encoderName);
  if (options.preset.name !== "fixed") parts.push(options.preset.name);
  if (options.precision !== "float32") parts.push(options.precision);
  const task = stage === "refine" ? "multitask" : tasks[0]!.task.name;
  return `${parts.join("-")}/${task}/seed-${seed}`;
}
