/**
 * Describing a list of scores: mean, spread, quantiles and the confidence interval of a mean. Tests
 * between two systems are in significance.ts.
 *
 * @module
 */

/** A range that holds the mean with probability `level`. */
export interface Interval {
  /** Its lower end. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
  /** For example 0.95. */
  readonly level: number;
}

/**
 * Arithmetic average, sum(x) / n; null for no values.
 *
 * @example
 * ```ts
 * import { average } from "./statistics.ts";
 * average([1, 2, 6]); // 3
 * ```
 */
export function average(values: ArrayLike<number>): number | null {
  const n = values.length;
  if (n === 0) return null;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const first = sum / n;
  // A second pass adds back what rounding took from a mean that is large beside the spread.
  let rest = 0;
  for (let i = 0; i < n; i++) rest += values[i]! - first;
  return first + rest / n;
}

/**
 * Standard deviation of a sample, sqrt(sum((x - mean)^2) / (n - 1)) (Bessel's correction), in two
 * passes; null for fewer than two values, where there is no spread to speak of.
 *
 * @example
 * ```ts
 * import { standardDeviation } from "./statistics.ts";
 * standardDeviation([1, 2, 3]); // 1
 * ```
 */
export function standardDeviation(values: ArrayLike<number>): number | null {
  const n = values.length;
  if (n < 2) return null;
  const centre = average(values)!;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - centre) ** 2;
  return Math.sqrt(squares / (n - 1));
}

/**
 * The middle value, or the mean of the two middle ones; null for no values.
 *
 * @example
 * ```ts
 * import { median } from "./statistics.ts";
 * median([9, 1, 2, 3]); // 2.5
 * ```
 */
export function median(values: ArrayLike<number>): number | null {
  return quantile(values, 0.5);
}

/**
 * The p-quantile, between neighbours in proportion to its place, as numpy has it when not told
 * otherwise (Hyndman and Fan 1996, definition 7); null for no values.
 *
 * @example
 * ```ts
 * import { quantile } from "./statistics.ts";
 * quantile([3, 1, 2], 0.75); // 2.5
 * ```
 */
export function quantile(values: ArrayLike<number>, p: number): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const place = p * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

/**
 * Confidence interval of a mean by Student's t: mean -+ t sd / sqrt(n), t being the quantile with
 * n - 1 degrees of freedom (Student, "The probable error of a mean", 1908). Null for fewer than
 * two values.
 *
 * Throws a RangeError unless `level` is between 0 and 1.
 *
 * @example
 * ```ts
 * import { meanInterval } from "./statistics.ts";
 * meanInterval([1, 2, 3]); // { low: -0.48, high: 4.48, level: 0.95 }
 * ```
 */
export function meanInterval(values: ArrayLike<number>, level = 0.95): Interval | null {
  const spread = standardDeviation(values);
  if (spread === null) return null;
  const centre = average(values)!;
  const half = studentQuantile(level, values.length - 1) * spread / Math.sqrt(values.length);
  return { low: centre - half, high: centre + half, level };
}

/**
 * The t that Student's distribution with `freedom` degrees of freedom stays within, on both sides,
 * with probability `level`: 12.7 for 0.95 and 1.
 *
 * Throws a RangeError unless `level` is between 0 and 1 and `freedom` above 0.
 *
 * @example
 * ```ts
 * import { studentQuantile } from "./statistics.ts";
 * studentQuantile(0.95, 4); // 2.776
 * ```
 */
export function studentQuantile(level: number, freedom: number): number {
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`Cannot take the t quantile at level ${level}, expected between 0 and 1`);
  }
  // Bisection: the two-sided tail falls from 1 to 0 as t grows, and halving ends in bits of t.
  let [low, high] = [0, 1];
  while (studentTail(high, freedom) > 1 - level) [low, high] = [high, 2 * high];
  while (true) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    if (studentTail(middle, freedom) > 1 - level) low = middle;
    else high = middle;
  }
}

/**
 * Probability that |T| exceeds |t| for Student's T with `freedom` degrees of freedom:
 * I(freedom / 2, 1/2) at x = freedom / (freedom + t^2), I being the regularised incomplete beta
 * function (Abramowitz and Stegun 26.7.1).
 *
 * Throws a RangeError unless `freedom` is above 0.
 *
 * @example
 * ```ts
 * import { studentTail } from "./statistics.ts";
 * studentTail(2.776, 4); // 0.05
 * ```
 */
export function studentTail(t: number, freedom: number): number {
  if (!(freedom > 0)) {
    throw new RangeError(`Cannot use Student's t with ${freedom} degrees of freedom, expected > 0`);
  }
  const square = t * t;
  if (square === Infinity) return 0;
  return incompleteBeta(freedom / (freedom + square), square / (freedom + square), freedom / 2);
}

/** I(a, 1/2) at x, with y = 1 - x given apart so that neither is rounded away. */
function incompleteBeta(x: number, y: number, a: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const powers = Math.exp(a * Math.log1p(-y)) * Math.sqrt(y);
  const front = powers * gammaRatio(a) / Math.sqrt(Math.PI); // x^a y^(1/2) / B(a, 1/2)
  // The fraction converges fast only on its own side of the mean; I(x; a, b) = 1 - I(y; b, a).
  if (x < (a + 1) / (a + 2.5)) return front * betaFraction(x, a, 0.5) / a;
  return 1 - front * betaFraction(y, 0.5, a) / 0.5;
}

/** The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8). */
function betaFraction(x: number, a: number, b: number): number {
  const guard = (value: number) => Math.abs(value) < 1e-300 ? 1e-300 : value;
  let d = 1 / guard(1 - (a + b) * x / (a + 1));
  let c = 1;
  let value = d;
  for (let m = 1; m < 10_000; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    value *= d * c;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return value;
}

/** gamma(a + 1/2) / gamma(a) by its asymptotic series, which two ln gammas would cancel away. */
function gammaRatio(a: number): number {
  // Below 20 the series is too coarse: ratio(a) = ratio(a + 1) a / (a + 1/2).
  let factor = 1;
  for (; a < 20; a++) factor *= a / (a + 0.5);
  const r = 1 / (a * a);
  const series = -1 / 8 + r * (1 / 192 + r * (-1 / 640 + r * (17 / 14336 - r * 31 / 18432)));
  return factor * Math.sqrt(a) * Math.exp(series / a);
}
