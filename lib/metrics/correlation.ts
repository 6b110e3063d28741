/**
 * Correlation of two lists of numbers, and the ranks that turn it into rank correlation.
 *
 * @module
 */

/**
 * Pearson's r of two equally long lists, from -1 to 1: the inner product of the two lists after
 * each is centred and brought to length 1. Null for fewer than two values and where either list
 * is constant.
 *
 * Throws a RangeError if the lists differ in length.
 *
 * @example
 * ```ts
 * import { correlation } from "./correlation.ts";
 * correlation([1, 2, 3], [6, 4, 2]); // -1
 * ```
 */
export function correlation(first: ArrayLike<number>, second: ArrayLike<number>): number | null {
  if (first.length !== second.length) {
    throw new RangeError(
      `Cannot correlate ${first.length} values with ${second.length}, expected lists of one length`,
    );
  }
  const [a, b] = [unit(first), unit(second)];
  if (!a || !b) return null;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return Math.max(-1, Math.min(1, sum));
}

/**
 * [n] ranks from 1; equal values share the mean of the ranks they fill, as scipy's
 * `rankdata(method="average")`.
 *
 * @example
 * ```ts
 * import { ranks } from "./correlation.ts";
 * ranks([10, 30, 20, 30]); // [1, 3.5, 2, 3.5]
 * ```
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i)
    .sort((i, j) => values[i]! - values[j]!);
  const ranked = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranked[order[i]!] = (start + end + 1) / 2;
  }
  return ranked;
}

/** Values minus their mean, over the length of that vector; undefined where they are all equal. */
function unit(values: ArrayLike<number>): Float64Array | undefined {
  const x = Float64Array.from(values);
  if (x.every((value) => value === x[0])) return undefined;
  // The second pass takes out what rounding left of a mean that is large beside the spread.
  for (let pass = 0; pass < 2; pass++) {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    for (let i = 0; i < x.length; i++) x[i]! -= mean;
  }
  // Dividing by the largest value first keeps squares from vanishing or overflowing.
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const length = Math.sqrt(x.reduce((sum, value) => sum + (value / largest) ** 2, 0));
  return x.map((value) => value / largest / length);
}
