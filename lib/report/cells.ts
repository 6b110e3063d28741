/**
 * What stands in one cell of a table: a mean with its spread and the number of seeds, a difference
 * between two encoders, counts of rows, published numbers.
 *
 * @module
 */

import { withCommas } from "../base/status.ts";
import { pairedPermutationTest, pairedTTest } from "../metrics/significance.ts";
import { average, meanInterval, standardDeviation } from "../metrics/statistics.ts";
import { describePublished, findPublished, type Published } from "./published.ts";
import { isGenerated } from "./configuration.ts";
import type { RunRow, SeedValue } from "./runs.ts";

/** Stands where no run was made. */
export const MISSING = "-";

/** One side of a row in numbers. */
export interface CellNumbers {
  /** Seeds whose value is defined. */
  readonly n: number;
  /** Seeds whose metric is undefined. */
  readonly undefinedRuns: number;
  readonly mean: number | null;
  /** Standard deviation (n - 1); null for fewer than two. */
  readonly sd: number | null;
  /** Student's 95 % interval of the mean; null for fewer than two. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/**
 * Mean, spread and counts of one side of a row.
 *
 * @example
 * ```ts
 * import { cellNumbers } from "./cells.ts";
 * cellNumbers([{ seed: 1, value: 80 }, { seed: 2, value: 82 }]).mean; // 81
 * ```
 */
export function cellNumbers(values: readonly SeedValue[]): CellNumbers {
  const defined = values.flatMap(({ value }) => value === null ? [] : [value]);
  return {
    n: defined.length,
    undefinedRuns: values.length - defined.length,
    mean: average(defined),
    sd: standardDeviation(defined),
    interval: meanInterval(defined),
  };
}

/**
 * A score cell: mean and standard deviation over seeds with n, a single value without a spread, a
 * dash where there is no run, "undefined" where the metric never had a value.
 *
 * @example
 * ```ts
 * import { scoreCell } from "./cells.ts";
 * scoreCell([{ seed: 1, value: 80 }, { seed: 2, value: 82 }]); // "81.0 ± 1.4 (n=2)"
 * scoreCell([{ seed: 1, value: 80 }]); // "80.0 (n=1)"
 * scoreCell([]); // "-"
 * ```
 */
export function scoreCell(values: readonly SeedValue[]): string {
  if (values.length === 0) return MISSING;
  const { n, undefinedRuns, mean, sd } = cellNumbers(values);
  if (mean === null) return `undefined (n=${undefinedRuns})`;
  const spread = sd === null ? "" : ` ± ${fixed(sd)}`;
  const rest = undefinedRuns === 0 ? "" : `, ${undefinedRuns} undefined`;
  return `${fixed(mean)}${spread} (n=${n}${rest})`;
}

/** What {@linkcode difference} finds between the two encoders of a row. */
export interface Difference {
  /** Seeds that both encoders were run with. */
  readonly pairs: number;
  /** Mean of refined - plain. */
  readonly mean: number;
  /** Student's 95 % interval of that mean; null for one pair. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Two-sided p; null for one pair. */
  readonly p: number | null;
}

/** Up to here {@linkcode pairedPermutationTest} counts every pattern and needs no randomness. */
const EXACT_PAIRS = 20;

/**
 * refined - plain over the seeds that both were run with; null where no seed was. p is that of the
 * exact sign-flip test up to 20 pairs, of the paired t test beyond.
 *
 * @example
 * ```ts
 * import { difference } from "./cells.ts";
 * const plain = [{ seed: 1, value: 80 }, { seed: 2, value: 80 }];
 * difference(plain, [{ seed: 2, value: 83 }, { seed: 1, value: 81 }])?.mean; // 2
 * ```
 */
export function difference(
  plain: readonly SeedValue[],
  refined: readonly SeedValue[],
): Difference | null {
  const bySeed = new Map(plain.map(({ seed, value }) => [seed, value]));
  const [first, second]: [number[], number[]] = [[], []];
  for (const { seed, value } of refined) {
    const other = bySeed.get(seed) ?? null;
    if (value === null || other === null) continue;
    first.push(value);
    second.push(other);
  }
  if (first.length === 0) return null;
  const { difference, interval, p, pairs } = pairedTTest(first, second);
  if (pairs === 1) return { pairs, mean: difference, interval: null, p: null };
  const exact = pairs <= EXACT_PAIRS;
  return {
    pairs,
    mean: difference,
    interval,
    p: exact ? pairedPermutationTest(first, second, drawsNothing).p : p,
  };
}

function drawsNothing(): number {
  throw new Error(`The permutation test of ${EXACT_PAIRS} pairs or fewer is exact`);
}

/**
 * A difference cell: mean, 95 % interval, p and the number of pairs.
 *
 * @example
 * ```ts
 * import { differenceCell } from "./cells.ts";
 * differenceCell([{ seed: 1, value: 80 }], [{ seed: 1, value: 83 }]); // "+3.0 (n=1)"
 * ```
 */
export function differenceCell(
  plain: readonly SeedValue[],
  refined: readonly SeedValue[],
): string {
  const found = difference(plain, refined);
  if (found === null) return MISSING;
  const range = found.interval === null
    ? ""
    : ` [${signed(found.interval.low)}, ${signed(found.interval.high)}]`;
  const { p } = found;
  const chance = p === null ? "" : `${p < 0.001 ? "p<0.001" : `p=${p.toFixed(3)}`}, `;
  return `${signed(found.mean)}${range} (${chance}n=${found.pairs})`;
}

/**
 * Rows trained on beside the official number.
 *
 * @example
 * ```ts
 * import { rowsCell } from "./cells.ts";
 * rowsCell({ train: 15891, trainOfficial: 392702 }); // "15,891 of 392,702"
 * ```
 */
export function rowsCell(
  rows: { readonly train: number; readonly trainOfficial?: number },
): string {
  if (rows.trainOfficial === undefined) return withCommas(rows.train);
  return rows.train === rows.trainOfficial
    ? `all ${withCommas(rows.train)}`
    : `${withCommas(rows.train)} of ${withCommas(rows.trainOfficial)}`;
}

/**
 * Steps of the runs of a row: one number, or the least and the most.
 *
 * @example
 * ```ts
 * import { stepsCell } from "./cells.ts";
 * stepsCell([1200, 1300, 1250]); // "1,200 to 1,300"
 * ```
 */
export function stepsCell(steps: readonly number[]): string {
  if (steps.length === 0) return MISSING;
  const [least, most] = [Math.min(...steps), Math.max(...steps)];
  return least === most ? withCommas(least) : `${withCommas(least)} to ${withCommas(most)}`;
}

/**
 * A draw of training rows: up to 25 numbers in full, else the count and the first ten.
 *
 * @example
 * ```ts
 * import { drawCell } from "./cells.ts";
 * drawCell([4, 19, 7]); // "3 rows: 4 7 19"
 * ```
 */
export function drawCell(chosen: readonly number[]): string {
  const sorted = chosen.toSorted((a, b) => a - b);
  const shown = sorted.length <= 25 ? sorted : sorted.slice(0, 10);
  const more = shown.length < sorted.length ? " ..." : "";
  return `${withCommas(sorted.length)} rows: ${shown.join(" ")}${more}`;
}

/**
 * The published numbers that belong beside one side of a row: same task, metric, part, fraction
 * and split (dev beside dev, test beside test); none beside the generated sample. The refinement stage has no published dev number
 * of its own, so finetuned ones stand there, which the table says.
 *
 * @example
 * ```ts
 * import { publishedBeside } from "./cells.ts";
 * const row = { experiment: "finetune", task: "rte", split: "dev", metric: "accuracy" } as const;
 * publishedBeside({ ...row, size: "small", fraction: undefined }, "refined").map(({ value }) => value);
 * // [83.4, 83.8, 79.4]
 * ```
 */
export function publishedBeside(
  row: Pick<RunRow, "experiment" | "task" | "split" | "metric" | "fraction" | "size">,
  encoder: "plain" | "refined",
): Published[] {
  if (isGenerated(row)) return [];
  const split = row.split.startsWith("test") ? "test" : "dev";
  const part = row.split.includes("mismatched") ? "mismatched" : "matched";
  return findPublished({ task: row.task, metric: row.metric, split, encoder }).filter((number) =>
    (number.experiment !== "refine" || row.experiment === "refine") &&
    (number.fraction ?? 1) === (row.fraction ?? 1) &&
    (row.task !== "mnli" || number.part === part)
  );
}

/**
 * Published numbers as one cell: value, then system, size, split and source in brackets.
 *
 * @example
 * ```ts
 * import { publishedCell } from "./cells.ts";
 * import { findPublished } from "./published.ts";
 * publishedCell(findPublished({ task: "ax" }).slice(0, 1)); // "39.6 (BERT, large, test; paper)"
 * ```
 */
export function publishedCell(numbers: readonly Published[]): string {
  if (numbers.length === 0) return MISSING;
  return numbers
    .map((number) => `${fixed(number.value)} (${describePublished(number)}; ${number.source})`)
    .join(", ");
}

/** One decimal; never "-0.0". */
function fixed(value: number): string {
  return value.toFixed(1).replace(/^-(0\.0)$/, "$1");
}

function signed(value: number): string {
  const text = fixed(value);
  return text.startsWith("-") ? text : `+${text}`;
}
