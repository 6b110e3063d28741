/**
 * `deno task bench`: how fast training, evaluation and preprocessing are and what memory they take,
 * against the same work in PyTorch where a Python is given.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { list, MOST_THREADS, whole } from "./arguments.ts";
import { baseFolder } from "./bench/base.ts";
import type { Preparation, Prepared } from "./bench/child.ts";
import { contendersFor, ownProcess, pythonProcess } from "./bench/contenders.ts";
import { keep, type KeptRecord } from "./bench/keep.ts";
import type { Measurement, Precision, Timed } from "./bench/measurement.ts";
import { parts, plan, type PlanOptions } from "./bench/plan.ts";
import { ask } from "./bench/process.ts";
import { recordsOf, type Results } from "./bench/records.ts";
import { describe, describePeak, renderTable } from "./bench/table.ts";
import { countWindows, takeTurns } from "./bench/turns.ts";
import type { Peak } from "./bench/work.ts";
import { DEFAULT_ENCODER, findEncoder } from "./input/download.ts";
import { consoleOutput, createProgress } from "./report/progress.ts";

const HELP = `Usage: deno task bench [options]

Times training, evaluation and preprocessing. Every contender is a process of its own; they start one
after another, prove that the same start gives the same losses, and take turns, window by window. Without a part:
all four.

  --shapes         training step of 32 rows of 32, 64 and 128 pieces, against the same step run
                   operation by operation
  --mixture        the first steps of an epoch of the eight tasks, at their real lengths (at most 128)
  --evaluation     the dev set of MNLI, matched
  --preprocessing  all rows of all tasks, from official files to word pieces
  --against-python PYTHON
                   the same work in PyTorch and transformers, run by this Python
  --base           --shapes also with an encoder of BERT-base's size (random weights, made once)
  --data DIR       folder of the official files (default: data/sample)
  --lengths LIST   pieces of the rows of --shapes (default: 32,64,128)
  --batch N        rows of a training step (default: 32)
  --steps N        steps of the mixture (default: 60 for data/sample, else 2000)
  --precision P    float32, bfloat16 or both (default; bfloat16 with --quick)
  --windows N      windows of each measurement but the mixture (default: 7; 3 with --quick)
  --rounds N       processes of each contender for each measurement (default: 1)
  --encoder E      ${DEFAULT_ENCODER} (default), a folder, or owner/name on the Hugging Face hub
  --threads N      threads that work at the same time (default: one per core)
  --quick          less of everything: less than a minute without Python
  --write          also adds the numbers to results/bench.jsonl and plots throughput against length
                   in results/figures`;

/** What to measure, and where the numbers go. */
export interface BenchOptions extends Omit<PlanOptions, "inputs"> {
  /** Processes of each contender for each measurement; 1 when left out. */
  readonly rounds?: number;
  /** Python with PyTorch, or none when left out. */
  readonly python?: string;
  /** Products that the machine's peak is the median of, before and after. */
  readonly products: number;
  /**
   * File of JSON lines that the records are added to, with a folder `figures` beside it; none when
   * left out.
   */
  readonly write?: string;
}

const SAMPLE = "data/sample";

/**
 * Reads the command line.
 *
 * @returns null where help is asked for.
 * @throws one sentence when an argument is unknown or has a value it can't have.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseBench } from "./bench.ts";
 *
 * assertEquals(parseBench(["--mixture", "--steps", "100"])?.steps, 100);
 * ```
 */
