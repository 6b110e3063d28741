/**
 * What a person asks for: the stages, data, encoder and settings of a command line.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { resolve } from "node:path";
import { list, MOST_SEEDS, MOST_THREADS, oneOf, optional, wholeNumber } from "../base/arguments.ts";
import { quote } from "../base/quote.ts";
import { DEFAULT_ENCODER } from "../hub/encoders.ts";
import { type Preset, presetNamed } from "../presets.ts";
import { experiments, type Size, type Stage } from "../recipes.ts";
import { type TaskName, taskNamed, tasks } from "../tasks.ts";
import type { Precision } from "../tensorflow/operations/matmul.ts";
import type { NonFinitePolicy } from "../train/options.ts";
import type { SavingPolicy } from "./checkpoints.ts";

/** Name of a stage. */
export type StageName = "preprocess" | Stage | "tables" | "notebooks";

/** Names of the stages in their order. */
export const stageNames: readonly StageName[] = [
  "preprocess",
  "refine",
  "finetune",
  "adapt",
  "tables",
  "notebooks",
];

/** What runs after refining start from: the pretrained encoder, or the one that refining leaves. */
export type StartName = "plain" | "refined";

/** Names of the starts. */
const startNames: readonly StartName[] = ["plain", "refined"];

/** What to reproduce. */
export interface ReproduceOptions {
  /** Which recipes. */
  readonly size: Size;
  /** Folder of the official files. */
  readonly data: string;
  /** Name or folder of the encoder. */
  readonly encoder: string;
  /** The stages to do. */
  readonly stages: readonly StageName[];
  /** Finetune and adapt from this encoder alone; from both when left out. */
  readonly from?: StartName;
  /** Finetune and adapt these tasks alone; all when left out. */
  readonly tasks?: readonly TaskName[];
  /** Adapt with these shares of the training rows; the size's own when left out. */
  readonly fractions?: readonly number[];
  /** Runs with seeds 1 to this; the size's own number when left out. */
  readonly seeds?: number;
  /** Stop each run after so many steps. */
  readonly maxSteps?: number;
  /** Which defects of the reference program are repeated. */
  readonly preset: Preset;
  /** Arithmetic of matrix products. */
  readonly precision: Precision;
  /** What a step does whose loss is not finite; "stop" when left out. */
  readonly nonFinite?: NonFinitePolicy;
  /** Threads that TensorFlow may use; all cores when left out. */
  readonly threads?: number;
  /** Folder of the runs. */
  readonly results: string;
  /** When an unfinished run saves a checkpoint. */
  readonly saving?: SavingPolicy;
  /** Keep the weights of every run's best epoch, not only of the multi-task stage. */
  readonly keepWeights?: boolean;
}

/** The stages that train, in their order. */
export const trainingStages = ["refine", "finetune", "adapt"] as const satisfies readonly Stage[];

/** The data folder of the size "sample". */
export const SAMPLE = "data/sample";

/** What `deno task reproduce --help` prints. */
export const HELP = `Usage: deno task reproduce [options]

Runs the stages preprocess, refine, finetune, adapt and tables, and then the notebooks, which draw
what came of them. Without options: on the set in data/sample, in a few minutes. Finished runs are kept, and an unfinished one goes on from its last
checkpoint: interrupt it (Ctrl+C) and give the same command again.

  --size SIZE          sample (default), small or paper
  --data DIR           folder of the official files (default for sample: data/sample)
  --encoder E          ${DEFAULT_ENCODER} (default), a folder, or owner/name on the Hugging Face hub
  --only STAGES        some of ${stageNames.join(",")}
  --from START         finetune and adapt from plain, refined or both (default) encoders
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
  --results DIR        where results go (default for sample: results/sample, else: results)`;

/**
 * Reads the command line.
 *
 * @returns null where help is asked for.
 * @throws one sentence when an argument is unknown or has a value it can't have.
 *
 * @example
 * ```ts
 * import { parseReproduce } from "./options.ts";
 * parseReproduce(["--size", "sample", "--seeds", "3"])?.seeds; // 3
 * ```
 */
