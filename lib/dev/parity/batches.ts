/**
 * Recorded batches as the library's own.
 *
 * @module
 */

import type { Batch } from "../../types.ts";

/** A batch as the reference program made it. */
export interface RecordedBatch {
  /** The reference program's name of the task. */
  readonly task: string;
  readonly token_ids: readonly (readonly number[])[];
  readonly type_ids: readonly (readonly number[])[];
  /** 1 for a piece. */
  readonly attention_mask: readonly (readonly number[])[];
  /** 1 where a position is no part of the premise; absent for single sentences. */
  readonly premise_mask?: readonly (readonly number[])[];
  /** The same for the hypothesis, as wide as the longest one. */
  readonly hypothesis_mask?: readonly (readonly number[])[];
  /** One for each sequence. */
  readonly labels: readonly number[];
  /** Sequences of a ranking row, else 0. */
  readonly pairwise_size: number;
}

/** Sequences of one row. */
export function candidatesOf({ pairwise_size }: RecordedBatch): number {
  return Math.max(1, pairwise_size);
}

/** The recorded arrays, with one target for each row. */
export function batchOf(recorded: RecordedBatch): Batch {
  const candidates = candidatesOf(recorded);
  const targets = recorded.labels.filter((_, sequence) => sequence % candidates === 0);
  return {
    size: targets.length,
    length: recorded.token_ids[0]!.length,
    tokens: Int32Array.from(recorded.token_ids.flat()),
    sides: Int32Array.from(recorded.type_ids.flat()),
    mask: Float32Array.from(recorded.attention_mask.flat()),
    targets: Float32Array.from(targets),
    positions: Int32Array.from(targets.keys()),
  };
}
