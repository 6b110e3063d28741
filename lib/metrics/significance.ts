/**
 * Is one system better than another? Paired tests over seeds, over rows, and over two lists of
 * predictions. Randomness is an argument: a function that gives uniform numbers in [0, 1).
 *
 * @module
 */

import {
  average,
  type Interval,
  meanInterval,
  quantile,
  standardDeviation,
  studentTail,
} from "./statistics.ts";

/** Two systems compared on the same seeds. */
export interface PairedComparison {
  /** Mean of first - second. */
  readonly difference: number;
  /** Student t interval of that mean; null for one pair. */
  readonly interval: Interval | null;
  /** Two-sided p of the paired t test; null for one pair or where all differences are equal. */
  readonly p: number | null;
  /** How many pairs were compared. */
  readonly pairs: number;
}

/**
 * Paired t test: t = mean(d) sqrt(n) / sd(d) over the differences d with n - 1 degrees of freedom
 * (Student, 1908). It takes the differences as normally distributed.
 *
 * Throws a RangeError for lists of different length or without values.
 *
 * @example
 * ```ts
 * import { pairedTTest } from "./significance.ts";
 * pairedTTest([83, 84, 82], [80, 82, 81]).difference; // 2
 * ```
 */
export function pairedTTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): PairedComparison {
  const differences = paired("pairedTTest", first, second);
  const [pairs, difference] = [differences.length, average(differences)!];
  const spread = standardDeviation(differences);
  const p = spread === null || spread === 0
    ? null
    : studentTail(difference * Math.sqrt(pairs) / spread, pairs - 1);
  return { difference, interval: meanInterval(differences), p, pairs };
}

/** What {@linkcode pairedPermutationTest} gives. */
export interface PermutationResult {
  /** Mean of first - second. */
  readonly difference: number;
  /** Two-sided p. */
  readonly p: number;
  /** True where all 2^n sign patterns were counted, false where they were drawn. */
  readonly exact: boolean;
}

/** Up to this many pairs every sign pattern is counted: 2^20 sums, a few milliseconds. */
const EXACT_PAIRS = 20;

/**
 * Paired permutation test: under "no difference" every difference could as well have the other
 * sign; p is the share of sign patterns whose sum is at least as far from 0 as the one seen
 * (Fisher, "The Design of Experiments", 1935). Exact up to 20 pairs; beyond, p = (k + 1) / (B + 1)
 * over B drawn patterns (Phipson and Smyth, 2010). With n pairs p can't be below 2 / 2^n: five
 * seeds reach 0.0625 at best.
 *
 * Throws a RangeError for lists of different length or without values.
 *
 * @example
 * ```ts
 * import { pairedPermutationTest } from "./significance.ts";
 * pairedPermutationTest([83, 84, 82], [80, 82, 81], Math.random).p; // 0.25
 * ```
 */
export function pairedPermutationTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  uniform: () => number,
  options: { readonly draws?: number } = {},
): PermutationResult {
  const differences = paired("pairedPermutationTest", first, second);
  const difference = average(differences)!;
  const seen = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  // Sums of the same numbers in another order differ by rounding; those count as equal.
  const bar = seen - 1e-12 * differences.reduce((sum, d) => sum + Math.abs(d), 0);
  if (differences.length <= EXACT_PAIRS) {
    const patterns = 2 ** differences.length;
    return { difference, p: extremePatterns(differences, bar) / patterns, exact: true };
  }
  const draws = options.draws ?? 10_000;
  let extreme = 0;
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    for (const d of differences) sum += uniform() < 0.5 ? d : -d;
    if (Math.abs(sum) >= bar) extreme++;
  }
  return { difference, p: (extreme + 1) / (draws + 1), exact: false };
}

/** How many of the 2^n sign patterns give a sum of at least `bar` in size. */
function extremePatterns(differences: Float64Array, bar: number, at = 0, sum = 0): number {
  if (at === differences.length) return Math.abs(sum) >= bar ? 1 : 0;
  return extremePatterns(differences, bar, at + 1, sum + differences[at]!) +
    extremePatterns(differences, bar, at + 1, sum - differences[at]!);
}

/** What {@linkcode pairedBootstrap} gives. */
export interface BootstrapResult {
  /** The difference over all rows. */
  readonly difference: number;
  /** The middle `level` of the differences of the draws. */
  readonly interval: Interval;
  /** Two-sided p: twice the share of draws on the rarer side of 0. */
  readonly p: number;
  /** Draws left out because the metric was undefined on them. */
  readonly undefinedDraws: number;
}

