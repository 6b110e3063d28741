/**
 * `deno task bench`: how fast the compiled training step is, against the same step run operation by
 * operation, and what memory both take.
 *
 * @module
 */

import { dirname } from "node:path";
import { parseArgs } from "@std/cli";
import { MOST_THREADS, whole } from "./arguments.ts";
import type { Surroundings } from "./bench/child.ts";
import { checkMeasured, type Contender, contendersFor, ownProcess } from "./bench/contenders.ts";
import type { Measurement, Precision, Timed } from "./bench/measurement.ts";
import { parts, plan, type Planned, type PlanOptions } from "./bench/plan.ts";
import { ask } from "./bench/process.ts";
import { type BenchRecord, recordsOf } from "./bench/records.ts";
import { renderTable } from "./bench/table.ts";
import { writeAside } from "./disk.ts";
import { DEFAULT_ENCODER, findEncoder } from "./input/download.ts";
import { consoleOutput, createProgress } from "./report/progress.ts";

const HELP = `Usage: deno task bench [options]

Times the compiled training step against the same step run operation by operation. Every measurement
is a process of its own; the contenders take turns. Without --shapes, --mixture and --evaluation: all
three, in about five minutes on two cores.

  --shapes       batches of 32 rows of 32, 64 and 128 pieces
  --mixture      the first steps of an epoch of the eight tasks, at their real lengths
  --evaluation   the dev set of RTE
  --data DIR     folder of the official files for the last two (default: data/sample)
  --steps N      steps of the mixture (default: 60)
  --precision P  float32, bfloat16 or both (default; bfloat16 with --quick)
  --rounds N     processes of each contender for each measurement (default: 2 for --shapes, else 1)
  --encoder E    ${DEFAULT_ENCODER} (default), a folder, or owner/name on the Hugging Face hub
  --threads N    threads of one operation (default: one per core)
  --quick        less of everything, in less than a minute
  --write        also adds the numbers to results/bench.jsonl`;

/** What to measure, and where the numbers go. */
export interface BenchOptions extends PlanOptions {
  /** File of JSON lines that the records are added to; none when left out. */
  readonly write?: string;
}

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
    boolean: [...parts, "quick", "write", "help"],
    string: ["data", "steps", "precision", "rounds", "encoder", "threads"],
    default: { data: "data/sample", encoder: DEFAULT_ENCODER },
    unknown: (argument) => {
      throw new Error(`Unknown argument "${argument}"; see deno task bench --help.`);
    },
  });
  if (options.help) return null;
  const { quick } = options;
  const chosen = parts.filter((part) => options[part]);
  const rounds = whole("rounds", options.rounds, 1000) ?? (quick ? 1 : undefined);
  const threads = whole("threads", options.threads, MOST_THREADS);
  return {
    parts: chosen.length > 0 ? chosen : parts,
    encoder: options.encoder,
    data: options.data,
    precisions: precisionsOf(options.precision ?? (quick ? "bfloat16" : "both")),
    batch: 32,
    lengths: quick ? [32] : [32, 64, 128],
    steps: whole("steps", options.steps) ?? (quick ? 12 : 60),
    maxLength: 128,
    windows: 3,
    windowSeconds: quick ? 0.5 : 1,
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

/** A record with where and when it was made, as results/bench.jsonl keeps it. */
export type KeptRecord = BenchRecord & Surroundings;

/**
 * Measures, prints the table and, where asked to, writes the records.
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
  const planned = plan({ ...options, encoder });
  const measurements = planned.map(({ measurement }) => measurement);
  const { answer } = await ask(ownProcess("prepare"), { encoder, measurements });
  const surroundings = answer as Surroundings;
  console.log(`${describe(surroundings)}, ${options.encoder}\n`);
  const records = (await measureAll(planned)).map((record) => ({ ...record, ...surroundings }));
  console.log(renderTable(records));
  if (options.write !== undefined) await append(options.write, records);
  return records;
}

async function measureAll(planned: readonly Planned[]): Promise<BenchRecord[]> {
  const total = planned.reduce(
    (sum, { measurement, rounds }) => sum + rounds * contendersFor(measurement).length,
    0,
  );
  const unit = "measurements";
  using progress = createProgress({ label: "bench", total, unit, ...consoleOutput() });
  const records: BenchRecord[] = [];
  let done = 0;
  const onDone = () => progress.update({ done: ++done });
  for (const { measurement, rounds } of planned) {
    records.push(...await takeTurns(measurement, rounds, onDone));
  }
  progress.end();
  return records;
}

/** A B A B ...: what disturbs the machine for a while disturbs both contenders. */
async function takeTurns(
  measurement: Measurement,
  rounds: number,
  onDone: () => void,
): Promise<BenchRecord[]> {
  const contenders = contendersFor(measurement);
  const results: Record<string, Timed[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      (results[contender.name] ??= []).push(await measureOne(contender, measurement));
      onDone();
    }
  }
  return recordsOf(measurement, results);
}

async function measureOne(contender: Contender, measurement: Measurement): Promise<Timed> {
  const { kind, precision } = measurement;
  const { answer, startSeconds } = await ask(contender.command(), measurement).catch((error) => {
    const what = `Cannot measure "${contender.name}" (${kind}, ${precision})`;
    throw new Error(`${what}: ${error.message}`, { cause: error });
  });
  if (startSeconds === null) {
    throw new Error(`Contender "${contender.name}" didn't write when its first step was over.`);
  }
  return { ...checkMeasured(answer, contender.name), startSeconds };
}

function describe({ commit, date, versions, machine }: Surroundings): string {
  const known = Object.entries(machine)
    .map(([name, value]) => name === "cores" ? `${value} cores` : String(value));
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [...known, ...software, `commit ${commit}`, date.slice(0, 10)].join(", ");
}

/** Adds lines to a file; whoever reads it meanwhile sees all of them or none. */
async function append(file: string, records: readonly KeptRecord[]): Promise<void> {
  const before = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  const lines = records.map((record) => JSON.stringify(record, rounded) + "\n").join("");
  await Deno.mkdir(dirname(file), { recursive: true });
  await writeAside(file, [new TextEncoder().encode(before + lines)], () => file);
}

/** Five digits are more than repeats. */
function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return Number(value.toPrecision(5));
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
