/**
 * What a notebook imports: the study it works with, ways to show things, and what cells do with rows
 * and runs.
 *
 * @module
 */

import { stopSignal } from "./stop.ts"; // first: from here on the stop button stops
import { liveReporter } from "./reporter.ts";
import { display, note, show } from "./display.ts";
import type { Figure } from "../report/figure.ts";
import { writeFigure } from "../report/figure_files.ts";
import { parseReproduce } from "../run/options.ts";
import { openStudy, type Study } from "./study.ts";

export { display, note, show };
export { type CellValue, type Column, table, type TableOptions, type TableRow } from "./table.ts";
export { type Bundle, DISPLAY, type Displayable } from "./output.ts";
export { piecesOf } from "./pieces.ts";
export {
  compareEncoders,
  comparisonFindings,
  lossChanges,
  runFindings,
  tableRows,
} from "./findings.ts";
export * as plots from "../report/plots.ts";
export { createRandom } from "../base/random.ts";
export { collate, planBatches } from "../input/batches.ts";
export { planMixture } from "../train/mixture.ts";
export { refinementTasks, tasks } from "../tasks.ts";
export type { Piece } from "./pieces.ts";
export type { EncoderComparison, LossChange } from "./findings.ts";
export type { FinishedRun, ScoredSplit, SplitChoice } from "./finished.ts";
export type { Mistake, PreparedSplit, RowAttention, Study } from "./study.ts";
export type { BatchOptions, BatchPlan } from "../input/batches.ts";
export type { Mixture, MixtureOptions, PlannedStep } from "../train/mixture.ts";
export type { Dropped } from "../input/readers.ts";
export type { PredictionRow } from "../run/artifacts.ts";
export type { SavingPolicy } from "../run/checkpoints.ts";
export type { Prepared } from "../run/dataset.ts";
export type { ReproduceOptions, StageName, StartName } from "../run/options.ts";
export type { RunRecord } from "../run/results.ts";

/** A study whose figures are kept. */
export interface NotebookStudy extends Study {
  /**
   * Shows a figure, and writes it to `figures` in the results folder, as SVG and PNG named by the
   * study's size and `name`.
   */
  figure(name: string, figure: Figure): Promise<void>;
}

/** What a parameters cell holds, as the options of `deno task reproduce`. */
export interface NotebookParameters {
  /** Size of the experiments: sample, small or paper. */
  readonly size: string;
  /** Folder of the official files; the sample's own when empty. */
  readonly data: string;
  /** Folder of the runs; that of the size when empty: results/sample, or results for real data. */
  readonly results: string;
  /** More options, as "--precision bfloat16 --seeds 3". */
  readonly options: string;
}

/**
 * Opens a study for the notebook that this runs in: runs that are missing are made with a bar and
 * live losses below the cell, and the stop button stops them after the current step. Paths are
 * relative to the project's folder.
 *
 * @throws one sentence that says what to do, when an option can't be, or the data, the encoder or the
 * library is missing.
 *
 * @example
 * ```ts
 * import { openNotebook } from "./mod.ts";
 * const study = await openNotebook({ size: "sample", data: "", results: "", options: "" });
 * const { features } = await study.prepared("rte", "dev");
 * console.log(study.tokenizer.piece(features.tokens[0]!)); // [CLS]
 * ```
 */
export async function openNotebook(parameters: NotebookParameters): Promise<NotebookStudy> {
  const { size, data, results: folder, options: more } = parameters;
  const given = [
    `--size=${size}`,
    ...(data === "" ? [] : [`--data=${data}`]),
    ...(folder === "" ? [] : [`--results=${folder}`]),
  ];
  const options = parseReproduce([...given, ...more.split(/\s+/).filter((word) => word !== "")]);
  if (!options) throw new Error("options has --help: run deno task reproduce --help.");
  const study = await openStudy(options, {
    report: (name) => liveReporter(name),
    signal: stopSignal,
  });
  const { results } = study.options;
  return {
    ...study,
    figure: async (name, figure) => {
      await writeFigure(`${results}/figures`, `${size}-${name}`, figure);
      await display(show(figure));
    },
  };
}
