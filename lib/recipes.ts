/**
 * The recipes and experiments of the paper as typed values, in three sizes.
 *
 * - `sample`: the set in data/sample; all stages in minutes on two cores, with linear heads, which
 *   learn faster from few rows. Shows that everything works; its scores compare with nothing.
 * - `small`: real data for a small encoder (6 layers, width 384): one epoch of refinement with the
 *   higher rates such an encoder needs. About 4,300 steps on the subsets this project was tried with.
 * - `paper`: the settings of the paper (section 4.2) for BERT-base; days on a CPU.
 *
 * @module
 */

import type { Mixing } from "./input/sampling.ts";
import { refinementTasks, type TaskName } from "./tasks.ts";
import type { OptimizerName } from "./train/optimizers.ts";
import type { ScheduleName } from "./train/schedule.ts";

/** Size of the experiments. */
export type Size = "sample" | "small" | "paper";

/** Stage of the workflow that trains. */
export type Stage = "refine" | "finetune" | "adapt";

/** How one run learns, whole: what a run adds is its seed, its precision and what a preset changes. */
export interface Recipe {
  /** Passes over the mixture. */
  readonly epochs: number;
  /** Rows in a batch. */
  readonly batchSize: number;
  /** The greatest rate, which the schedule scales. */
  readonly learningRate: number;
  /** What makes updates of gradients. */
  readonly optimizer: OptimizerName;
  /** How the rate changes over the steps. */
  readonly schedule: ScheduleName;
  /** Share of the steps over which the rate rises. */
  readonly warmUp: number;
  /** What the optimiser takes off each weight, as a share of the rate. */
  readonly weightDecay: number;
  /** Greatest global norm of the gradients. */
  readonly clip: number;
  /** How the batches of several tasks are mixed. */
  readonly mixing: Mixing;
  /** Greatest number of pieces in a sequence. */
  readonly maxLength: number;
  /** Chance that a piece of a training batch is replaced by [UNK]; 0 when left out. */
  readonly wordDropout?: number;
}

/** One stage of a size. */
export interface Experiment {
  /** In the order of the tables. */
  readonly tasks: readonly TaskName[];
  /** How each of its runs learns. */
  readonly recipe: Recipe;
  /** "san" uses the answer head on the tasks the paper uses it on; a list on these alone. */
  readonly head: "linear" | "san" | readonly TaskName[];
  /** Shares of the training rows; adaptation only. */
  readonly fractions: readonly number[];
  /** Runs with seeds 1 to this, unless the command line says otherwise. */
  readonly seeds: number;
}

/** Every task with an own head, in the order of the tables. */
const finetuned = [...refinementTasks, "wnli"] as const satisfies readonly TaskName[];
const domains = ["scitail", "snli"] as const satisfies readonly TaskName[];

/** Shares of the training rows (paper, table 5). */
const FRACTIONS = [0.001, 0.01, 0.1, 1] as const;

/** What all recipes have in common (paper, section 4.2, and the reference program). */
const common = {
  batchSize: 32,
  optimizer: "adamax",
  schedule: "triangle",
  warmUp: 0.1,
  weightDecay: 0.01,
  clip: 1,
  mixing: { mode: "all" },
} as const satisfies Partial<Recipe>;

/** The settings of the paper (section 4.2), with which everything but finetuning is done. */
const paper: Recipe = { ...common, epochs: 5, learningRate: 5e-5, maxLength: 512 };

/**
 * All recipes by size and stage; costs are those of two cores.
 *
 * @example
 * ```ts
 * import { recipes } from "./recipes.ts";
 * recipes.paper.refine.learningRate; // 5e-5
 * ```
 */
