/**
 * What proves that contenders do the same work: losses of the same batches with the same values and
 * without dropout.
 *
 * @module
 */

import type { Network } from "../../model/network.ts";
import { outputsOf } from "../../train/task.ts";
import { createEvaluator } from "../../train/evaluator.ts";
import type { StepSettings } from "../../train/step.ts";
import type { Batch, Features } from "../../types.ts";

/** Mean loss of the batches' rows with the network's present values, without dropout. */
export async function lossWithoutDropout(
  network: Network,
  settings: Pick<StepSettings, "task" | "head" | "candidates" | "precision">,
  batches: readonly Batch[],
): Promise<number> {
  const { candidates, ...others } = settings;
  const evaluator = createEvaluator(network, { ...others, ...(candidates > 1 && { candidates }) });
  try {
    const losses: number[] = [];
    for (const batch of batches) {
      const features = featuresOf(batch, settings.candidates);
      const { logits } = await evaluator.evaluate(features);
      const width = outputsOf(settings.task) * settings.candidates;
      losses.push(...lossesOf(logits, features.targets, width));
    }
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  } finally {
    evaluator.dispose();
  }
}

/**
 * The loss of each row: the squared error of a single output, else the cross-entropy.
 *
 * @example
 * ```ts
 * import { lossesOf } from "./proof.ts";
 * lossesOf(Float32Array.of(2, 0, 0), Float32Array.of(0.5), 1); // [2.25]
 * ```
 */
export function lossesOf(logits: Float32Array, targets: Float32Array, outputs: number): number[] {
  return Array.from(targets, (target, row) => {
    const values = logits.subarray(row * outputs, (row + 1) * outputs);
    if (outputs === 1) return (values[0]! - target) ** 2;
    const greatest = Math.max(...values);
    const total = values.reduce((sum, value) => sum + Math.exp(value - greatest), 0);
    return greatest + Math.log(total) - values[target]!;
  });
}

/** The rows of a batch, without its padding. */
function featuresOf(batch: Batch, candidates: number): Features {
  const { size, length, tokens, sides, mask, targets } = batch;
  const sequences = size * candidates;
  const count = (values: ArrayLike<number>, sequence: number, wanted: number) => {
    let found = 0;
    for (let i = sequence * length; i < (sequence + 1) * length; i++) {
      if (values[i] === wanted) found++;
    }
    return found;
  };
  const lengths = Array.from({ length: sequences }, (_, s) => count(mask, s, 1));
  const offsets = new Int32Array(sequences + 1);
  lengths.forEach((one, s) => offsets[s + 1] = offsets[s]! + one);
  return {
    candidates,
    pad: 0,
    offsets,
    tokens: tokens.filter((_, i) => mask[i] === 1),
    boundaries: Int32Array.from(lengths, (one, s) => one - count(sides, s, 1)),
    targets,
    rows: Int32Array.from(targets.keys()),
    ids: Array.from(targets.keys(), String),
  };
}
