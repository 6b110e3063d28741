/**
 * The two presets: `fixed` follows the paper, `faithful` repeats the defects of the reference program
 * (version 0.1) so that its numbers can be reproduced. Each difference is one switch.
 *
 * @module
 */

/** Switches; true repeats the reference program's behaviour. */
export interface Preset {
  readonly name: "fixed" | "faithful";
  /** Dropout of linear heads stays on while evaluating. */
  readonly headDropoutAtEvaluation: boolean;
  /** Weight decay also acts on biases and layer norms. */
  readonly decayEverything: boolean;
  /** Heads use one dropout rate, not the task's own (MNLI 0.3, CoLA 0.05). */
  readonly sameDropoutForAllTasks: boolean;
  /** CoLA's files are read as if their first row were a header. */
  readonly loseFirstColaRow: boolean;
  /** WNLI reads sentence2 as premise and the label as hypothesis. */
  readonly wnliLabelAsHypothesis: boolean;
  /** Rows are shuffled once, not anew each epoch. */
  readonly shuffleRowsOnce: boolean;
  /** Batches are not sorted by length in pools; each is padded to whatever it holds. */
  readonly unsortedBatches: boolean;
  /** Parts that had a gradient once go on moving on other tasks' batches. */
  readonly idlePartsDrift: boolean;
  /** Encoder, pooler and each head count their own steps for the schedule. */
  readonly stepsPerPart: boolean;
  /** The rate jumps from 1 to 0.9 at the end of the warm-up. */
  readonly scheduleJumps: boolean;
  /** The premise of a ranking row, once cut for a candidate, stays cut for the next ones. */
  readonly keepPremiseCut: boolean;
}

const switches = (on: boolean) => ({
  headDropoutAtEvaluation: on,
  decayEverything: on,
  sameDropoutForAllTasks: on,
  loseFirstColaRow: on,
  wnliLabelAsHypothesis: on,
  shuffleRowsOnce: on,
  unsortedBatches: on,
  idlePartsDrift: on,
  stepsPerPart: on,
  scheduleJumps: on,
  keepPremiseCut: on,
});

/**
 * Both presets by name.
 *
 * @example
 * ```ts
 * import { presets } from "./presets.ts";
 * presets.fixed.decayEverything; // false
 * ```
 */
export const presets: Readonly<Record<Preset["name"], Preset>> = {
  fixed: { name: "fixed", ...switches(false) },
  faithful: { name: "faithful", ...switches(true) },
};
