/**
 * Shows a run in a notebook while it is made: a line of progress, and the losses as they fall.
 *
 * @module
 */

import { plotLoss } from "../report/plots.ts";
import type { TerminalReporter } from "../run/console.ts";
import type { Step } from "../types.ts";
import { type LiveFigure, liveFigure, type LiveOutput, liveProgress } from "./live.ts";

/** Runs of fewer steps are over before their losses say anything. */
const WORTH_A_FIGURE = 100;

/**
 * A reporter of one run for the kernel that this runs in, or for another output.
 *
 * @example
 * ```ts ignore
 * const study = await openStudy({ size: "sample" }, { report: liveReporter });
 * ```
 */
export function liveReporter(name: string, output: LiveOutput = {}): TerminalReporter {
  const steps: Step[] = [];
  let progress: ReturnType<typeof liveProgress> | undefined;
  let figure: LiveFigure | undefined;
  let total = 0;
  let rows = 0;
  const end = async (text: string) => {
    await progress?.end(text);
    await figure?.end();
  };
  return {
    started: (all, done) => {
      total = all;
      progress = liveProgress({ label: name, total, ...output });
      if (total >= WORTH_A_FIGURE) figure = liveFigure(output);
      if (done > 0) progress.message(`${name} goes on after step ${done} of ${total}`);
    },
    step: (step) => {
      steps.push(step);
      rows += step.rows;
      const losses = step.loss === null ? {} : { [step.task]: step.loss };
      progress?.update({ done: step.step + 1, rows, losses });
      figure?.update(() => plotLoss(steps, { total, title: name }));
    },
    message: () => {}, // what a terminal is told beside the bar is noise below a cell
    finished: () => end("done"),
    failed: () => end("stopped"),
  };
}
