/**
 * The two presets: `fixed` follows the paper, `faithful` repeats the defects of the reference program
 * (version 0.1) so that its numbers can be reproduced. Each difference is one switch, and presets in
 * between are called by the switches that differ: `fixed+decayEverything`.
 *
 * They are turned into plain options of reading, training and scoring here and nowhere else.
 *
 * @module
 */

import { HEAD_DROPOUT } from "./train/task.ts";

/** Name of a switch. */
export type SwitchName =
  | "headDropoutAtEvaluation"
  | "decayEverything"
  | "sameDropoutForAllTasks"
  | "loseFirstColaRow"
  | "wnliLabelAsHypothesis"
  | "shuffleRowsOnce"
  | "unsortedBatches"
  | "idlePartsDrift"
  | "stepsPerPart"
  | "scheduleJumps"
  | "keepPremiseCut"
  | "rankingTestFromTraining"
  | "wordDropoutHitsSpecials"
  | "weightNormSkipsInitialisation";

/** The switches, and what the reference program does where one is on. */
export const defects: Readonly<Record<SwitchName, string>> = {
  headDropoutAtEvaluation: "dropout of linear heads stays on while evaluating",
  decayEverything: "weight decay also acts on biases and layer norms",
  sameDropoutForAllTasks: "heads use one dropout rate, not the task's own (MNLI 0.3, CoLA 0.05)",
  loseFirstColaRow: "CoLA's files are read as if their first row were a header",
  wnliLabelAsHypothesis: "WNLI reads sentence2 as premise and the label as hypothesis",
  shuffleRowsOnce: "rows are shuffled once, not anew each epoch",
  unsortedBatches: "batches are not sorted by length in pools",
  idlePartsDrift: "parts that had a gradient once go on moving on other tasks' batches",
  stepsPerPart: "encoder, pooler and each head count their own steps for the schedule",
  scheduleJumps: "the rate jumps from 1 to 0.9 at the end of the warm-up",
  keepPremiseCut: "a ranking premise, once cut for a candidate, stays cut for the next ones",
  rankingTestFromTraining: "the test rows of ranking are read from the training file",
  wordDropoutHitsSpecials: "word dropout may hit [CLS] and [SEP]",
  weightNormSkipsInitialisation:
    "weight-normed linear layers start uniformly within 1 / sqrt(inputs), not from N(0, 0.02)",
};

/** All switches, in the order of the tables. */
export const switchNames = Object.keys(defects) as readonly SwitchName[];

/** Its name, and each switch: true repeats the reference program's defect. */
export type Preset = { readonly name: string } & Readonly<Record<SwitchName, boolean>>;

/**
 * Both presets by name.
 *
 * @example
 * ```ts
 * import { presets } from "./presets.ts";
 * presets.fixed.decayEverything; // false
 * ```
 */
export const presets: Readonly<Record<"fixed" | "faithful", Preset>> = {
  fixed: presetWith([]),
  faithful: presetWith(switchNames),
};

/**
 * The preset where just these switches are on. It is called after the nearer of `fixed` and
 * `faithful`, and the switches that differ from it in the order of the alphabet; so whoever asks for
 * the same switches gets the same name, which folders and tables carry.
 *
 * @example
 * ```ts
 * import { presetWith } from "./presets.ts";
 * presetWith(["stepsPerPart", "decayEverything"]).name; // "fixed+decayEverything+stepsPerPart"
 * ```
 */
export function presetWith(on: readonly SwitchName[]): Preset {
  const off = switchNames.filter((name) => !on.includes(name));
  const listed = (sign: string, names: readonly SwitchName[]) =>
    names.toSorted().map((name) => sign + name).join("");
  const chosen = switchNames.filter((name) => on.includes(name));
  const name = chosen.length <= off.length
    ? `fixed${listed("+", chosen)}`
    : `faithful${listed("-", off)}`;
  const switches = Object.fromEntries(switchNames.map((each) => [each, on.includes(each)]));
  return { name, ...switches as Record<SwitchName, boolean> };
}