/**
 * Paired bootstrap over the rows of a split, for a difference of any metric between two systems:
 * rows are drawn with replacement, `difference` is taken on each draw, the interval is the
 * percentile one (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993; Koehn, 2004).
 * `difference` gets [rows] row positions and gives a number, or null where it is undefined.
 *
 * Throws a RangeError if the difference over all rows or over every draw is undefined.
 *
 * @example
 * ```ts
 * import { pairedBootstrap } from "./significance.ts";
 * const right = { first: [1, 1, 1, 0], second: [1, 0, 0, 0] };
 * const share = (rows: Int32Array, x: number[]) => rows.reduce((s, r) => s + x[r]!, 0) / 4;
 * const difference = (rows: Int32Array) => share(rows, right.first) - share(rows, right.second);
 * pairedBootstrap(4, difference, Math.random, { draws: 200 }).difference; // 0.5
 * ```
 */
export function pairedBootstrap(
  rows: number,
  difference: (rows: Int32Array) => number | null,
  uniform: () => number,
  options: { readonly draws?: number; readonly level?: number } = {},
): BootstrapResult {
  const { draws = 1000, level = 0.95 } = options;
  const chosen = Int32Array.from({ length: rows }, (_, row) => row);
  const whole = difference(chosen);
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    for (let i = 0; i < rows; i++) chosen[i] = Math.floor(uniform() * rows);
    const value = difference(chosen);
    if (value !== null) values.push(value);
  }
  if (whole === null || values.length === 0) {
    throw new RangeError(
      `Cannot bootstrap over ${rows} rows: the difference is undefined on ` +
        `${
          whole === null ? "all rows together" : "every draw"
        }; use a metric that is defined there`,
    );
  }
  const below = values.filter((value) => value <= 0).length;
  const above = values.filter((value) => value >= 0).length;
  return {
    difference: whole,
    interval: {
      low: quantile(values, (1 - level) / 2)!,
      high: quantile(values, (1 + level) / 2)!,
      level,
    },
    p: Math.min(1, 2 * (Math.min(below, above) + 1) / (values.length + 1)),
    undefinedDraws: draws - values.length,
  };
}

/** What {@linkcode mcnemarTest} gives. */
export interface McNemarResult {
  /** Rows that only the first system has right. */
  readonly firstOnly: number;
  /** Rows that only the second system has right. */
  readonly secondOnly: number;
  /** Two-sided p; 1 where the systems never differ. */
  readonly p: number;
}

/**
 * McNemar's exact test for two lists of predicted labels: of the rows that one system has right
 * and the other wrong, is the split as even as coin tosses make it? p = 2 P(X <= min(b, c)),
 * at most 1, X ~ Binomial(b + c, 1/2) (McNemar, 1947; exact form as scipy's `binomtest`).
 *
 * Throws a RangeError for lists of different length.
 *
 * @example
 * ```ts
 * import { mcnemarTest } from "./significance.ts";
 * mcnemarTest([1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]).p; // 0.0625
 * ```
 */
export function mcnemarTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  targets: ArrayLike<number>,
): McNemarResult {
  if (first.length !== targets.length || second.length !== targets.length) {
    throw new RangeError(
      `Cannot compare ${first.length} and ${second.length} predictions on ${targets.length} ` +
        "targets, expected one prediction of each system per target",
    );
  }
  let [firstOnly, secondOnly] = [0, 0];
  for (let i = 0; i < targets.length; i++) {
    const right = first[i] === targets[i];
    if (right === (second[i] === targets[i])) continue;
    if (right) firstOnly++;
    else secondOnly++;
  }
  return { firstOnly, secondOnly, p: fairCoin(firstOnly, secondOnly) };
}

/** Two-sided p of `heads` and `tails` under a fair coin. */
function fairCoin(heads: number, tails: number): number {
  const [k, n] = [Math.min(heads, tails), heads + tails];
  if (heads === tails) return 1;
  // ln P(X = k), each factor of the binomial with its share of 2^-n, so no sum grows large;
  // `lost` keeps what rounding takes from the running sum (Kahan).
  let [log, lost] = [-(n - 2 * k) * Math.LN2, 0];
  for (let i = 1; i <= k; i++) {
    const term = Math.log((n - k + i) / (4 * i)) - lost;
    const next = log + term;
    lost = next - log - term;
    log = next;
  }
  // P(X <= k) / P(X = k): each term is the one above it times i / (n - i + 1).
  let [sum, term] = [1, 1];
  for (let i = k; i > 0 && term > 1e-17 * sum; i--) sum += term *= i / (n - i + 1);
  return Math.min(1, 2 * Math.exp(log) * sum);
}

/** first - second, pair by pair. */
function paired(name: string, first: ArrayLike<number>, second: ArrayLike<number>): Float64Array {
  if (first.length !== second.length || first.length === 0) {
    throw new RangeError(
      `Cannot run ${name} on ${first.length} and ${second.length} values, ` +
        "expected two lists of one length, one pair at least",
    );
  }
  return Float64Array.from(first, (value, i) => value - second[i]!);
}
