/**
 * `deno task reproduce`: preprocess, refine, finetune, adapt, tables, with one command.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { presets } from "./presets.ts";
import { experiments, type Size } from "./experiments.ts";
import { DEFAULT_ENCODER } from "./input/download.ts";
import { reproduce, type ReproduceOptions, stageNames } from "./pipeline.ts";
import { type TaskName, taskNamed } from "./tasks.ts";

const HELP = `Usage: deno task reproduce [options]

Runs the stages preprocess, refine, finetune, adapt and tables. Without options: on the set in
data/sample, in a few minutes. Finished runs are kept: interrupt it (Ctrl+C) and give the same
command again to go on.

  --size SIZE          sample (default), small or paper
  --data DIR           folder of the official files (default for sample: data/sample)
  --encoder E          ${DEFAULT_ENCODER} (default), a folder, or owner/name on the Hugging Face hub
  --only STAGES        some of ${stageNames.join(",")}
  --tasks TASKS        finetune and adapt these tasks only, as rte,scitail
  --fractions SHARES   adapt with these shares of the training rows only, as 0.01,0.1
  --seeds N            seeds 1 to N for every stage
  --steps N            at most N training steps a run
  --preset PRESET      fixed (default) or faithful
  --precision P        float32 (default) or bfloat16
  --threads N          threads of one operation (default: one per core)
  --results DIR        where results go (default: results)`;

/**
 * Reads the command line.
 *
 * @returns null where help is asked for.
 * @throws one sentence when an argument is unknown or has a value it can't have.
 *
 * @example
 * ```ts
 * import { parseReproduce } from "./reproduce.ts";
 * parseReproduce(["--size", "sample", "--seeds", "3"])?.seeds; // 3
 * ```
 */
export function parseReproduce(args: readonly string[]): ReproduceOptions | null {
  const options = parseArgs([...args], {
    boolean: ["help"],
    // deno-fmt-ignore
    string: [
      "size", "data", "encoder", "only", "tasks", "fractions", "seeds", "steps", "preset",
      "precision", "threads", "results",
    ],
    default: { size: "sample", encoder: DEFAULT_ENCODER, preset: "fixed", precision: "float32" },
    unknown: (argument) => {
      throw new Error(`Unknown argument "${argument}"; see deno task reproduce --help.`);
    },
  });
  if (options.help) return null;
  for (const name of ["data", "encoder", "results"] as const) {
    if (options[name] === "") throw new Error(`--${name} needs a value; see --help.`);
  }
  const size = oneOf("size", options.size, Object.keys(experiments) as Size[]);
  const only = list("only", options.only)?.map((name) => oneOf("only", name, stageNames));
  const tasks = list("tasks", options.tasks)?.map((name) => taskNamed(name).name as TaskName);
  const fractions = list("fractions", options.fractions)?.map((text) => {
    const value = Number(text);
    if (!(value > 0 && value <= 1)) {
      throw new Error(`--fractions has "${text}": expected numbers above 0 and up to 1.`);
    }
    return value;
  });
  return {
    size,
    data: options.data ?? sampleData(size, only ?? stageNames),
    encoder: options.encoder,
    stages: only ?? stageNames,
    preset: presets[oneOf("preset", options.preset, ["fixed", "faithful"] as const)],
    precision: oneOf("precision", options.precision, ["float32", "bfloat16"] as const),
    results: options.results ?? "results",
    ...optional("tasks", tasks),
    ...optional("fractions", fractions),
    ...optional("seeds", whole("seeds", options.seeds)),
    ...optional("maxSteps", whole("steps", options.steps)),
    ...optional("threads", whole("threads", options.threads)),
  };
}

/** The data folder where none is named: the tables alone are made without. */
function sampleData(size: Size, stages: readonly string[]): string {
  if (size === "sample" || stages.every((stage) => stage === "tables")) return "data/sample";
  throw new Error(`--size ${size} needs --data DIR, the folder of the official files.`);
}

function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [key in K]?: V };
}

function list(option: string, text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  if (parts.length > 0) return parts;
  throw new Error(`--${option} needs a value, or several with commas between; see --help.`);
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === value);
  if (found) return found;
  throw new Error(`--${option} has "${value}": expected one of ${allowed.join(", ")}.`);
}

function whole(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${option} has "${text}": expected a whole number above 0.`);
}

/** Exit codes of a program that a signal ends: 128 and the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Aborted by the first signal to stop; a second one ends the program at once. */
function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const names = Deno.build.os === "windows" ? ["SIGINT"] as const : ["SIGINT", "SIGTERM"] as const;
  for (const name of names) {
    Deno.addSignalListener(name, () => {
      if (controller.signal.aborted) Deno.exit(exitCodes[name]);
      controller.abort(name);
    });
  }
  return controller.signal;
}

if (import.meta.main) {
  const signal = stopOnSignals();
  let code = 0;
  try {
    const options = parseReproduce(Deno.args);
    if (options) await reproduce(options, signal);
    else console.log(HELP);
  } catch (error) {
    if (signal.aborted) {
      console.error("Stopped; finished runs are kept: give the same command again to go on.");
      code = exitCodes[signal.reason as keyof typeof exitCodes];
    } else {
      console.error(error instanceof Error ? error.message : String(error));
      code = 1;
    }
  }
  Deno.exit(code); // at once: unloading an opened TensorFlow crashes
}
