/**
 * What a model computes for a few rows, station by station: hidden states, pooled states, logits
 * and losses, as plain arrays.
 *
 * @module
 */

import { collate } from "../input/batches.ts";
import type { Network } from "../model/network.ts";
import { scope, type Values } from "../model/parameters.ts";
import { type Tensor, tf } from "../tensorflow/backend.ts";
import type { Batch, Features } from "../types.ts";
import { batchTensors, sequences } from "./inputs.ts";
import type { Task } from "./task.ts";

/** The stations of b rows on their way through a model: s sequences of t pieces, states of width d. */
export interface ForwardPass {
  /** What the encoder reads. */
  readonly batch: Batch;
  /** [s, t, d] what the encoder's last layer makes of each piece. */
  readonly hidden: Values;
  /** [s, d] one state for each sequence. */
  readonly pooled: Values;
  /** [b, c] what the head gives for each label, or for each candidate; c is 1 for a number. */
  readonly logits: Values;
  /** [b] what the objective makes of logits and target; NaN where a row has no target. */
  readonly losses: Float32Array;
}

/**
 * Takes a few rows of a task through encoder, head and objective, without dropout, and keeps what
 * they are at each station.
 *
 * @param positions of the rows in their features.
 * @throws when the model has no head for the task, or there is no row at a position.
 *
 * @example
 * ```ts
 * import { createModel, loadEncoder } from "../run/model.ts";
 * import { readFeatures } from "../run/learn.ts";
 * import { tasks } from "../tasks.ts";
 * import { forward } from "./forward.ts";
 * const encoder = await loadEncoder();
 * using model = await createModel(encoder, [tasks.rte]);
 * const { dev } = await readFeatures(tasks.rte, encoder, { data: "data/sample" });
 * const { pooled, logits } = forward(model, tasks.rte, dev!, [0]);
 * console.log(pooled.shape, logits.shape); // [1, 384] [1, 2]
 * ```
 */
export function forward(
  { network }: { readonly network: Network },
  task: Task,
  features: Features,
  positions: readonly number[],
): ForwardPass {
  if (!network.hasHead(task.headOf)) {
    throw new Error(`Cannot run task "${task.name}": the model has no head "${task.headOf}".`);
  }
  const batch = collate(features, positions);
  const { hidden, pooled, logits, losses } = tf.tidy(() => {
    const parameters = network.read();
    const tensors = sequences({ ...batchTensors(batch) }); // [s, t]
    const encoded = network.encoder.encode(parameters, network.config, tensors, {});
    const at = scope(parameters, `heads/${task.headOf}`);
    const logits = task.head.logits(at, encoded, tensors, 0, {}); // [b, c]
    return {
      hidden: encoded.hidden, // [s, t, d]
      pooled: encoded.pooled(), // [s, d]
      logits,
      losses: task.objective.losses(logits, knownTargets(batch)), // [b]
    };
  });
  const { size, targets } = batch;
  const isKnown = (row: number) => !Number.isNaN(targets[row * targets.length / size]!);
  return {
    batch,
    hidden: take(hidden),
    pooled: take(pooled),
    logits: take(logits),
    losses: take(losses).values.map((loss, row) => isKnown(row) ? loss : NaN),
  };
}

/** [b, width] targets, 0 where a row has none, as the objective has to have some. */
function knownTargets({ size, targets }: Batch): Tensor {
  const known = targets.map((target) => Number.isNaN(target) ? 0 : target);
  return tf.tensor2d(known, [size, targets.length / size]);
}

/** The values of a tensor, which is disposed. */
function take(x: Tensor): Values {
  const values = x.dataSync() as Float32Array;
  x.dispose();
  return { shape: x.shape, values };
}
