/**
 * What trajectory.json says about a run.
 *
 * @module
 */

import { type Optimizer, optimizers } from "../../train/optimizers.ts";
import type { RecordedBatch } from "./batches.ts";

/** trajectory.json. */
export interface RecordedTrajectories {
  readonly runs: readonly RecordedRun[];
  readonly batches: Readonly<Record<string, RecordedBatch>>;
}

/** One step: which batch, and what came of it. */
export interface RecordedStep {
  readonly step: number;
  readonly task_id: number;
  readonly batch: string;
  /** By part; null for one that is not updated. */
  readonly lr: Readonly<Record<string, number | null>>;
  readonly loss: number;
  /** Before clipping. */
  readonly grad_norm: number;
}

/** Settings of a run in the reference program's words. */
export interface Hyperparameters {
  readonly optimizer: string;
  readonly learning_rate: number;
  readonly t_total: number;
  readonly warmup: number;
  readonly schedule: string;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weight_decay: number;
  readonly weight_decay_groups: readonly {
    readonly weight_decay: number;
    readonly parameters: number;
  }[];
  readonly global_grad_clipping: number;
  readonly per_parameter_grad_clipping: number;
  readonly dropout: number;
  readonly answer_mem_drop_p: number;
  readonly answer_num_turn: number;
}

/** One run. */
export interface RecordedRun {
  readonly name: string;
  /** Prefix of its heads' initial values. */
  readonly initial_heads: string;
  readonly tasks: readonly {
    /** Name as in the batches. */
    readonly task: string;
    readonly task_id: number;
    readonly head: "linear" | "san";
    readonly outputs: number;
  }[];
  /** Starts with "zero" where parts without a gradient go on moving. */
  readonly unused_task_gradients: string;
  readonly hyperparameters: Hyperparameters;
  readonly steps: readonly RecordedStep[];
  /** By batch, after the last step: one row for each sequence. */
  readonly final_logits: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** null for a parameter that was never updated: it is frozen, or the loss does not depend on it. */
  readonly optimizer_steps_per_parameter: Readonly<Record<string, number | null>>;
  readonly parameters_whose_gradient_is_zero_in_theory: readonly string[];
  /** Sums over the whole table of word embeddings. */
  readonly word_embeddings: { readonly sum_f64: number; readonly sum_of_squares_f64: number };
}

/**
 * The optimiser of a run.
 *
 * @throws when the run was recorded with dropout, or with constants that the optimiser doesn't have.
 */
export function optimizerOf(chosen: Hyperparameters): Optimizer {
  const { optimizer, betas, eps, dropout, answer_mem_drop_p: turnDropout } = chosen;
  const found = { adamax: optimizers.adamax, adam: optimizers.bertadam }[optimizer];
  if (!found) {
    throw new Error(`Cannot repeat the optimizer "${optimizer}": expected adamax or adam.`);
  }
  if (betas[0] !== 0.9 || betas[1] !== 0.999 || eps !== 1e-6) {
    throw new Error(
      `Cannot repeat ${optimizer} with betas ${betas} and eps ${eps}: expected 0.9, 0.999 and 1e-6.`,
    );
  }
  if (dropout !== 0 || turnDropout !== 0) {
    throw new Error(
      `Cannot repeat a run with dropout ${dropout} and ${turnDropout}: its masks are not recorded; ` +
        `record it with 0.`,
    );
  }
  return found;
}
