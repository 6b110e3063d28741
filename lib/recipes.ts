/**
 * The experiments of the paper as typed values, in three sizes.
 *
 * - `sample`: the set in data/sample; all stages in minutes on two cores, with linear heads, which
 *   learn faster from few rows. Shows that everything works; its scores compare with nothing.
 * - `small`: real data for a small encoder (6 layers, width 384): one epoch of refinement with the
 *   higher rates such an encoder needs. About 4,300 steps on the subsets this project was tried with.
 * - `paper`: the settings of the paper (section 4.2) for BERT-base; days on a CPU.
 *
 * @module
 */

import { refinementTasks, type TaskName } from "./tasks.ts";

/** Size of the experiments. */
export type Size = "sample" | "small" | "paper";

/** Stage of the workflow that trains. */
export type Stage = "refine" | "finetune" | "adapt";

/** How one run learns. */
export interface Recipe {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Greatest number of pieces in a sequence. */
  readonly maxLength: number;
  /** Chance that a piece of a training batch is replaced by [UNK]; 0 when left out. */
  readonly wordDropout?: number;
}

/** One stage of a size. */
export interface Experiment {
  readonly tasks: readonly TaskName[];
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

const paper: Recipe = { epochs: 5, batchSize: 32, learningRate: 5e-5, maxLength: 512 };

/** All experiments by size and stage. */
export const experiments: Readonly<Record<Size, Readonly<Record<Stage, Experiment>>>> = {
  sample: {
    refine: {
      tasks: refinementTasks,
      recipe: { epochs: 2, batchSize: 32, learningRate: 5e-4, maxLength: 64 },
      head: ["mrpc"], // elsewhere it learns too slowly for so few rows
      fractions: [],
      seeds: 1,
    },
    finetune: {
      tasks: finetuned.filter((name) => name !== "mnli"), // its 1,200 rows take a tenth of the run
      recipe: { epochs: 1, batchSize: 32, learningRate: 3e-4, maxLength: 64 },
      head: "linear",
      fractions: [],
      seeds: 1,
    },
    adapt: {
      tasks: domains,
      recipe: { epochs: 3, batchSize: 32, learningRate: 3e-4, maxLength: 64 },
      head: "linear",
      fractions: [0.1],
      seeds: 2,
    },
  },
  small: {
    refine: {
      tasks: refinementTasks,
      recipe: { epochs: 1, batchSize: 32, learningRate: 2e-4, maxLength: 128 },
      head: "san",
      fractions: [],
      seeds: 1,
    },
    finetune: {
      tasks: finetuned,
      recipe: { epochs: 3, batchSize: 32, learningRate: 2e-4, maxLength: 128 },
      head: "linear",
      fractions: [],
      seeds: 1,
    },
    adapt: {
      tasks: domains,
      recipe: { epochs: 5, batchSize: 32, learningRate: 2e-4, maxLength: 128 },
      head: "linear",
      fractions: FRACTIONS,
      seeds: 5,
    },
  },
  paper: {
    refine: { tasks: refinementTasks, recipe: paper, head: "san", fractions: [], seeds: 1 },
    finetune: {
      tasks: finetuned,
      recipe: { ...paper, learningRate: 2e-5 },
      head: "linear",
      fractions: [],
      seeds: 1,
    },
    adapt: { tasks: domains, recipe: paper, head: "linear", fractions: FRACTIONS, seeds: 5 },
  },
};

/** How the checkpoint that is scored is chosen, in words for the tables. */
export const selection: Readonly<Record<Stage, string>> = {
  refine: "the epoch with the greatest mean of MNLI and RTE dev accuracy (all tasks where either " +
    "is missing)",
  finetune: "the epoch with the greatest first metric on dev",
  adapt: "the epoch with the greatest first metric on dev",
};
