/**
 * What one run of an experiment is made of.
 *
 * @module
 */

import type { Experiment, Size, Stage } from "../recipes.ts";
import type { EncoderConfig } from "../model/config.ts";
import type { Head } from "../model/heads.ts";
import type { Values } from "../model/parameters.ts";
import type { Prepared } from "./dataset.ts";
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

/** Every so many steps, or every so many seconds. */
export type SavingPolicy = { readonly steps: number } | { readonly seconds: number };

/** What a stop without warning may cost, unless the command line says otherwise. */
const SAVING: SavingPolicy = { seconds: 300 };

/**
 * Says after each step whether it is time to save; `done` steps are saved already.
 *
 * @example
 * ```ts
 * import { savingClock } from "./plan.ts";
 * const due = savingClock({ steps: 100 }, 0);
 * due(99); // false
 * due(100); // true
 * ```
 */
export function savingClock(
  policy: SavingPolicy = SAVING,
  done: number,
  now: () => number = () => performance.now(),
): (done: number) => boolean {
  let last = "steps" in policy ? done : now();
  return (done) => {
    const reached = "steps" in policy ? done : now();
    const gap = "steps" in policy ? policy.steps : 1000 * policy.seconds;
    if (reached - last < gap) return false;
    last = reached;
    return true;
  };
}
