/**
 * `deno task bench`: how fast training, evaluation and preprocessing are and what memory they take,
 * against the same work in PyTorch where a Python is given.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { list, MOST_THREADS, wholeNumber } from "../../base/arguments.ts";
import { baseFolder } from "./base.ts";
import type { Precision } from "./measurement.ts";
import { type PartName, parts } from "./plan.ts";
import { bench, type BenchOptions } from "./run.ts";
import { DEFAULT_ENCODER } from "../../hub/encoders.ts";
import { quote } from "../../base/quote.ts";
import { exitCodeOf, stopOnSignals } from "../../base/stopping.ts";

const HELP = `Usage: deno task bench [options]

Times training, evaluation and preprocessing. Every contender is a process of its own; they start
one after another, prove that the same start gives the same losses, and take turns, window by
window. Paths are relative to the project's folder. Without a part: all four.

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
  --precision P    float32, bfloat16 or both (default; float32 with --quick)
  --windows N      windows of each measurement but the mixture (default: 7; 3 with --quick)
  --rounds N       processes of each contender for each measurement (default: 1)
  --encoder E      ${DEFAULT_ENCODER} (default), a folder, or owner/name on the Hugging Face hub
  --threads N      threads that work at the same time (default: one per core)
  --quick          less of everything: a minute or two without Python
  --write          also adds the numbers to results/bench.jsonl and plots throughput against length
                   in results/figures`;

const SAMPLE = "data/sample";

/** Options that only some parts read. */
const readBy: Readonly<Record<string, readonly PartName[]>> = {
  base: ["shapes"],
  lengths: ["shapes"],
  batch: ["shapes", "mixture"],
  steps: ["mixture"],
  windows: ["shapes", "evaluation", "preprocessing"],
  precision: ["shapes", "mixture", "evaluation"],
  data: ["mixture", "evaluation", "preprocessing"],
};

/**
 * Reads the command line.
 *
 * @returns null where help is asked for.
 * @throws one sentence when an argument is unknown or has a value it can't have.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseBench } from "./main.ts";
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
    default: { encoder: DEFAULT_ENCODER },
    unknown: (argument) => {
      throw new Error(`Unknown argument "${argument}"; see deno task bench --help.`);
    },
  });
  if (options.help) return null;
  const { quick, data = SAMPLE, "against-python": python } = options;
  if (python === "") {
    throw new Error("--against-python needs the path of a Python that has PyTorch; see --help.");
  }
  if (python?.includes(",")) {
    throw new Error(`--against-python has ${quote(python)}: expected a path without commas.`);
  }
  if (data === "") throw new Error("--data needs the folder of the official files; see --help.");
  if (quick && options.write) {
    throw new Error("--write keeps no quick numbers: leave out --write or --quick.");
  }
  const chosen = parts.filter((part) => options[part]);
  checkRead(options, chosen);
  const rounds = wholeNumber("rounds", options.rounds, 1000);
  const threads = wholeNumber("threads", options.threads, MOST_THREADS);
  const lengths = list("lengths", options.lengths)?.map((text) =>
    wholeNumber("lengths", text, 1e5)!
  );
  const steps = wholeNumber("steps", options.steps);
  if (steps === 1) throw new Error("--steps has 1: expected 2 or more, the first warms up.");
  return {
    parts: chosen.length > 0 ? chosen : parts,
    encoder: options.encoder,
    data,
    precisions: precisionsOf(options.precision ?? (quick ? "float32" : "both")),
    batch: wholeNumber("batch", options.batch, 1e5) ?? 32,
    lengths: [...new Set(lengths ?? (quick ? [32] : [32, 64, 128]))],
    steps: steps ?? (quick ? 24 : data === SAMPLE ? 60 : 2000),
    maxLength: 128,
    windows: wholeNumber("windows", options.windows, 1e5) ?? (quick ? 3 : 7),
    windowSeconds: quick ? 0.5 : 1,
    products: quick ? 5 : 20,
    ...(options.base && { larger: baseFolder() }),
    ...(python !== undefined && { python }),
    ...(rounds !== undefined && { rounds }),
    ...(threads !== undefined && { threads }),
    ...(options.write && { write: "results/bench.jsonl" }),
  };
}

/** Refuses an option that none of the chosen parts reads. */
function checkRead(options: Readonly<Record<string, unknown>>, chosen: readonly PartName[]): void {
  if (chosen.length === 0) return;
  for (const [name, readers] of Object.entries(readBy)) {
    const given = options[name] !== undefined && options[name] !== false;
    if (!given || readers.some((part) => chosen.includes(part))) continue;
    const wanted = readers.map((part) => `--${part}`).join(" or ");
    throw new Error(`--${name} changes nothing here: it needs ${wanted}.`);
  }
}

function precisionsOf(text: string): Precision[] {
  const all = ["float32", "bfloat16"] as const;
  const found = text === "both" ? all : all.filter((precision) => precision === text);
  if (found.length > 0) return [...found];
  throw new Error(`--precision has "${text}": expected float32, bfloat16 or both.`);
}

if (import.meta.main) {
  const signal = stopOnSignals();
  let code = 0;
  try {
    const options = parseBench(Deno.args);
    if (options) await bench({ ...options, signal });
    else console.log(HELP);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(signal.aborted ? "\nStopped: no number of this run is kept." : message);
    code = signal.aborted ? exitCodeOf(signal) : 1;
  }
  Deno.exit(code);
}
