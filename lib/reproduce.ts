/**
 * `deno task reproduce`: preprocess, refine, finetune, adapt, tables, with one command.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { list, MOST_SEEDS, MOST_THREADS, oneOf, optional, whole } from "./arguments.ts";
import { quote } from "./quote.ts";
import { presetNamed } from "./presets.ts";
import { experiments, type Size } from "./experiments.ts";
import { DEFAULT_ENCODER } from "./input/download.ts";
import { reproduce } from "./pipeline.ts";
import { exitCodeOf, stopOnSignals } from "./stopping.ts";
import { type TaskName, taskNamed } from "./tasks.ts";
import { type NotebooksOptions, runNotebooks } from "./notebooks.ts";
import { type ReproduceOptions, stageNames, tasksOf } from "./workshop.ts";

const HELP = `Usage: deno task reproduce [options]

Runs the stages preprocess, refine, finetune, adapt and tables, and then the notebooks, which draw
what came of them. Without options: on the set in data/sample, in a few minutes. Finished runs are kept, and an unfinished one goes on from its last
checkpoint: interrupt it (Ctrl+C) and give the same command again.

  --size SIZE          sample (default), small or paper
  --data DIR           folder of the official files (default for sample: data/sample)
  --encoder E          ${DEFAULT_ENCODER} (default), a folder, or owner/name on the Hugging Face hub
  --only STAGES        some of ${stageNames.join(",")}
  --tasks TASKS        finetune and adapt these tasks only, as rte,scitail
  --fractions SHARES   adapt with these shares of the training rows only, as 0.01,0.1
  --seeds N            seeds 1 to N for every stage
  --steps N            at most N training steps a run
  --preset PRESET      fixed (default), faithful, or one of them with switches turned on or off, as
                       fixed+decayEverything or faithful-idlePartsDrift
  --precision P        float32 (default) or bfloat16
  --threads N          threads that work at the same time (default: one per core)
  --save-steps N       save a checkpoint every N steps of a run (default: every 5 minutes)
  --keep-weights       keep the weights of every run's best epoch (default: of refinement only)
  --non-finite WHAT    stop (default) at a loss that is not finite, or skip such steps and count them
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
    boolean: ["help", "keep-weights"],
    // deno-fmt-ignore
    string: [
      "size", "data", "encoder", "only", "tasks", "fractions", "seeds", "steps", "preset",
      "precision", "threads", "results", "save-steps", "non-finite",
    ],
    // deno-fmt-ignore
    default: {
      size: "sample", encoder: DEFAULT_ENCODER, preset: "fixed", precision: "float32",
      "non-finite": "stop",
    },
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
      throw new Error(`--fractions has ${quote(text)}: expected numbers above 0 and up to 1.`);
    }
    return value;
  });
  const saveSteps = whole("save-steps", options["save-steps"]);
  const nonFinite = oneOf("non-finite", options["non-finite"], ["stop", "skip"] as const);
  return {
    size,
    data: options.data ?? sampleData(size, only ?? stageNames),
    encoder: options.encoder,
    stages: only ?? stageNames,
    preset: presetNamed(options.preset),
    precision: oneOf("precision", options.precision, ["float32", "bfloat16"] as const),
    results: options.results ?? "results",
    ...optional("tasks", tasks),
    ...optional("fractions", fractions),
    ...optional("seeds", whole("seeds", options.seeds, MOST_SEEDS)),
    ...optional("maxSteps", whole("steps", options.steps)),
    ...optional("threads", whole("threads", options.threads, MOST_THREADS)),
    ...(saveSteps !== undefined && { saving: { steps: saveSteps } }),
    ...(options["keep-weights"] && { keepWeights: true }),
    ...(nonFinite === "skip" && { nonFinite }),
  };
}

const SAMPLE = "data/sample";

/**
 * The notebooks that draw the runs of a command, with its options; null where they are left out.
 *
 * @example
 * ```ts
 * import { notebooksOf, parseReproduce } from "./reproduce.ts";
 * notebooksOf(parseReproduce(["--tasks", "rte", "--seeds", "3"])!);
 * // { only: ["01", "02", "03"], size: "sample", options: "--tasks=rte --seeds=3", ... }
 * ```
 */
export function notebooksOf(options: ReproduceOptions): NotebooksOptions | null {
  const { size, data, results, stages, preset, precision, encoder } = options;
  if (!stages.includes("notebooks")) return null;
  const more = {
    ...{ encoder: encoder === DEFAULT_ENCODER ? undefined : encoder },
    ...{ preset: preset.name === "fixed" ? undefined : preset.name },
    ...{ precision: precision === "float32" ? undefined : precision },
    ...{ tasks: options.tasks, fractions: options.fractions, seeds: options.seeds },
    ...{ steps: options.maxSteps, threads: options.threads, "non-finite": options.nonFinite },
  };
  const drawn = { "01": true, "02": true, "03": "finetune", "04": "adapt" } as const;
  const has = (stage: true | "finetune" | "adapt") =>
    stage === true || tasksOf(options, stage).length > 0;
  return {
    only: Object.entries(drawn).filter(([, stage]) => has(stage)).map(([name]) => name),
    ...{ size, results },
    ...(data !== SAMPLE && { data }),
    options: Object.entries(more).filter(([, value]) => value !== undefined)
      .map(([name, value]) => `--${name}=${value}`).join(" "),
  };
}

/** The data folder where none is named: the tables alone are made without. */
function sampleData(size: Size, stages: readonly string[]): string {
  if (size === "sample" || stages.every((stage) => stage === "tables")) return SAMPLE;
  throw new Error(`--size ${size} needs --data DIR, the folder of the official files.`);
}

if (import.meta.main) {
  const signal = stopOnSignals();
  let code = 0;
  try {
    const options = parseReproduce(Deno.args);
    if (options) {
      await reproduce(options, signal);
      const notebooks = notebooksOf(options);
      const index = notebooks && await runNotebooks(notebooks, signal);
      if (index) console.log(`Notebooks: ${index}`);
    } else console.log(HELP);
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      console.error("Stopped; what is done is saved: give the same command again to go on.");
      code = exitCodeOf(signal);
    } else {
      console.error(error instanceof Error ? error.message : String(error));
      code = 1;
    }
  }
  Deno.exit(code); // at once: unloading an opened TensorFlow crashes
}
