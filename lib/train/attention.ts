/**
 * How the answer head reads one row: where it looks, turn by turn, and what each turn decides
 * (MT-DNN, section 3.1).
 *
 * @module
 */

import { collate } from "../input/batches.ts";
import type { Network } from "../model/network.ts";
import { scope } from "../model/parameters.ts";
import { san, sanDefaults, type SanOptions } from "../model/san/san.ts";
import { type Tensor, tf } from "../tensorflow/backend.ts";
import type { Features } from "../types.ts";
import { batchTensors, sequences } from "./inputs.ts";

/** One row as the answer head reads it. */
export interface Reading {
  /** Word-piece ids of the sequence. */
  readonly tokens: readonly number[];
  /** How many leading pieces are the hypothesis side, `[CLS]` and the first `[SEP]` included. */
  readonly boundary: number;
  /** Weight of each piece in the first state; 0 for the premise side. */
  readonly start: readonly number[];
  /** Per turn: weight of each piece; 0 for the hypothesis side. */
  readonly turns: readonly (readonly number[])[];
  /** Per turn: probability of each label. */
  readonly decisions: readonly (readonly number[])[];
  /** The mean of the turns' probabilities. */
  readonly answer: readonly number[];
}

/**
 * Reads one row with the answer head called `head`.
 *
 * @param position of the row in its features.
 * @throws when the network has no answer head of that name.
 *
 * @example
 * ```ts ignore
 * const { turns, answer } = readRow(network, "mnli", features, 0);
 * ```
 */
export function readRow(
  network: Network,
  head: string,
  features: Features,
  position: number,
  options: SanOptions = sanDefaults,
): Reading {
  if (!network.variables[`heads/${head}/start/kernel`]) {
    throw new Error(
      `Cannot show how "${head}" is read: its head is not the answer head, which reads in turns.`,
    );
  }
  const batch = collate(features, [position]);
  const values = (x: Tensor) => Array.from(x.dataSync() as Float32Array);
  return tf.tidy(() => {
    const parameters = network.read();
    const tensors = sequences({ ...batchTensors(batch) }); // [1, t]
    const encoded = network.encoder.encode(parameters, network.config, tensors);
    const trace = san(scope(parameters, `heads/${head}`), encoded, tensors, options, 0, {});
    const decisions = trace.turnLogits.map((logits) => values(logits.softmax()));
    return {
      tokens: [...batch.tokens],
      boundary: batch.sides.filter((side) => side === 0).length,
      start: values(trace.startAttention),
      turns: trace.attentions.map(values),
      decisions,
      answer: decisions[0]!.map((_, label) =>
        decisions.reduce((sum, turn) => sum + turn[label]! / decisions.length, 0)
      ),
    };
  });
}
