/**
 * `deno task reproduce`: preprocess, refine, finetune, adapt, tables, with one command.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { presets } from "./presets.ts";
import { experiments, type Size } from "./experiments.ts";
import { DEFAULT_ENCODER } from "./input/download.ts";
import { reproduce, type ReproduceOptions, type StageName, stageNames } from "./pipeline.ts";
import { type TaskName, taskNamed } from "./tasks.ts";

const HELP = `Usage: deno task reproduce [options]

Runs the stages preprocess, refine, finetune, adapt and tables. Without options: on the set in
data/sample, in a few minutes.

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
  const size = oneOf("size", options.size, Object.keys(experiments) as Size[]);
  const data = options.data ?? (size === "sample" ? "data/sample" : undefined);
  if (!data) {
    throw new Error(`--size ${size} needs --data DIR, the folder of the official files.`);
  }
  const only = list(options.only)?.map((name) => oneOf("only", name, stageNames));
  const tasks = list(options.tasks)?.map((name) => taskNamed(name).name as TaskName);
  const fractions = list(options.fractions)?.map((text) => {
    const value = Number(text);
    if (!(value > 0 && value <= 1)) {
      throw new Error(`--fractions has "${text}": expected numbers above 0 and up to 1.`);
    }
    return value;
  });
  return {
    size,
    data,
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

function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [key in K]?: V };
}

function list(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
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

if (import.meta.main) {
  let code = 0;
  try {
    const options = parseReproduce(Deno.args);
    if (options) await reproduce(options);
    else console.log(HELP);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    code = 1;
  }
  Deno.exit(code);
}
