/**
 * Word dropout: pieces of a training batch that are replaced by [UNK], so that no single word decides
 * (the reference program's `dropout_w`).
 *
 * @module
 */

import { type Random, split } from "../base/random.ts";
import type { Batch, Specials } from "../types.ts";
import type { TrainingOptions } from "./options.ts";

/** What {@linkcode dropWords} replaces, and by what. */
export interface WordDropout {
  /** Chance of each piece, 0 to 1. */
  readonly rate: number;
  /** Ids of the special pieces; `unk` takes a piece's place. */
  readonly specials: Specials<number>;
  /** Whether special pieces may be hit, as in the reference program. */
  readonly hitsSpecials: boolean;
}

/**
 * The batch with some pieces replaced; padding never is. Every piece draws, spared or not: the same
 * stream hits the same words whether or not specials may be hit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createRandom } from "../base/random.ts";
 * import { dropWords } from "./word_dropout.ts";
 * const batch = {
 *   ...{ size: 1, length: 5, targets: Float32Array.of(1), positions: Int32Array.of(0) },
 *   tokens: Int32Array.of(101, 7, 102, 8, 102),
 *   sides: Int32Array.of(0, 0, 0, 1, 1),
 *   mask: Float32Array.of(1, 1, 1, 1, 1),
 * };
 * const specials = { begin: [101], between: [102], end: [102], pad: 0, unk: 100 };
 * const all = { rate: 1, specials, hitsSpecials: false };
 * assertEquals([...dropWords(batch, createRandom(1), all).tokens], [101, 100, 102, 100, 102]);
 * ```
 */
export function dropWords(
  batch: Batch,
  random: Random,
  { rate, specials, hitsSpecials }: WordDropout,
): Batch {
  const tokens = batch.tokens.slice(); // [s, t]
  for (let at = 0; at < tokens.length; at++) {
    if (batch.mask[at] === 0) continue;
    const hit = random.uniform() < rate;
    if (hit && (hitsSpecials || !isSpecial(batch, at, specials))) tokens[at] = specials.unk;
  }
  return { ...batch, tokens };
}

/** Whether a piece begins its sequence, ends it, or stands between its texts. */
function isSpecial(
  { length, mask, sides }: Batch,
  at: number,
  { begin, between, end }: Specials<number>,
): boolean {
  const place = at % length;
  const ends = place + end.length >= length || mask[at + end.length] === 0;
  const turns = sides[at] === 0 &&
    between.some((_, i) => place + i + 1 < length && sides[at + i + 1] === 1);
  return place < begin.length || ends || turns;
}

/**
 * What a run does to each batch that it is about to learn, counted by steps; a run that goes on does
 * the same.
 *
 * @throws when the rate isn't one, or the ids of the special pieces are missing.
 */
export function createWordDropout(
  { wordDropout: rate = 0, specials, dropSpecials = false }: Pick<
    TrainingOptions,
    "wordDropout" | "specials" | "dropSpecials"
  >,
  random: Random,
): (batch: Batch, step: number) => Batch {
  if (rate === 0) return (batch) => batch;
  if (!(rate > 0 && rate <= 1)) {
    throw new RangeError(`Cannot drop words at the rate ${rate}: expected 0 to 1.`);
  }
  if (specials === undefined) {
    throw new Error(
      `Cannot drop words at the rate ${rate}: the ids of the special pieces are missing, give the ` +
        `tokenizer's specials.`,
    );
  }
  const options = { rate, specials, hitsSpecials: dropSpecials };
  return (batch, step) => dropWords(batch, split(random, `words ${step}`), options);
}
