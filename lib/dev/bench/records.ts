/**
 * From what processes found to one record for each contender and measurement: medians, and speeds
 * compared window by window.
 *
 * @module
 */

import { median, quantile } from "../../metrics/statistics.ts";
import type { Measurement, Proof, Timed, Tracing, Window } from "./measurement.ts";

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
  /** Windows that the speeds come from; of a mixture, those without a task's first step. */
  readonly windows: number;
  /** Rows per second that hold the middle half of the windows between them. */
  readonly quartiles: readonly [number, number];
  /** Speed with every step counted, the traced ones too; null but for the mixture. */
  readonly withTracing: Speed | null;
  /** Peak resident memory of a process in MiB, median over the rounds. */
  readonly peakMemory: number;
  /** MiB that resident memory grew by from the first quarter of the windows to the last window. */
  readonly memoryGrowth: number;
  /** Seconds from starting a process to the end of its first step, median over the rounds. */
  readonly startSeconds: number;
  /** Seconds of the first step, tracing included, median over the rounds. */
  readonly firstSeconds: number;
  readonly tracing: Tracing | null;
  /** What shows that contenders did the same work. */
  readonly proof: Proof;
  /** Floating-point operations per second of a training step's matrix products; else null. */
  readonly operationsPerSecond: number | null;
  /** The same as a share of what this machine's matrix product reached in this run; else null. */
  readonly shareOfPeak: number | null;
  /**
   * By the name of another contender, how many times as fast as that one this one is, window by
   * window.
   */
  readonly ratios: Readonly<Record<string, readonly number[]>>;
}

/** What each contender found, one entry for each round, in the order of the contenders. */
export type Results = Readonly<Record<string, readonly Timed[]>>;

/** What a training step's speed is held against. */
export interface Work {
  /** Floating-point operations of a step. */
  readonly operations: number;
  /** Operations per second that the machine reaches. */
  readonly peak: number;
}

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
 *   inputs: null, batch: 2, length: 3, windows: 1, windowSeconds: 1,
 * } as const;
 * const window = (seconds: number) => ({
 *   ...{ steps: 1, rows: 2, tokens: 6, seconds, first: false, memory: 2 ** 20 },
 * });
 * const found = (seconds: number) => ({
 *   windows: [window(seconds)], first: window(9), proof: { mnli: 1.1 }, tracing: null,
 *   peakMemory: 2 ** 20, startSeconds: 1,
 * });
 * const [ours] = recordsOf(measurement, { ours: [found(1)], theirs: [found(2)] });
 * assertEquals(ours?.ratios, { theirs: [2] });
 * ```
 */
export function recordsOf(
  measurement: Measurement,
  results: Results,
  work: Work | null = null,
): BenchRecord[] {
  const [first, ...others] = Object.entries(results);
  return [first!, ...others].map(([contender, found]) => {
    const steady = steadyOf(found.flatMap(({ windows }) => windows));
    const rates = steady.map(({ rows, seconds }) => rows / seconds);
    const speed = speedOf(measurement, steady);
    const operations = work && work.operations * speed.stepsPerSecond;
    return {
      contender,
      measurement: withoutFolders(measurement),
      rounds: found.length,
      windows: steady.length,
      ...speed,
      quartiles: [quantile(rates, 0.25)!, quantile(rates, 0.75)!],
      withTracing: measurement.kind === "mixture"
        ? total(found.flatMap((one) => [one.first, ...one.windows]))
        : null,
      peakMemory: middle(found, ({ peakMemory }) => peakMemory) / MEBIBYTE,
      memoryGrowth: middle(found, ({ windows }) => growth(windows)) / MEBIBYTE,
      startSeconds: middle(found, ({ startSeconds }) => startSeconds),
      firstSeconds: middle(found, ({ first }) => first.seconds),
      tracing: tracingOf(found),
      proof: found[0]!.proof,
      operationsPerSecond: operations,
      shareOfPeak: operations === null ? null : operations / work!.peak,
      ratios: contender === first![0]
        ? Object.fromEntries(others.map(([name, other]) => [name, compare(found, other)]))
        : {},
    };
  });
}

const MEBIBYTE = 2 ** 20;

/** Medians of windows, or of a mixture, whose windows differ in work, all of them together. */
function speedOf({ kind }: Measurement, windows: readonly Window[]): Speed {
  if (kind === "mixture") return total(windows);
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

/** Without windows that traced; all where there are no others. */
function steadyOf(windows: readonly Window[]): readonly Window[] {
  const steady = windows.filter(({ first }) => !first);
  return steady.length > 0 ? steady : windows;
}

/**
 * How many times as fast `ours` is, window by window: in a mixture window i of both holds the same
 * steps, and so the same ones are steady.
 */
function compare(ours: readonly Timed[], theirs: readonly Timed[]): number[] {
  return ours.flatMap((found, round) => {
    const other = steadyOf(theirs[round]?.windows ?? []);
    return steadyOf(found.windows).slice(0, other.length).map(({ rows, seconds }, i) =>
      (rows / seconds) / (other[i]!.rows / other[i]!.seconds)
    );
  });
}

function growth(windows: readonly Window[]): number {
  const early = windows[Math.ceil(windows.length / 4) - 1]!;
  return windows.at(-1)!.memory - early.memory;
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
  const plain = { ...measurement, encoder: last(measurement.encoder), inputs: null };
  return "data" in plain ? { ...plain, data: last(plain.data) } : plain;
}