/**
 * The preset that a text asks for: `fixed` or `faithful`, with switches to turn on after a "+" and to
 * turn off after a "-".
 *
 * @throws one sentence with the known names when the text has another one, or turns on what is on or
 * off what is off.
 *
 * @example
 * ```ts
 * import { presetNamed } from "./presets.ts";
 * presetNamed("faithful-idlePartsDrift").idlePartsDrift; // false
 * ```
 */
export function presetNamed(text: string): Preset {
  const [base, ...changes] = text.split(/(?=[+-])/);
  const on = base === "fixed" ? [] : base === "faithful" ? [...switchNames] : null;
  const refuse = (why: string): never => {
    throw new Error(
      `Unknown preset "${text}": ${why}; expected fixed or faithful, or one of them with switches ` +
        `turned on or off, as fixed+decayEverything or faithful-idlePartsDrift; the switches are ` +
        `${switchNames.join(", ")}.`,
    );
  };
  if (on === null) return refuse(`it starts with "${base}"`);
  for (const change of changes) {
    const found = switchNames.find((name) => name === change.slice(1));
    if (!found) return refuse(`there is no switch "${change.slice(1)}"`);
    const turnsOn = change.startsWith("+");
    if (on.includes(found) === turnsOn) {
      return refuse(`"${found}" is ${turnsOn ? "on" : "off"} already`);
    }
    if (turnsOn) on.push(found);
    else on.splice(on.indexOf(found), 1);
  }
  return presetWith(on);
}

/** What a preset comes to, as plain options of those who read, start, train and score. */
export interface PresetOptions {
  /** How official files are read and cut. */
  readonly reading: {
    /** Tasks whose labelled files lose their first row. */
    readonly losesFirstRow: readonly string[];
    /** Whether WNLI reads sentence2 as premise and the label as hypothesis. */
    readonly labelAsHypothesis: boolean;
    /** Whether the test rows of ranking are read from the training file. */
    readonly rankingTestFromTraining: boolean;
    /** Whether a ranking premise, once cut for a candidate, stays cut for the next ones. */
    readonly keepPremiseCut: boolean;
  };
  /** How a network starts. */
  readonly starting: {
    /** Whether weight-normed linear layers start uniformly within 1 / sqrt(inputs). */
    readonly skipNormed: boolean;
  };
  /** How training goes; added to a recipe. */
  readonly training: {
    /** Dropout of every head, in place of the tasks' own. */
    readonly headDropout?: number;
    readonly schedule?: "reference";
    readonly decayEverything: boolean;
    readonly reshuffle: boolean;
    /** Batches that are sorted by length together. */
    readonly pool: number;
    readonly idlePartsDrift: boolean;
    readonly stepsPerPart: boolean;
    readonly dropSpecials: boolean;
  };
  /** How dev rows are scored. */
  readonly scoring: {
    /** Dropout of linear heads while evaluating. */
    readonly headDropout: number;
  };
}

/** Batches that are sorted by length together, unless a preset says otherwise. */
const POOL = 32;

/**
 * A preset in plain options.
 *
 * @example
 * ```ts
 * import { presetOptions, presets } from "./presets.ts";
 * presetOptions(presets.faithful).training.pool; // 1
 * ```
 */
export function presetOptions(preset: Preset): PresetOptions {
  return {
    reading: {
      losesFirstRow: preset.loseFirstColaRow ? ["cola"] : [],
      labelAsHypothesis: preset.wnliLabelAsHypothesis,
      rankingTestFromTraining: preset.rankingTestFromTraining,
      keepPremiseCut: preset.keepPremiseCut,
    },
    starting: { skipNormed: preset.weightNormSkipsInitialisation },
    training: {
      ...(preset.sameDropoutForAllTasks && { headDropout: HEAD_DROPOUT }),
      ...(preset.scheduleJumps && { schedule: "reference" }),
      decayEverything: preset.decayEverything,
      reshuffle: !preset.shuffleRowsOnce,
      pool: preset.unsortedBatches ? 1 : POOL,
      idlePartsDrift: preset.idlePartsDrift,
      stepsPerPart: preset.stepsPerPart,
      dropSpecials: preset.wordDropoutHitsSpecials,
    },
    scoring: { headDropout: preset.headDropoutAtEvaluation ? HEAD_DROPOUT : 0 },
  };
}
