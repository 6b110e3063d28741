/**
 * Targets of many rows, one row after another: each has as many numbers as the task's targets are
 * wide, one for a label or score, or one for each label where several may be right.
 *
 * @module
 */

import type { Example } from "../types.ts";

/**
 * The targets of some rows, [rows, width]; NaN where a row has none.
 *
 * Throws where rows that have targets differ in how many.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { stackTargets } from "./targets.ts";
 *
 * const row = { row: 0, id: "0", premise: "It rains.", hypotheses: [] };
 * const targets = stackTargets([{ ...row, targets: [1, 0] }, { ...row, targets: [] }]);
 * assertEquals([...targets], [1, 0, NaN, NaN]);
 * ```
 */
export function stackTargets(examples: readonly Example[]): Float32Array {
  const width = examples.find(({ targets }) => targets.length > 0)?.targets.length ?? 1;
  const stacked = new Float32Array(examples.length * width).fill(NaN);
  examples.forEach(({ row, targets }, i) => {
    if (targets.length !== 0 && targets.length !== width) {
      throw new Error(
        `Cannot make features: row ${row} has ${targets.length} targets, expected ${width} as in ` +
          `the first row that has any`,
      );
    }
    stacked.set(targets, i * width);
  });
  return stacked;
}

/**
 * The targets of the rows at some positions, in the order given: of `targets` [rows, width].
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { takeTargets } from "./targets.ts";
 *
 * assertEquals([...takeTargets(Float32Array.of(1, 2, 3, 4, 5, 6), 3, [2, 0])], [5, 6, 1, 2]);
 * ```
 */
export function takeTargets(
  targets: Float32Array,
  rows: number,
  positions: ArrayLike<number>,
): Float32Array {
  const width = rows === 0 ? 1 : targets.length / rows;
  const taken = new Float32Array(positions.length * width);
  for (let i = 0; i < positions.length; i++) {
    taken.set(targets.subarray(positions[i]! * width, (positions[i]! + 1) * width), i * width);
  }
  return taken;
}