export const recipes: Readonly<Record<Size, Readonly<Record<Stage, Recipe>>>> = {
  sample: {
    /**
     * `deno task reproduce --only refine`: 284 steps, one to two minutes. The sample's sentences are
     * generated, so its scores compare with nothing: SST-2 96, MRPC 76, RTE 55, MNLI 52 on dev.
     */
    refine: { ...common, epochs: 2, learningRate: 5e-4, maxLength: 64 },
    /**
     * `deno task reproduce --only finetune`: 16 runs of up to 19 steps, about a minute and a half.
     * RTE 51 from the plain encoder, 62 from the refined one; SST-2 58 and 97.
     */
    finetune: { ...common, epochs: 1, learningRate: 3e-4, maxLength: 64 },
    /**
     * `deno task reproduce --only adapt`: 8 runs of 12 steps, a tenth of the rows, about a minute.
     * SciTail 50 from the plain encoder, 66 and 70 from the refined one.
     */
    adapt: { ...common, epochs: 3, learningRate: 3e-4, maxLength: 64 },
  },
  small: {
    /**
     * `deno task reproduce --size small --data DIR --only refine`: 4,306 steps on the subsets named
     * in the tables, 17 minutes in bfloat16. Dev: MNLI 66, RTE 66, QNLI 82, SST-2 89, STS-B 85.
     */
    refine: { ...common, epochs: 1, learningRate: 2e-4, maxLength: 128 },
    /**
     * `deno task reproduce --size small --data DIR --only finetune`: 18 runs. CoLA, of 804 steps,
     * 3 minutes each: a dev MCC of 29 from the plain encoder, 31 from the refined one.
     */
    finetune: { ...common, epochs: 3, learningRate: 2e-4, maxLength: 128 },
    /**
     * `deno task reproduce --size small --data DIR --only adapt`: 80 runs. SciTail at 1 %, 40 steps:
     * dev accuracy 62 +- 8 from the plain encoder, 83 +- 2 from the refined one.
     */
    adapt: { ...common, epochs: 5, learningRate: 2e-4, maxLength: 128 },
  },
  paper: {
    /**
     * `deno task reproduce --size paper --data DIR --encoder BERT --only refine`: days on a CPU, and
     * never run here. Published dev scores with BERT-large: MNLI 87.1, RTE 83.4 (paper, table 3).
     */
    refine: paper,
    /** `... --only finetune`: as above; the rate is that of the reference program's script for RTE. */
    finetune: { ...paper, learningRate: 2e-5 },
    /** `... --only adapt`: as above. Published: SciTail at 1 % 88.3, SNLI 85.2 (paper, table 5). */
    adapt: paper,
  },
};

/** All experiments by size and stage. */
export const experiments: Readonly<Record<Size, Readonly<Record<Stage, Experiment>>>> = {
  sample: {
    refine: {
      tasks: refinementTasks,
      recipe: recipes.sample.refine,
      head: ["mrpc"], // elsewhere it learns too slowly for so few rows
      fractions: [],
      seeds: 1,
    },
    finetune: {
      tasks: finetuned.filter((name) => name !== "mnli"), // its 1,200 rows take a tenth of the run
      recipe: recipes.sample.finetune,
      head: "linear",
      fractions: [],
      seeds: 1,
    },
    adapt: {
      tasks: domains,
      recipe: recipes.sample.adapt,
      head: "linear",
      fractions: [0.1],
      seeds: 2,
    },
  },
  small: experimentsOf("small"),
  paper: experimentsOf("paper"),
};

/** The experiments of real data, alike but for their recipes. */
function experimentsOf(size: "small" | "paper"): Readonly<Record<Stage, Experiment>> {
  const { refine, finetune, adapt } = recipes[size];
  return {
    refine: { tasks: refinementTasks, recipe: refine, head: "san", fractions: [], seeds: 1 },
    finetune: { tasks: finetuned, recipe: finetune, head: "linear", fractions: [], seeds: 1 },
    adapt: { tasks: domains, recipe: adapt, head: "linear", fractions: FRACTIONS, seeds: 5 },
  };
}

/** How the checkpoint that is scored is chosen, in words for the tables. */
export const selection: Readonly<Record<Stage, string>> = {
  refine: "the epoch with the greatest mean of MNLI and RTE dev accuracy (all tasks where either " +
    "is missing)",
  finetune: "the epoch with the greatest first metric on dev",
  adapt: "the epoch with the greatest first metric on dev",
};
