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
