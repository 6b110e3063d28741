/**
 * A whole benchmark: makes sure that everything is there, lets the contenders take turns, prints the
 * table and keeps the records.
 *
 * @module
 */

import { findEncoder } from "../../hub/encoders.ts";
import { checkDataFolder } from "../../input/files.ts";
import { quote, reasonOf } from "../../base/quote.ts";
import { consoleOutput, createProgress } from "../../base/progress.ts";
import type { Preparation, PreparedBench } from "./child.ts";
import { contendersFor, ownProcess, pythonProcess } from "./contenders.ts";
import { checkKeeping, keep, type KeptRecord } from "./keep.ts";
import type { Measurement, Precision, Timed } from "./measurement.ts";
import { planBench, type PlanOptions } from "./plan.ts";
import { ask } from "./process.ts";
import { recordsOf, type Results } from "./records.ts";
import { describe, describePeak, renderTable } from "./table.ts";
import { countWindows, takeTurns } from "./turns.ts";
import type { Peak } from "./work.ts";

/** What to measure, and where the numbers go. */
export interface BenchOptions extends Omit<PlanOptions, "inputs"> {
  /** Processes of each contender for each measurement; 1 when left out. */
  readonly rounds?: number;
  /** Python with PyTorch, or none when left out. */
  readonly python?: string;
  /** Ends the measuring at once; nothing is kept then. */
  readonly signal?: AbortSignal;
  /** Products that the machine's peak is the median of, before and after. */
  readonly products: number;
  /**
   * File of JSON lines that the records are added to, with a folder `figures` beside it; none when
   * left out.
   */
  readonly write?: string;
}

/**
 * Measures, prints the table and, where asked to, writes the records and the plot.
 *
 * @returns the records.
 * @throws one sentence when something is missing or a measurement fails.
 *
 * @example
 * ```ts ignore
 * const records = await bench(options);
 * ```
 */
export async function bench(options: BenchOptions): Promise<KeptRecord[]> {
  const { parts, data, write } = options;
  if (parts.some((part) => part !== "shapes")) await checkDataFolder(data);
  if (write !== undefined) await checkKeeping(write);
  const encoder = await findEncoder(options.encoder);
  if (encoder === null) {
    throw new Error(
      `There is no encoder ${quote(options.encoder)} on this machine yet: run ` +
        `\`deno task setup --encoder ${options.encoder}\` first.`,
    );
  }
  const folder = options.python === undefined
    ? undefined
    : await Deno.makeTempDir({ prefix: "bench-" });
  try {
    return await Promise.race([benchIn(folder, { ...options, encoder }), aborted(options.signal)]);
  } finally {
    if (folder !== undefined) await Deno.remove(folder, { recursive: true });
  }
}

/** Fails as soon as `signal` aborts. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new Error("it was stopped")));
  });
}

/** `folder` is where what other languages start from is laid down; none without them. */
async function benchIn(folder: string | undefined, options: BenchOptions): Promise<KeptRecord[]> {
  const { encoder, python } = options;
  const measurements = planBench({ ...options, ...(folder !== undefined && { inputs: folder }) });
  const theirs = python === undefined ? {} : await versionsOf(python, measurements);
  const preparation: Preparation = { encoder, measurements };
  const prepared = await ask(
    ownProcess("prepare", folder),
    preparation,
    "prepared",
  ) as PreparedBench;
  const { versions, ...others } = prepared.surroundings;
  const surroundings = { ...others, versions: { ...versions, ...theirs } };
  console.log(`${describe(surroundings)}, ${encoder.split("/").at(-1)}\n`);
  const before = await peakOf(measurements, options);
  const results = await measureAll(measurements, options);
  const peak = higher(before, await peakOf(measurements, options)); // what else ran may have disturbed one
  const records = results.flatMap((found, i) => {
    const { precision } = measurements[i]!;
    const operations = prepared.operations[i] ?? null;
    const work = peak && precision && operations && { operations, peak: peak[precision] };
    return recordsOf(measurements[i]!, found, work || null);
  }).map((record) => ({ ...record, ...surroundings }));
  console.log(renderTable(records));
  if (peak) console.log(describePeak(peak, options.precisions));
  if (options.write !== undefined) await keep(options.write, records);
  return records;
}

/** What the Python has; the error names what is missing. */
async function versionsOf(
  python: string,
  measurements: readonly Measurement[],
): Promise<Record<string, string>> {
  const kinds = measurements.flatMap((measurement) => [
    measurement.kind,
    ...contendersFor(measurement, { python: true }).map(({ name }) => name)
      .filter((name) => name === "onnxruntime"),
  ]);
  try {
    const question = { kinds: [...new Set(kinds)] };
    const found = await ask(pythonProcess(python, "versions"), question, "versions");
    return found as Record<string, string>;
  } catch (cause) {
    const why = reasonOf(cause);
    if (why.includes("--against-python")) throw cause;
    const message =
      `Cannot measure with ${quote(python)} (${why}): expected a Python with PyTorch ` +
      "after --against-python.";
    throw new Error(message, { cause });
  }
}

/** What matrix products reach now; null where no number is held against it. */
async function peakOf(
  measurements: readonly Measurement[],
  { products, threads }: BenchOptions,
): Promise<Peak | null> {
  const needed = measurements.some(({ kind, precision }) =>
    kind === "shape" || precision === "bfloat16"
  );
  if (!needed) return null;
  return await ask(ownProcess("peak"), { products, threads: threads ?? null }, "peak") as Peak;
}

function higher(one: Peak | null, other: Peak | null): Peak | null {
  if (!one || !other) return one ?? other;
  const most = (of: Precision) => Math.max(one[of], other[of]);
  return { float32: most("float32"), bfloat16: most("bfloat16") };
}

async function measureAll(
  measurements: readonly Measurement[],
  { encoder, python = "", rounds = 1 }: BenchOptions,
): Promise<Results[]> {
  const contenders = measurements.map((measurement) =>
    contendersFor(measurement, { python: python !== "", large: measurement.encoder !== encoder })
  );
  const total = measurements.reduce(
    (sum, one, i) => sum + rounds * countWindows(one) * contenders[i]!.length,
    0,
  );
  using progress = createProgress({ label: "bench", total, unit: "windows", ...consoleOutput() });
  let done = 0;
  const onWindow = () => progress.update({ done: ++done });
  const exported = new Set<string | null>();
  const all: Results[] = [];
  for (const [i, measurement] of measurements.entries()) {
    const own = contenders[i]!;
    if (own.some(({ name }) => name === "onnxruntime") && !exported.has(measurement.inputs)) {
      exported.add(measurement.inputs);
      await ask(pythonProcess(python, "export"), measurement, "exported");
    }
    const results: Record<string, Timed[]> = {};
    for (let round = 0; round < rounds; round++) {
      const found = await takeTurns(measurement, own, python, onWindow);
      found.forEach((one, j) => (results[own[j]!.name] ??= []).push(one));
    }
    all.push(results);
  }
  progress.end();
  return all;
}
