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
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Stops after this many steps; the schedule is stretched over them. */
  readonly maxSteps?: number;
  readonly maxLength: number;
  /** Chance that a piece of a training batch is replaced by [UNK]; 0 when left out. */
  readonly wordDropout?: number;
  /** Ids of the tokenizer's special pieces, which word dropout needs. */
  readonly specials?: Specials<number>;
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  /** Share of the steps that warm up; 0.1 when left out. */
  readonly warmUp?: number;
  readonly optimizer: OptimizerName;
  readonly weightDecay: number;
  readonly clip: number;
  /**
   * What a step whose loss or gradient is not finite does: end the run ("stop", when left out), or
   * change nothing and be counted ("skip").
   */
  readonly nonFinite?: NonFinitePolicy;
  readonly precision: Precision;
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
