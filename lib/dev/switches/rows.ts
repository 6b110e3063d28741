/**
 * The rows of a comparison: drawn once from how `fixed` reads a file, then looked up in how a variant
 * reads it, so that both learn and are scored on the same rows of the file.
 *
 * @module
 */

import { selectRows } from "../../input/features.ts";
import type { Random } from "../../base/random.ts";
import type { Features } from "../../types.ts";

/** Rows of one split as a variant reads them. */
export interface DrawnRows {
  readonly features: Features;
  /** How many of the drawn rows the variant lacks or reads otherwise than `fixed`. */
  readonly changed: number;
}

/**
 * Row numbers in the file of at most `count` rows: the first one, which a switch may lose, and a draw
 * of the others.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { drawRowNumbers } from "./rows.ts";
 * drawRowNumbers(Int32Array.of(0, 1, 2, 3), 3, createRandom(1)).length; // 3
 * ```
 */
export function drawRowNumbers(rows: Int32Array, count: number, random: Random): number[] {
  if (rows.length <= count) return [...rows];
  const others = random.choice(rows.length - 1, count - 1);
  return [rows[0]!, ...Array.from(others, (position) => rows[position + 1]!)];
}

/** The drawn rows, in their order, as a variant reads them. */
export function chooseRows(
  drawn: readonly number[],
  fixed: Features,
  variant: Features,
): DrawnRows {
  const [before, after] = [positionsOf(fixed), positionsOf(variant)];
  const kept = drawn.flatMap((row) => after.get(row) ?? []);
  const same = drawn.filter((row) => {
    const position = after.get(row);
    return position !== undefined &&
      rowText(fixed, before.get(row)!) === rowText(variant, position);
  });
  return { features: selectRows(variant, kept), changed: drawn.length - same.length };
}

/**
 * How many rows of `features` are, piece by piece, among `others`.
 *
 * @example
 * ```ts ignore
 * countShared(test.features, train.features); // 0 where the test file is its own
 * ```
 */
export function countShared(features: Features, others: Features): number {
  const known = new Set(Array.from(others.rows, (_, position) => rowPieces(others, position)));
  const rows = Array.from(features.rows, (_, position) => rowPieces(features, position));
  return rows.filter((pieces) => known.has(pieces)).length;
}

/**
 * Share of the most frequent target, x 100: the accuracy of who always says the same.
 *
 * @example
 * ```ts
 * import { frequentShare } from "./rows.ts";
 * frequentShare([1, 0, 1, 1]); // 75
 * ```
 */
export function frequentShare(targets: ArrayLike<number>): number {
  const counts = Map.groupBy(Array.from(targets), (target) => target);
  return 100 * Math.max(...Array.from(counts.values(), ({ length }) => length)) / targets.length;
}

function positionsOf({ rows }: Features): Map<number, number> {
  return new Map(Array.from(rows, (row, position) => [row, position]));
}

/** Everything that is learned from a row. */
function rowText(features: Features, position: number): string {
  return `${features.targets[position]} ${rowPieces(features, position)}`;
}

/** The pieces of a row's sequences, and where their first sides end. */
function rowPieces(
  { candidates, tokens, offsets, boundaries }: Features,
  position: number,
): string {
  const first = position * candidates;
  return Array.from(
    { length: candidates },
    (_, i) =>
      `${boundaries[first + i]}: ${
        tokens.subarray(offsets[first + i], offsets[first + i + 1]).join(" ")
      }`,
  ).join("\n");
}
