/**
 * `deno task switches`: what each difference between `fixed` and `faithful` is worth, by training with
 * and without it.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import {
  list,
  MOST_SEEDS,
  MOST_THREADS,
  oneOf,
  optional,
  wholeNumber,
} from "../../base/arguments.ts";
import { DEFAULT_ENCODER } from "../../hub/encoders.ts";
import { exitCodeOf, stopOnSignals } from "../../base/stopping.ts";
import { measureSwitches } from "./measure.ts";
import { variantNames } from "./settings.ts";
import type { SwitchesOptions } from "./workbench.ts";

const HELP = `Usage: deno task switches [options]

Trains with and without each switch of the reference program's defects, on the same rows and with
the same seeds, and writes switches.md and switches.csv. Finished trainings are kept: interrupt it
(Ctrl+C) and give the same command again to go on.

  --data DIR           folder of the official files (default: data/sample)
  --encoder E          ${DEFAULT_ENCODER} (default), a folder, or owner/name on the Hugging Face hub
  --refined DIR        start from the encoder of this refinement, as
                       results/small-refine/multitask/seed-1, which learns from these few rows
                       what a plain one doesn't (default: start from the plain encoder)
  --seeds N            seeds 1 to N (default: 3)
  --rows N             at most N training rows of a task (default: 160, or 320 of a few tasks)
  --steps N            at most N steps a training
  --only NAMES         train some only, as decayEverything,faithful
  --precision P        float32 (default) or bfloat16
  --threads N          threads that work at the same time (default: one per core)
  --results DIR        where results go (default: results)

NAMES: ${variantNames.join(",\n       ")}`;

/**
 * Reads the command line.
 *
 * @returns null where help is asked for.
 * @throws one sentence when an argument is unknown or has a value it can't have.
 *
 * @example
 * ```ts
 * import { parseSwitches } from "./main.ts";
 * parseSwitches(["--only", "decayEverything"])?.seeds; // 3
 * ```
 */
export function parseSwitches(args: readonly string[]): SwitchesOptions | null {
  const options = parseArgs([...args], {
    boolean: ["help"],
    string: [
      "data",
      "encoder",
      "refined",
      "seeds",
      "rows",
      "steps",
      "only",
      "precision",
      "threads",
      "results",
    ],
    default: {
      data: "data/sample",
      encoder: DEFAULT_ENCODER,
      seeds: "3",
      precision: "float32",
      results: "results",
    },
    unknown: (argument) => {
      throw new Error(`Unknown argument "${argument}"; see deno task switches --help.`);
    },
  });
  if (options.help) return null;
  for (const name of ["data", "encoder", "refined", "results"] as const) {
    if (options[name] === "") throw new Error(`--${name} needs a value; see --help.`);
  }
  const precision = oneOf("precision", options.precision, ["float32", "bfloat16"] as const);
  const only = list("only", options.only)?.map((name) => oneOf("only", name, variantNames));
  if (precision === "bfloat16" && only?.includes("bfloat16")) {
    throw new Error(
      `--only has "bfloat16", which compares with float32: leave out --precision bfloat16.`,
    );
  }
  return {
    data: options.data,
    encoder: options.encoder,
    results: options.results,
    precision,
    seeds: wholeNumber("seeds", options.seeds, MOST_SEEDS)!,
    ...optional("refined", options.refined),
    ...optional("rows", wholeNumber("rows", options.rows)),
    ...optional("maxSteps", wholeNumber("steps", options.steps)),
    ...optional("only", only),
    ...optional("threads", wholeNumber("threads", options.threads, MOST_THREADS)),
  };
}

if (import.meta.main) {
  const signal = stopOnSignals();
  let code = 0;
  try {
    const options = parseSwitches(Deno.args);
    if (options === null) console.log(HELP);
    else {
      console.log(`\n${await measureSwitches(options, signal)}`);
      console.log(`Written to ${options.results}/switches.md and switches.csv.`);
    }
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      console.error("Stopped; finished trainings are kept: give the same command again to go on.");
      code = exitCodeOf(signal);
    } else {
      console.error(error instanceof Error ? error.message : String(error));
      code = 1;
    }
  }
  Deno.exit(code); // at once: unloading an opened TensorFlow crashes
}
