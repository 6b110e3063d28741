/**
 * Making long series short enough to look at: running means and thinned points.
 *
 * @module
 */

import { quantile } from "../../metrics/statistics.ts";

/** Points of a line, x ascending. */
export interface Series {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * A value of each step against its number; steps without one are left out.
 *
 * @example
 * ```ts
 * import { seriesOf } from "./series.ts";
 * seriesOf([{ step: 3, loss: 0.7 }, { step: 4, loss: null }], ({ loss }) => loss).x; // [3]
 * ```
 */
export function seriesOf<T extends { readonly step: number }>(
  steps: readonly T[],
  valueOf: (step: T) => number | null,
): Series {
  const [x, y]: [number[], number[]] = [[], []];
  for (const step of steps) {
    const value = valueOf(step);
    if (value === null) continue;
    x.push(step.step);
    y.push(value);
  }
  return { x, y };
}

/**
 * At most `most` points of a series: every n-th, and the last.
 *
 * @example
 * ```ts
 * import { thin } from "./series.ts";
 * thin({ x: [0, 1, 2, 3, 4], y: [5, 6, 7, 8, 9] }, 3); // { x: [0, 2, 4], y: [5, 7, 9] }
 * ```
 */
export function thin({ x, y }: Series, most: number): Series {
  const stride = Math.max(1, Math.ceil(x.length / most));
  const kept = x.map((_, i) => i).filter((i) => (x.length - 1 - i) % stride === 0);
  return { x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
}

/**
 * A running mean: each value the mean of `window` values around it, fewer at the ends; then thinned
 * to at most `most` points.
 *
 * @example
 * ```ts
 * import { smoothed } from "./series.ts";
 * smoothed({ x: [0, 1, 2], y: [3, 6, 0] }, { window: 3, most: 10 }).y; // [4.5, 3, 3]
 * ```
 */
export function smoothed(
  { x, y }: Series,
  { window, most }: { readonly window: number; readonly most: number },
): Series {
  const sums = new Float64Array(y.length + 1);
  y.forEach((value, i) => sums[i + 1] = sums[i]! + value);
  const half = Math.floor(window / 2);
  const means = y.map((_, i) => {
    const [from, to] = [Math.max(0, i - half), Math.min(y.length, i + half + 1)];
    return (sums[to]! - sums[from]!) / (to - from);
  });
  return thin({ x, y: means }, most);
}

/**
 * Where a panel of points and their running mean ends: above the line, yet not far above all but
 * 2 % of the points, so that a few wild steps don't flatten the rest. 1 where there are none.
 *
 * @example
 * ```ts
 * import { topOf } from "./series.ts";
 * topOf([1, 2, 1], [1, 1.5]); // 1.96
 * ```
 */
export function topOf(points: readonly number[], line: readonly number[]): number {
  const most = quantile(points, 0.98);
  if (most === null) return 1;
  const highest = line.reduce((most, value) => Math.max(most, value), 0);
  return Math.max(most, Math.min(1.1 * highest, 4 * most)) || 1;
}
