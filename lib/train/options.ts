/**
 * The settings of a training run.
 *
 * @module
 */

import type { Mixing } from "../input/sampling.ts";
import type { Preset } from "../presets.ts";
import type { Precision } from "../tensorflow/operations/matmul.ts";
import type { OptimizerName } from "./optimizers.ts";
import type { ScheduleName } from "./schedules.ts";

/** Settings of a run; see experiments.ts for those of the paper. */
export interface TrainingOptions {
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Stops after this many steps; the schedule is stretched over them. */
  readonly maxSteps?: number;
  readonly maxLength: number;
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  /** Share of the steps that warm up; 0.1 when left out. */
  readonly warmUp?: number;
  readonly optimizer: OptimizerName;
  readonly weightDecay: number;
  readonly clip: number;
  readonly precision: Precision;
  readonly mixing: Mixing;
  readonly preset: Preset;
}
