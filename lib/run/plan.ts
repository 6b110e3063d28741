/**
 * What one run of an experiment is made of.
 *
 * @module
 */

import type { Experiment, Size, Stage } from "../experiments.ts";
import type { EncoderConfig } from "../model/config.ts";
import type { Head } from "../model/heads.ts";
import type { Values } from "../model/parameters.ts";
import type { Prepared } from "../prepare.ts";
import type { Preset } from "../presets.ts";
import type { Task } from "../tasks.ts";
import type { Precision } from "../tensorflow/operations/matmul.ts";
import type { NonFinitePolicy } from "../train/options.ts";
import type { Features } from "../types.ts";

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

/** Everything one run depends on. */
export interface RunPlan {
  readonly stage: Stage;
  readonly size: Size;
  /** Where the encoder's values come from. */
  readonly encoder: "plain" | "refined";
  readonly encoderName: string;
  readonly config: EncoderConfig;
  /** Reads them: they are held no longer than it takes to put them into a network. */
  readonly values: () => Promise<Readonly<Record<string, Values>>>;
  readonly tasks: readonly RunTask[];
  readonly seed: number;
  readonly fraction?: number;
  readonly experiment: Experiment;
  readonly maxSteps?: number;
  readonly precision: Precision;
  readonly preset: Preset;
  /** What a step does whose loss is not finite; "stop" when left out. */
  readonly nonFinite?: NonFinitePolicy;
  /** Keep the weights of the best epoch. */
  readonly keepWeights: boolean;
  /** Id of [UNK], which a recipe with word dropout needs. */
  readonly unk?: number;
}
