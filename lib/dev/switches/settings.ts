/**
 * What each switch is tried in: short trainings in which it can make a difference.
 *
 * @module
 */

import { type Recipe, recipes } from "../../recipes.ts";
import { answer, type Head } from "../../model/heads.ts";
import { type Preset, presets, presetWith, type SwitchName, switchNames } from "../../presets.ts";
import type { Task } from "../../train/task.ts";
import { type TaskName, tasks } from "../../tasks.ts";
import type { Precision } from "../../tensorflow/operations/matmul.ts";

/** What is compared with `fixed`: a switch alone, all of them, or the other precision. */
export type VariantName = SwitchName | "faithful" | "bfloat16";

/** All variants, in the order of the table. */
export const variantNames: readonly VariantName[] = [...switchNames, "faithful", "bfloat16"];

/** One setting: every variant in it, and `fixed`, is trained with the same rows and seeds. */
export interface Setting {
  /** Name of its folder. */
  readonly name: string;
  /** Tasks that are trained together. */
  readonly tasks: readonly TaskName[];
  readonly head: "linear" | "weight-normed answer";
  /** Greatest number of training rows of a task, where the command line doesn't say another. */
  readonly rows: number;
  readonly recipe: Recipe;
  readonly variants: readonly VariantName[];
}

/** Greatest number of scored rows of a task. */
export const DEV_ROWS = 200;

/** As the sample is refined, whose rows these trainings draw. */
const recipe: Recipe = recipes.sample.refine;

/** So few that all trainings with three seeds take half an hour to an hour on two cores. */
const ROWS = 96;

/** All settings. */
export const settings: readonly Setting[] = [
  {
    name: "together",
    tasks: ["cola", "mrpc", "stsb", "mnli", "wnli"],
    head: "linear",
    rows: ROWS,
    recipe,
    variants: [
      ...["headDropoutAtEvaluation", "decayEverything", "sameDropoutForAllTasks"] as const,
      ...["loseFirstColaRow", "wnliLabelAsHypothesis", "shuffleRowsOnce"] as const,
      ...["unsortedBatches", "idlePartsDrift", "stepsPerPart", "scheduleJumps"] as const,
      ...["faithful", "bfloat16"] as const,
    ],
  },
  {
    name: "ranking",
    tasks: ["qnli_rank"],
    head: "linear",
    rows: 2 * ROWS,
    // Short enough for a few premises to be cut: beside a sentence, a question hardly ever is.
    recipe: { ...recipe, maxLength: 24 },
    variants: ["keepPremiseCut", "rankingTestFromTraining"],
  },
  {
    name: "word-dropout",
    tasks: ["mrpc", "mnli"],
    head: "linear",
    rows: 2 * ROWS,
    recipe: { ...recipe, wordDropout: 0.1 },
    variants: ["wordDropoutHitsSpecials"],
  },
  {
    name: "weight-norm",
    tasks: ["mrpc", "mnli"],
    head: "weight-normed answer",
    rows: 2 * ROWS,
    recipe,
    variants: ["weightNormSkipsInitialisation"],
  },
];

/** Variants that no training shows: they change rows that are predicted but not scored. */
export const unscored: readonly VariantName[] = ["rankingTestFromTraining"];

/** The variants of a setting that differ from `fixed` in their scores. */
export function scoredVariants({ variants }: Setting, precision: Precision): VariantName[] {
  return variants.filter((variant) => !unscored.includes(variant) && variant !== precision);
}

/** The preset of a variant; of `fixed` itself where it is left out. */
export function presetOf(variant?: VariantName): Preset {
  if (variant === undefined || variant === "bfloat16") return presets.fixed;
  return variant === "faithful" ? presets.faithful : presetWith([variant]);
}

/** The precision of a variant, all others having that of the command. */
export function precisionOf(variant: VariantName | undefined, precision: Precision): Precision {
  return variant === "bfloat16" ? "bfloat16" : precision;
}

/** The head of a task in a setting. */
export function headOf({ head }: Setting, task: Task): Head {
  return head === "linear" ? task.head : answer({ weightNorm: true });
}

/** The tasks of a setting. */
export function settingTasks(setting: Setting): Task[] {
  return setting.tasks.map((name): Task => tasks[name]);
}
