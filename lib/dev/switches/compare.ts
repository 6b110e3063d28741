/**
 * What a variant is worth: its scores against those of `fixed` with the same seeds.
 *
 * @module
 */

import { pairedTTest } from "../../metrics/significance.ts";
import { average, standardDeviation } from "../../metrics/statistics.ts";

/** Score by seed; null where the metric is undefined. */
export type ComparedValues = ReadonlyMap<number, number | null>;

/** A variant beside `fixed`, over the seeds with which both have a score. */
export interface Comparison {
  readonly seeds: readonly number[];
  /** Mean of `fixed` over those seeds. */
  readonly fixed: number;
  /** Mean of the variant. */
  readonly variant: number;
  /** Mean of variant - fixed. */
  readonly difference: number;
  /** Standard deviation (n - 1) of the differences; null for one seed. */
  readonly spread: number | null;
  /** Two-sided p of the paired t test; null for one seed or differences that are all equal. */
  readonly p: number | null;
  /** Whether both scored the same with every seed. */
  readonly same: boolean;
}

/**
 * Compares seed by seed; null where no seed has both scores.
 *
 * @example
 * ```ts
 * import { compare } from "./compare.ts";
 * const [fixed, variant] = [new Map([[1, 60], [2, 64]]), new Map([[1, 61], [2, 66]])];
 * compare(fixed, variant)?.difference; // 1.5
 * ```
 */
export function compare(fixed: ComparedValues, variant: ComparedValues): Comparison | null {
  const pairs = [...variant].flatMap(([seed, value]) => {
    const before = fixed.get(seed) ?? null;
    return before === null || value === null ? [] : [{ seed, before, value }];
  }).sort((a, b) => a.seed - b.seed);
  if (pairs.length === 0) return null;
  const [before, after] = [pairs.map((pair) => pair.before), pairs.map((pair) => pair.value)];
  const { difference, p } = pairedTTest(after, before);
  return {
    seeds: pairs.map(({ seed }) => seed),
    fixed: average(before)!,
    variant: average(after)!,
    difference,
    spread: standardDeviation(pairs.map((pair) => pair.value - pair.before)),
    p,
    same: pairs.every((pair) => pair.value === pair.before),
  };
}

/**
 * The mean of several tasks by seed; null for a seed that lacks the score of one.
 *
 * @example
 * ```ts
 * import { meanValues } from "./compare.ts";
 * meanValues([new Map([[1, 60]]), new Map([[1, 70]])]).get(1); // 65
 * ```
 */
export function meanValues(tasks: readonly ComparedValues[]): ComparedValues {
  const seeds = new Set(tasks.flatMap((values) => [...values.keys()]));
  return new Map(
    [...seeds].map((seed) => {
      const values = tasks.map((task) => task.get(seed) ?? null);
      const defined = values.filter((value) => value !== null);
      return [seed, defined.length === values.length ? average(defined) : null];
    }),
  );
}

/** p below which a difference counts as more than noise. */
export const LEVEL = 0.05;

/**
 * Whether a difference is more than what another seed would do, in words.
 *
 * @example
 * ```ts
 * import { compare, verdict } from "./compare.ts";
 * verdict(compare(new Map([[1, 60]]), new Map([[1, 61]]))); // "one seed can't tell"
 * ```
 */
export function verdict(comparison: Comparison | null): string {
  if (comparison === null) return "-";
  const { same, seeds, p } = comparison;
  if (same) return "the same scores";
  if (seeds.length === 1) return "one seed can't tell";
  if (p === null) return "no spread, can't tell";
  const shown = p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
  return `${p < LEVEL ? "more than noise" : "within noise"} (${shown})`;
}
