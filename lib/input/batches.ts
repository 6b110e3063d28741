/**
 * From features to padded batches, and which rows make a batch: length-sorted pools for training,
 * a token budget for evaluation.
 *
 * @module
 */

import type { Batch, Features } from "../types.ts";
import { type Random, split } from "../base/random.ts";
import { takeTargets } from "./targets.ts";

/** Options of {@linkcode planBatches}. */
export interface BatchOptions {
  /** Rows per batch; the last batch may have fewer. */
  readonly batchSize: number;
  /** Stream of the task's rows; it stays where it is. */
  readonly random: Random;
  /** Which epoch to plan, from 0; 0 when left out. */
  readonly epoch?: number;
  /** Shuffle the rows anew each epoch (true when left out) or, as the reference does, once. */
  readonly reshuffle?: boolean;
  /**
   * Rows are sorted by length within pools of this many batches; 32 when left out. 1 sorts nothing,
   * which is what the reference does.
   */
  readonly pool?: number;
  /** Leave out rows with a sequence of more pieces than this; none when left out. */
  readonly maxLength?: number;
}

/** Rows of each batch, and how many rows were too long for any. */
export interface BatchPlan {
  /** Per batch the positions of its rows in the features. */
  readonly batches: Int32Array[];
  /** Rows left out because they are too long. */
  readonly dropped: number;
}

/** Options of {@linkcode planEvaluation}. */
export interface EvaluationOptions {
  /**
   * Greatest number of pieces in a batch, padding counted; 2,048 when left out, whose values stay
   * in the processor's cache: 1.3 to 1.4 times as fast as 16,384.
   */
  readonly maxTokens?: number;
  /** Greatest number of rows in a batch; 512 when left out. */
  readonly maxRows?: number;
}

/**
 * Pads some rows to the longest sequence among them, in the order given. A ranking row's candidates
 * stay together as consecutive sequences: [s, t] with s = rows x candidates. The second side
 * starts where the feature's boundary says. Throws a RangeError for a position outside the
 * features.
 *
 * @example
 * ```ts
 * import { collate } from "./batches.ts";
 * const batch = collate({
 *   candidates: 1,
 *   pad: 0,
 *   tokens: Int32Array.of(101, 7, 102, 101, 7, 102, 8, 102),
 *   offsets: Int32Array.of(0, 3, 8),
 *   boundaries: Int32Array.of(3, 3),
 *   targets: Float32Array.of(0, 1),
 *   rows: Int32Array.of(0, 1),
 *   ids: ["0", "1"],
 * }, [0, 1]);
 * batch.length; // 5
 * ```
 */
export function collate(features: Features, positions: ArrayLike<number>): Batch {
  const { candidates, pad, offsets, boundaries } = features;
  const size = positions.length;
  const sequences = new Int32Array(size * candidates);
  let length = 0;
  for (let i = 0; i < size; i++) {
    const position = positions[i]!;
    if (!(position >= 0 && position < features.rows.length)) {
      throw new RangeError(
        `Cannot collate row ${position}: expected 0 to ${features.rows.length - 1}`,
      );
    }
    length = Math.max(length, rowLength(features, position));
    for (let c = 0; c < candidates; c++) sequences[i * candidates + c] = position * candidates + c;
  }
  const tokens = new Int32Array(sequences.length * length).fill(pad); // [s, t]
  const sides = new Int32Array(tokens.length); // [s, t]
  const mask = new Float32Array(tokens.length); // [s, t]
  sequences.forEach((sequence, s) => {
    const pieces = features.tokens.subarray(offsets[sequence], offsets[sequence + 1]);
    const start = s * length;
    tokens.set(pieces, start);
    sides.fill(1, start + boundaries[sequence]!, start + pieces.length);
    mask.fill(1, start, start + pieces.length);
  });
  return {
    size,
    length,
    tokens,
    sides,
    mask,
    targets: takeTargets(features.targets, features.rows.length, positions), // [b, width]
    positions: Int32Array.from(positions), // [b]
  };
}

/**
 * Cuts a task's rows into the batches of one training epoch: shuffle, cut into pools, sort each
 * pool by length, cut into batches. Batches of like lengths hold little padding, yet every epoch
 * groups the rows anew. Which batch comes when is for `planEpoch` to shuffle. The plan depends on
 * seed and epoch only, so a resumed run makes the same batches. Instead of features, the rows'
 * lengths [rows] do.
 *
 * Throws a RangeError unless `batchSize` and `pool` are whole numbers above 0.
 *
 * @example
 * ```ts
 * import { planBatches } from "./batches.ts";
 * import { createRandom } from "../base/random.ts";
 * const lengths = Int32Array.of(4, 2, 3);
 * const { batches } = planBatches(lengths, { batchSize: 2, random: createRandom(2018) });
 * batches.length; // 2
 * ```
 */