export function parseReproduce(args: readonly string[]): ReproduceOptions | null {
  const options = parseArgs([...args], {
    boolean: ["help", "keep-weights"],
    // deno-fmt-ignore
    string: [
      "size", "data", "encoder", "only", "from", "tasks", "fractions", "seeds", "steps", "preset",
      "precision", "threads", "results", "save-steps", "non-finite",
    ],
    // deno-fmt-ignore
    default: {
      size: "sample", encoder: DEFAULT_ENCODER, preset: "fixed", precision: "float32",
      from: "both", "non-finite": "stop",
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
  const from = oneOf("from", options.from, [...startNames, "both"]);
  const saveSteps = wholeNumber("save-steps", options["save-steps"]);
  const nonFinite = oneOf("non-finite", options["non-finite"], ["stop", "skip"] as const);
  return {
    size,
    data: dataFolder(options.data, size, only ?? stageNames),
    encoder: options.encoder,
    stages: only ?? stageNames,
    preset: presetNamed(options.preset),
    precision: oneOf("precision", options.precision, ["float32", "bfloat16"] as const),
    results: options.results ?? resultsFolder(size),
    ...(from !== "both" && { from }),
    ...optional("tasks", tasks),
    ...optional("fractions", fractions),
    ...optional("seeds", wholeNumber("seeds", options.seeds, MOST_SEEDS)),
    ...optional("maxSteps", wholeNumber("steps", options.steps)),
    ...optional("threads", wholeNumber("threads", options.threads, MOST_THREADS)),
    ...(saveSteps !== undefined && { saving: { steps: saveSteps } }),
    ...(options["keep-weights"] && { keepWeights: true }),
    ...(nonFinite === "skip" && { nonFinite }),
  };
}

/** The data folder: the sample's is for its own size, and the tables alone are made without. */
function dataFolder(named: string | undefined, size: Size, stages: readonly string[]): string {
  if (size === "sample" || stages.every((stage) => stage === "tables")) return named ?? SAMPLE;
  if (named === undefined) {
    throw new Error(`--size ${size} needs --data DIR, the folder of the official files.`);
  }
  // Its scores would stand beside published ones.
  if (resolve(named) === resolve(SAMPLE)) {
    throw new Error(
      `--size ${size} needs official files, and ${SAMPLE} is generated: leave out --size or ` +
        `correct --data.`,
    );
  }
  return named;
}

/**
 * Where results go unless another folder is named: those of the sample aside, where git ignores
 * them, those of real data where they are committed.
 *
 * @example
 * ```ts
 * import { resultsFolder } from "./options.ts";
 * resultsFolder("sample"); // "results/sample"
 * ```
 */
export function resultsFolder(size: Size): string {
  return size === "sample" ? "results/sample" : "results";
}

/** The tasks of a stage: all, or those that are chosen. */
export function tasksOf(
  options: Pick<ReproduceOptions, "size" | "tasks">,
  stage: Stage,
): readonly TaskName[] {
  const { [stage]: { tasks: all }, adapt } = experiments[options.size];
  const { tasks: chosen } = options;
  if (stage === "refine" || !chosen) return all;
  const kept = all.filter((name) => chosen.includes(name));
  if (stage === "adapt") return kept;
  // a task outside the lists, as ranking, is finetuned when it is asked for by name
  const others = chosen.filter((name) =>
    !all.includes(name) && !adapt.tasks.includes(name) && tasks[name].splits.train
  );
  return [...kept, ...others];
}

/** The encoders that runs after refining start from. */
export function startsOf({ from }: Pick<ReproduceOptions, "from">): readonly StartName[] {
  return from === undefined ? startNames : [from];
}

/** Shares of the training rows to adapt with. */
export function fractionsOf(
  { fractions, size }: Pick<ReproduceOptions, "fractions" | "size">,
): readonly number[] {
  return fractions ?? experiments[size].adapt.fractions;
}

/** The tasks whose files the chosen stages read; what starts from the refined encoder reads its tasks'. */
export function tasksToRead(options: ReproduceOptions): Set<TaskName> {
  const chosen = trainingStages.filter((stage) => options.stages.includes(stage));
  const stages = new Set<Stage>(chosen.length > 0 ? chosen : trainingStages);
  if (startsOf(options).includes("refined")) stages.add("refine");
  return new Set(
    trainingStages.filter((stage) => stages.has(stage)).flatMap((stage) => tasksOf(options, stage)),
  );
}
