/**
 * What a person at a terminal sees of the stages.
 *
 * @module
 */

import type { Prepared } from "./dataset.ts";
import { consoleOutput, createProgress } from "../base/progress.ts";
import type { RunSummary } from "../report/runs.ts";
import type { RunReporter } from "./perform.ts";
import type { Task } from "../train/task.ts";
import type { Step } from "../types.ts";

/** Scores of a split. */
export type Scored = Pick<RunSummary, "task" | "split" | "scores">;

/** A reporter that also says how a run ended. */
export interface TerminalReporter extends RunReporter {
  finished(summaries: readonly Scored[]): void | Promise<void>;
  failed(): void | Promise<void>;
}

/**
 * Shows one run as a line of progress, and its scores when it is finished; `place` is where it stands
 * among others.
 */
export function runReporter(name: string, place?: string): TerminalReporter {
  const label = place === undefined ? name : `${name} (${place})`;
  let progress: ReturnType<typeof createProgress> | undefined;
  let rows = 0;
  return {
    started: (total, done) => {
      progress = createProgress({ label, total, ...consoleOutput() });
      if (done > 0) progress.message(`${name}: goes on after step ${done} of ${total}`);
    },
    step: ({ step, task, loss, rows: more }: Step) => {
      rows += more;
      const losses = loss === null ? {} : { [task]: loss };
      progress?.update({ done: step + 1, rows, losses });
    },
    message: (text) => progress?.message(text),
    finished: (summaries) => progress?.end(`${name}: ${summaries.map(scoresText).join("; ")}`),
    failed: () => progress?.end(`${name}: stopped`),
  };
}

function scoresText({ task, split, scores }: Scored): string {
  const values = Object.entries(scores)
    .map(([metric, value]) => `${metric} ${value === null ? "-" : value.toFixed(1)}`);
  return `${task} ${split} ${values.join(", ")}`;
}

/** A table of prepared splits, one line each. */
export function reportPrepared(
  report: readonly { task: Task; split: string; prepared: Prepared }[],
  seconds: number,
): string {
  const lines = report.map(({ task, split, prepared }) => {
    const { features, file, subset, dropped, empty, truncated, fromCache, problem } = prepared;
    const notes = [
      ...dropped.map(({ reason, count }) => `${count} left out: ${reason}`),
      ...(empty > 0 ? [`${empty} with an empty text`] : []),
      ...(truncated > 0 ? [`${truncated} cut`] : []),
      ...(subset ? ["part of the official split"] : []),
      ...(fromCache ? ["from the cache"] : []),
      ...(problem ? [problem] : []),
    ];
    const count = features.rows.length.toLocaleString("en").padStart(9);
    return `  ${task.title.padEnd(16)}${split.padEnd(16)}${count} rows  ${file}` +
      (notes.length > 0 ? ` (${notes.join("; ")})` : "");
  });
  const total = report.reduce((sum, { prepared }) => sum + prepared.features.rows.length, 0);
  return [
    "Preprocessed",
    ...lines,
    `  ${total.toLocaleString("en")} rows in ${seconds.toFixed(1)} s`,
  ].join("\n");
}