export function planBatches(
  features: Features | Int32Array,
  { batchSize, random, epoch = 0, reshuffle = true, pool = 32, maxLength = Infinity }: BatchOptions,
): BatchPlan {
  checkWhole("batchSize", batchSize);
  checkWhole("pool", pool);
  const lengths = features instanceof Int32Array ? features : rowLengths(features);
  // Filtered before shuffling, as the reference does: what is left out shifts nothing else.
  const kept = Int32Array.from(lengths.keys()).filter((position) =>
    lengths[position]! <= maxLength
  );
  const order = split(random, reshuffle ? `epoch ${epoch}` : "once").permutation(kept.length);
  const rows = order.map((i) => kept[i]!);
  const batches: Int32Array[] = [];
  for (let start = 0; start < rows.length; start += pool * batchSize) {
    const pooled = rows.slice(start, start + pool * batchSize);
    const sorted = pool === 1 ? pooled : sortByLength(pooled, lengths);
    for (let at = 0; at < sorted.length; at += batchSize) {
      batches.push(sorted.slice(at, at + batchSize));
    }
  }
  return { batches, dropped: lengths.length - kept.length };
}

/**
 * Cuts all rows into batches for evaluation, the longest first (so a batch too large for the memory
 * fails at once), every row exactly once. A batch holds at most `maxRows` rows and, padded, at most
 * `maxTokens` pieces; a single row may have more.
 *
 * Throws a RangeError unless both limits are whole numbers above 0.
 *
 * @example
 * ```ts
 * import { planEvaluation } from "./batches.ts";
 * planEvaluation(Int32Array.of(4, 2, 3), { maxTokens: 6 }); // [[0], [2, 1]]
 * ```
 */
export function planEvaluation(
  features: Features | Int32Array,
  { maxTokens = 2048, maxRows = 512 }: EvaluationOptions = {},
): Int32Array[] {
  checkWhole("maxTokens", maxTokens);
  checkWhole("maxRows", maxRows);
  const candidates = features instanceof Int32Array ? 1 : features.candidates;
  const lengths = features instanceof Int32Array ? features : rowLengths(features);
  const sorted = sortByLength(Int32Array.from(lengths.keys()), lengths).reverse();
  const batches: Int32Array[] = [];
  for (let start = 0; start < sorted.length;) {
    const fitting = Math.floor(maxTokens / (candidates * lengths[sorted[start]!]!));
    const stop = start + Math.max(1, Math.min(fitting, maxRows));
    batches.push(sorted.slice(start, stop));
    start = stop;
  }
  return batches;
}

/**
 * [rows] pieces of each row's longest sequence.
 *
 * @example
 * ```ts
 * import { rowLengths } from "./batches.ts";
 * rowLengths({
 *   candidates: 2,
 *   pad: 0,
 *   tokens: new Int32Array(9),
 *   offsets: Int32Array.of(0, 4, 9),
 *   boundaries: Int32Array.of(3, 3),
 *   targets: Float32Array.of(1),
 *   rows: Int32Array.of(0),
 *   ids: ["0"],
 * }); // [5]
 * ```
 */
export function rowLengths(features: Features): Int32Array {
  return Int32Array.from(features.rows, (_, position) => rowLength(features, position));
}

function rowLength({ candidates, offsets }: Features, position: number): number {
  let longest = 0;
  for (let s = position * candidates; s < (position + 1) * candidates; s++) {
    longest = Math.max(longest, offsets[s + 1]! - offsets[s]!);
  }
  return longest;
}

/** Shortest first, equal lengths in the order they had: a counting sort. */
function sortByLength(positions: Int32Array, lengths: Int32Array): Int32Array {
  const longest = positions.reduce((most, position) => Math.max(most, lengths[position]!), 0);
  const next = new Int32Array(longest + 2);
  for (const position of positions) next[lengths[position]! + 1]!++;
  for (let length = 1; length < next.length; length++) next[length]! += next[length - 1]!;
  const sorted = new Int32Array(positions.length);
  for (const position of positions) sorted[next[lengths[position]!]!++] = position;
  return sorted;
}

function checkWhole(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot plan batches with ${name} ${value}: expected a whole number above 0`,
    );
  }
}
