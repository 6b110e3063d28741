/**
 * Rows before they are written, and how groups of them are dealt to splits.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";

/** One labelled row of any task. */
export interface SampleRow {
  readonly first: string;
  /** Empty for single sentences. */
  readonly second: string;
  /** The label as the official file spells it, or the score. */
  readonly label: string;
  /** Genre, kind of defect or deciding field, where the task's file has a column for it. */
  readonly note: string;
}

/** Draws rows that belong together, such as those of one hypothesis; they share a split. */
export type Group = (random: Random) => readonly SampleRow[];

/** How many rows a split has, and where they come from. */
export type Share = readonly [rows: number, group: Group];

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();

const sameTexts = ({ first, second }: SampleRow) => plain(first) === plain(second);

/**
 * A pair without case and punctuation; two rows with one key count as the same pair.
 *
 * @example
 * ```ts
 * import { rowKey } from "./rows.ts";
 * rowKey({ first: "A man .", second: "Who?" }); // "a man\twho"
 * ```
 */
export function rowKey({ first, second }: Pick<SampleRow, "first" | "second">): string {
  return `${plain(first)}\t${plain(second)}`;
}

/**
 * Draws groups until every split is full, and shuffles each split. No pair comes twice in any of
 * them, none has the same text on both sides. A group stays in one split; the last group of a split is cut where the split is full.
 *
 * Throws an Error when the world is too small for that many different pairs.
 *
 * @example
 * ```ts
 * import { createRandom, type Random } from "../../base/random.ts";
 * import { deal } from "./rows.ts";
 * const group = (random: Random) => [
 *   { first: `Take ${random.integer(100)}.`, second: "", label: "1", note: "" },
 * ];
 * deal(createRandom(1), { train: [8, group], dev: [2, group] }).dev; // two rows not in train
 * ```
 */
export function deal<S extends string>(
  random: Random,
  shares: Readonly<Record<S, Share>>,
): Record<S, readonly SampleRow[]> {
  const seen = new Set<string>();
  const splits = Object.entries<Share>(shares).map(([split, [size, group]]) => {
    const rows: SampleRow[] = [];
    for (let misses = 0; rows.length < size;) {
      const drawn = group(random);
      const keys = drawn.map(rowKey);
      const twice = new Set(keys).size < keys.length || keys.some((key) => seen.has(key));
      if (twice || drawn.some(sameTexts)) {
        if (++misses > 2000) throw new Error(`Cannot draw ${size} different rows: widen the world`);
        continue;
      }
      keys.forEach((key) => seen.add(key));
      rows.push(...drawn);
    }
    return [split, random.shuffle(rows.slice(0, size))];
  });
  return Object.fromEntries(splits);
}