export function parseBench(args: readonly string[]): BenchOptions | null {
  const options = parseArgs([...args], {
    boolean: [...parts, "base", "quick", "write", "help"],
    // deno-fmt-ignore
    string: [
      "against-python", "data", "lengths", "batch", "steps", "precision", "windows", "rounds",
      "encoder", "threads",
    ],
    default: { data: SAMPLE, encoder: DEFAULT_ENCODER },
    unknown: (argument) => {
      throw new Error(`Unknown argument "${argument}"; see deno task bench --help.`);
    },
  });
  if (options.help) return null;
  const { quick, data, "against-python": python } = options;
  if (python === "") {
    throw new Error("--against-python needs the path of a Python that has PyTorch; see --help.");
  }
  const chosen = parts.filter((part) => options[part]);
  const rounds = whole("rounds", options.rounds, 1000);
  const threads = whole("threads", options.threads, MOST_THREADS);
  const lengths = list("lengths", options.lengths)?.map((text) => whole("lengths", text, 1e5)!);
  const steps = whole("steps", options.steps);
  if (steps === 1) throw new Error("--steps has 1: expected 2 or more, the first warms up.");
  return {
    parts: chosen.length > 0 ? chosen : parts,
    encoder: options.encoder,
    data,
    precisions: precisionsOf(options.precision ?? (quick ? "bfloat16" : "both")),
    batch: whole("batch", options.batch, 1e5) ?? 32,
    lengths: lengths ?? (quick ? [32] : [32, 64, 128]),
    steps: steps ?? (quick ? 24 : data === SAMPLE ? 60 : 2000),
    maxLength: 128,
    windows: whole("windows", options.windows, 1e5) ?? (quick ? 3 : 7),
    windowSeconds: quick ? 0.5 : 1,
    products: quick ? 5 : 20,
    ...(options.base && { larger: baseFolder() }),
    ...(python !== undefined && { python }),
    ...(rounds !== undefined && { rounds }),
    ...(threads !== undefined && { threads }),
    ...(options.write && { write: "results/bench.jsonl" }),
  };
}

function precisionsOf(text: string): Precision[] {
  const all = ["float32", "bfloat16"] as const;
  const found = text === "both" ? all : all.filter((precision) => precision === text);
  if (found.length > 0) return [...found];
  throw new Error(`--precision has "${text}": expected float32, bfloat16 or both.`);
}

/**
 * Measures, prints the table and, where asked to, writes the records and the plot.
 *
 * @returns the records.
 * @throws one sentence when something is missing or a measurement fails.
 *
 * @example
 * ```ts ignore
 * const records = await bench(parseBench(["--shapes", "--quick"])!);
 * ```
 */
export async function bench(options: BenchOptions): Promise<KeptRecord[]> {
  const encoder = await findEncoder(options.encoder);
  if (encoder === null) {
    throw new Error(
      `There is no encoder "${options.encoder}" on this machine yet: run \`deno task setup\` first.`,
    );
  }
  const folder = options.python === undefined
    ? undefined
    : await Deno.makeTempDir({ prefix: "bench-" });
  try {
    return await benchIn(folder, { ...options, encoder });
  } finally {
    if (folder !== undefined) await Deno.remove(folder, { recursive: true });
  }
}

/** `folder` is where what other languages start from is laid down; none without them. */
async function benchIn(folder: string | undefined, options: BenchOptions): Promise<KeptRecord[]> {
  const { encoder, python } = options;
  const measurements = plan({ ...options, ...(folder !== undefined && { inputs: folder }) });
  const theirs = python === undefined ? {} : await versionsOf(python, measurements);
  const preparation: Preparation = { encoder, measurements };
  const prepared = await ask(ownProcess("prepare", folder), preparation, "prepared") as Prepared;
  const { versions, ...others } = prepared.surroundings;
  const surroundings = { ...others, versions: { ...versions, ...theirs } };
  console.log(`${describe(surroundings)}, ${encoder.split("/").at(-1)}\n`);
  const before = await peakOf(options);
  const results = await measureAll(measurements, options);
  const peak = higher(before, await peakOf(options)); // what else ran may have disturbed one
  const records = results.flatMap((found, i) => {
    const { precision } = measurements[i]!;
    const operations = prepared.operations[i] ?? null;
    const work = peak && precision && operations && { operations, peak: peak[precision] };
    return recordsOf(measurements[i]!, found, work || null);
  }).map((record) => ({ ...record, ...surroundings }));
  console.log(renderTable(records));
  if (peak) console.log(describePeak(peak));
  if (options.write !== undefined) await keep(options.write, records);
  return records;
}

/** What the Python has; the error names the first package that is missing. */
async function versionsOf(
  python: string,
  measurements: readonly Measurement[],
): Promise<Record<string, string>> {
  const kinds = [...new Set(measurements.map(({ kind }) => kind))];
  const found = await ask(pythonProcess(python, "versions"), { kinds }, "versions");
  return found as Record<string, string>;
}

/** What matrix products reach now; null where no shape is measured. */
async function peakOf({ parts, products, threads }: BenchOptions): Promise<Peak | null> {
  if (!parts.includes("shapes")) return null;
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

if (import.meta.main) {
  let code = 0;
  try {
    const options = parseBench(Deno.args);
    if (options) await bench(options);
    else console.log(HELP);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    code = 1;
  }
  Deno.exit(code);
}
