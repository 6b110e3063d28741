/**
 * What happens when a loss or a gradient is no longer a finite number.
 *
 * @module
 */

import type { Batch, Features } from "../types.ts";

/** A step whose loss or gradient is not finite; the network's values are spoilt with it. */
export class NonFiniteStep extends Error {
  override readonly name = "NonFiniteStep";
}

/** What a step found. */
export interface StepValues {
  readonly loss: number;
  /** Global norm of the gradients before clipping. */
  readonly norm: number;
}

/** Whether loss and gradients of a step are finite. */
export function isFinite({ loss, norm }: StepValues): boolean {
  return Number.isFinite(loss) && Number.isFinite(norm);
}

/** The error of a step that is not: it names step, task and the rows of the batch. */
export function nonFiniteStep(
  step: number,
  task: string,
  { loss, norm }: StepValues,
  batch: Batch,
  features: Features,
): NonFiniteStep {
  const ids = Array.from(batch.positions, (position) => features.ids[position]).join(", ");
  return new NonFiniteStep(
    `Training stopped at step ${step}: the loss of task "${task}" is ${loss} and the ` +
      `gradient's norm ${norm}; rows ${ids}. Try a smaller learning rate, or skip such steps ` +
      `with --non-finite skip.`,
  );
}
