/**
 * From what processes found to one record for each contender and measurement: medians, and speeds
 * compared pair by pair.
 *
 * @module
 */

import { median } from "../statistics.ts";
import type { Measurement, Timed, Tracing, Window } from "./measurement.ts";

/** Speeds of a contender. */
export interface Speed {
  readonly stepsPerSecond: number;
  readonly rowsPerSecond: number;
  /** Pieces, padding not counted. */
  readonly tokensPerSecond: number;
}

/** One line of results/bench.jsonl. */
export interface BenchRecord extends Speed {
  readonly contender: string;
  /** What was measured; folders by their last name only. */
  readonly measurement: Measurement;
  /** Number of processes. */
  readonly rounds: number;
  /** Speed with every step counted, the traced ones too; null but for the mixture. */
  readonly withTracing: Speed | null;
  /** Peak resident memory of a process in MiB, median over the rounds. */
  readonly peakMemory: number;
  /** Seconds from starting a process to the end of its first step, median over the rounds. */
  readonly startSeconds: number;
  /** Seconds of the first step, tracing included, median over the rounds. */
  readonly firstSeconds: number;
  readonly tracing: Tracing | null;
  /** Loss of the first step. */
  readonly loss: number | null;
  /**
   * By the name of another contender, how many times as fast as that one this one is, pair by
   * pair. A pair is a round; of a mixture, a step with its batch.
   */
  readonly ratios: Readonly<Record<string, readonly number[]>>;
}

/** What each contender found, one entry for each round, in the order of the contenders. */
export type Results = Readonly<Record<string, readonly Timed[]>>;

/**
 * One record for each contender; only the first, with which all are compared, has ratios.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { recordsOf } from "./records.ts";
 *
 * const measurement = {
 *   kind: "shape", encoder: "encoders/tiny", precision: "float32", seed: 1, threads: null,
 *   batch: 2, length: 3, windows: 1, windowSeconds: 1,
 * } as const;
 * const found = (seconds: number) => ({
 *   windows: [{ steps: 1, rows: 2, tokens: 6, seconds, first: false }],
 *   firstSeconds: 1, loss: 0.5, tracing: null, peakMemory: 2 ** 20, startSeconds: 2,
 * });
 * const [compiled] = recordsOf(measurement, { compiled: [found(1)], eager: [found(1.5)] });
 * assertEquals(compiled!.ratios, { eager: [1.5] });
 * ```
 */
export function recordsOf(measurement: Measurement, results: Results): BenchRecord[] {
  const [first, ...others] = Object.entries(results);
  return [first!, ...others].map(([contender, found]) => ({
    contender,
    measurement: withoutFolders(measurement),
    rounds: found.length,
    ...speedOf(measurement, found),
    withTracing: measurement.kind === "mixture" ? total(found.flatMap((one) => one.windows)) : null,
    peakMemory: middle(found, ({ peakMemory }) => peakMemory) / 2 ** 20,
    startSeconds: middle(found, ({ startSeconds }) => startSeconds),
    firstSeconds: middle(found, ({ firstSeconds }) => firstSeconds),
    tracing: tracingOf(found),
    loss: found[0]!.loss,
    ratios: contender === first![0]
      ? Object.fromEntries(
        others.map(([name, other]) => [name, compare(measurement, found, other)]),
      )
      : {},
  }));
}

/**
 * The p-quantile by linear interpolation between neighbours: 0.5 is the median.
 *
 * @example
 * ```ts
 * import { quantile } from "./records.ts";
 * quantile([1, 2, 3], 0.25); // 1.5
 * ```
 */
export function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = p * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

/** Medians of windows, or of a mixture, whose steps differ, all steady steps together. */
function speedOf({ kind }: Measurement, found: readonly Timed[]): Speed {
  const windows = found.flatMap((one) => one.windows);
  if (kind === "mixture") return total(steadyOf(windows));
  const rate = (of: "steps" | "rows" | "tokens") =>
    median(windows.map((window) => window[of] / window.seconds))!;
  return {
    stepsPerSecond: rate("steps"),
    rowsPerSecond: rate("rows"),
    tokensPerSecond: rate("tokens"),
  };
}

function total(windows: readonly Window[]): Speed {
  const sum = (of: "steps" | "rows" | "tokens" | "seconds") =>
    windows.reduce((sum, window) => sum + window[of], 0);
  return {
    stepsPerSecond: sum("steps") / sum("seconds"),
    rowsPerSecond: sum("rows") / sum("seconds"),
    tokensPerSecond: sum("tokens") / sum("seconds"),
  };
}

/** Without steps that traced; all where there are no others. */
function steadyOf(windows: readonly Window[]): readonly Window[] {
  const steady = windows.filter(({ first }) => !first);
  return steady.length > 0 ? steady : windows;
}

/** How many times as fast `ours` is, pair by pair. */
function compare(
  { kind }: Measurement,
  ours: readonly Timed[],
  theirs: readonly Timed[],
): number[] {
  return ours.flatMap((found, round) => {
    const other = theirs[round];
    if (!other) return [];
    if (kind !== "mixture") return [speed(found.windows) / speed(other.windows)];
    const theirSteady = steadyOf(other.windows);
    return steadyOf(found.windows).map((window, i) => theirSteady[i]!.seconds / window.seconds);
  });
}

function speed(windows: readonly Window[]): number {
  return median(windows.map(({ rows, seconds }) => rows / seconds))!;
}

function middle(found: readonly Timed[], of: (one: Timed) => number): number {
  return median(found.map(of))!;
}

function tracingOf(found: readonly Timed[]): Tracing | null {
  const tracing = found[0]!.tracing;
  return tracing && { ...tracing, seconds: middle(found, (one) => one.tracing?.seconds ?? 0) };
}

function withoutFolders(measurement: Measurement): Measurement {
  const last = (path: string) => path.split(/[/\\]/).findLast((part) => part !== "") ?? path;
  const encoder = last(measurement.encoder);
  return "data" in measurement
    ? { ...measurement, encoder, data: last(measurement.data) }
    : { ...measurement, encoder };
}
