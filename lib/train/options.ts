/**
 * The settings of a training run.
 *
 * @module
 */

import type { Mixing } from "../input/sampling.ts";
import type { Precision } from "../tensorflow/operations/matmul.ts";
import type { Specials } from "../types.ts";
import type { OptimizerName } from "./optimizers.ts";
import type { ScheduleName } from "./schedule.ts";

/** What a step does whose loss or gradient is not finite. */
export type NonFinitePolicy = "stop" | "skip";

/** Settings of a run; see recipes.ts for those of the paper. */
export interface TrainingOptions {
  /** Of the order of rows, dropout and word dropout. */
  readonly seed: number;
  /** Passes over the mixture. */
  readonly epochs: number;
  /** Rows in a batch. */
  readonly batchSize: number;
  /** Stops after this many steps; the schedule is stretched over them. */
  readonly maxSteps?: number;
  /** Greatest number of pieces in a sequence. */
  readonly maxLength: number;
  /** Chance that a piece of a training batch is replaced by [UNK]; 0 when left out. */
  readonly wordDropout?: number;
  /** Ids of the tokenizer's special pieces, which word dropout needs. */
  readonly specials?: Specials<number>;
  /** The greatest rate, which the schedule scales. */
  readonly learningRate: number;
  /** How the rate changes over the steps. */
  readonly schedule: ScheduleName;
  /** Share of the steps that warm up; 0.1 when left out. */
  readonly warmUp?: number;
  /** What makes updates of gradients. */
  readonly optimizer: OptimizerName;
  /** What the optimiser takes off each weight, as a share of the rate. */
  readonly weightDecay: number;
  /** Greatest global norm of the gradients. */
  readonly clip: number;
  /**
   * What a step whose loss or gradient is not finite does: end the run ("stop", when left out), or
   * change nothing and be counted ("skip").
   */
  readonly nonFinite?: NonFinitePolicy;
  /** Arithmetic of matrix products. */
  readonly precision: Precision;
  /** How the batches of several tasks are mixed. */
  readonly mixing: Mixing;
  /** Dropout of every head, in place of the tasks' own. */
  readonly headDropout?: number;
  /** Weight decay also acts on biases and norms. */
  readonly decayEverything?: boolean;
  /** Rows are shuffled anew each epoch; they are when left out. */
  readonly reshuffle?: boolean;
  /** Batches that are sorted by length together; 32 when left out, 1 for none. */
  readonly pool?: number;
  /** Parts that had a gradient once go on moving on other tasks' batches. */
  readonly idlePartsDrift?: boolean;
  /** Encoder, pooler and each head count their own steps for the schedule. */
  readonly stepsPerPart?: boolean;
  /** Word dropout may hit the tokens that begin and end the texts. */
  readonly dropSpecials?: boolean;
}

/** Numbers of the options, and the least and the greatest that each may be. */
const bounds: Readonly<Partial<Record<keyof TrainingOptions, readonly [number, number]>>> = {
  epochs: [1, Infinity],
  batchSize: [1, Infinity],
  maxSteps: [1, Infinity],
  maxLength: [1, Infinity],
  learningRate: [0, Infinity],
  warmUp: [0, 1],
  weightDecay: [0, Infinity],
  clip: [0, Infinity],
  headDropout: [0, 1],
};

/**
 * Refuses numbers that no training can have; `choices` are the names that others have.
 *
 * @throws one sentence with the option, its value and what is expected.
 */
export function checkTrainingOptions(
  options: TrainingOptions,
  choices: { readonly [Name in keyof TrainingOptions]?: readonly string[] },
): void {
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = options[name as keyof TrainingOptions];
    if (value === undefined || (typeof value === "number" && value >= least && value <= most)) {
      continue;
    }
    const range = most === Infinity ? `${least} or more` : `${least} to ${most}`;
    throw new Error(`Cannot train with ${name} ${value}: expected ${range}.`);
  }
  for (const [name, known] of Object.entries(choices)) {
    const value = String(options[name as keyof TrainingOptions]);
    if (known.includes(value)) continue;
    throw new Error(`Cannot train with ${name} "${value}": expected one of ${known.join(", ")}.`);
  }
}
