/**
 * The loss of each task while a run trains.
 *
 * @module
 */

import { withCommas } from "../../base/status.ts";
import type { Step } from "../../types.ts";
import { createFigure, type Figure, type FigureTrace, type JsonObject } from "../figure.ts";
import { compareTasks } from "../runs.ts";
import { axis, palette, RAW } from "../style.ts";
import { createPanels, type Panel } from "./panels.ts";
import { type Series, seriesOf, smoothed, thin, topOf } from "./series.ts";

/** Options of {@linkcode plotLoss}. */
export interface LossOptions {
  /** The usual one when left out. */
  readonly title?: string;
  /** Steps the run will have, so that a live figure's axes stand still. */
  readonly total?: number;
}

/** Points drawn of all tasks together; each is a shape of its own, which takes time. */
const POINTS = 900;
/** Points of a line. */
const LINE = 120;

/**
 * The loss of each task against the step, a panel for each: faint points are steps, the line is a
 * running mean over a twentieth of the task's steps. Losses of tasks are not comparable (cross
 * entropy here, squared error there), so each panel has its own scale. Fit for being drawn again
 * and again while a run goes on: no more than a few hundred points a task.
 *
 * Throws a RangeError for no steps, and where a loss is not finite.
 *
 * @example
 * ```ts
 * import { plotLoss } from "./loss.ts";
 * const step = { epoch: 0, gradientNorm: 1, learningRate: 5e-5, rows: 32, tokens: 900, seconds: 0.2 };
 * const steps = [0.7, 0.6].map((loss, i) => ({ ...step, step: i, task: "rte", loss }));
 * plotLoss(steps).says; // "Training loss of 1 task over 2 steps: rte 0.650 at the end."
 * ```
 */
export function plotLoss(steps: readonly Step[], options: LossOptions = {}): Figure {
  if (steps.length === 0) {
    throw new RangeError("Cannot plot the loss of no steps: train first, or read a log.jsonl");
  }
  const byTask = [...Map.groupBy(steps, ({ task }) => task)]
    .sort(([a], [b]) => compareTasks(a, b));
  const columns = byTask.length <= 3 ? byTask.length : byTask.length <= 6 ? 3 : 4;
  const rows = Math.ceil(byTask.length / columns);
  const panels = createPanels(byTask.length, { columns, gapX: 0.055, gapY: 0.36 / (rows + 0.5) });
  const end = options.total ?? steps.reduce((most, { step }) => Math.max(most, step + 1), 0);
  const points = Math.min(300, Math.floor(POINTS / byTask.length));
  const drawn = byTask.map(([task, own], i) => lossPanel(task, own, panels[i]!, { end, points }));
  const skipped = drawn.reduce((sum, panel) => sum + panel.skipped, 0);
  const last = drawn.map(({ task, final }) => `${task} ${final?.toFixed(3) ?? "-"}`).join(", ");
  return createFigure({
    title: options.title ?? "Training loss",
    subtitle: "points: steps; line: running mean over a twentieth of the task's steps; each task " +
      `has its own scale${skipped === 0 ? "" : `; crosses: ${withCommas(skipped)} skipped steps`}`,
    says: `Training loss of ${byTask.length} task${byTask.length === 1 ? "" : "s"} over ` +
      `${withCommas(steps.length)} steps: ${last} at the end.`,
    height: rows === 1 ? 340 : 130 + 190 * rows,
    data: drawn.flatMap(({ traces }) => traces),
    layout: {
      ...Object.assign({}, ...drawn.map(({ layout }) => layout)) as JsonObject,
      annotations: drawn.map(({ heading }) => heading),
      margin: { l: 60, r: 20, t: 100, b: 52 },
    },
  });
}

function lossPanel(
  task: string,
  steps: readonly Step[],
  panel: Panel,
  { end, points }: { readonly end: number; readonly points: number },
) {
  const series = seriesOf(steps, ({ loss }) => loss);
  const skipped = steps.filter(({ loss }) => loss === null).map(({ step }) => step);
  const window = Math.max(1, Math.round(series.y.length / 20));
  const line = smoothed(series, { window, most: LINE });
  const final = line.y.at(-1) ?? null;
  const top = topOf(series.y, line.y);
  return {
    task,
    final,
    skipped: skipped.length,
    traces: [
      pointsOf(thin(series, points), task, panel),
      lineOf(line, task, panel),
      ...(skipped.length === 0
        ? []
        : [skippedOf(thin({ x: skipped, y: skipped.map(() => top) }, points), task, panel)]),
    ],
    layout: panel.layout(
      axis(panel.lowest ? "step" : "", { range: [0, Math.max(end, 1)], nticks: 4 }),
      axis(panel.first ? "loss" : "", { range: [0, 1.05 * top], nticks: 5 }),
    ),
    heading: panel.heading(
      task,
      `${final?.toFixed(3) ?? "no loss"} after ${withCommas(steps.length)} steps`,
    ),
  };
}

function pointsOf(series: Series, name: string, panel: Panel): FigureTrace {
  return {
    type: "scatter",
    mode: "markers",
    name: `${name}, steps`,
    ...series,
    ...panel.axes,
    marker: { size: 3.5, ...RAW },
    hoverinfo: "skip",
  };
}

function lineOf(series: Series, name: string, panel: Panel): FigureTrace {
  return {
    // one point is no line yet, but a run has begun
    type: "scatter",
    mode: series.x.length === 1 ? "markers" : "lines",
    name,
    ...series,
    ...panel.axes,
    marker: { color: palette.blue, size: 5 },
    line: { color: palette.blue, width: 2.2 },
  };
}

/** Steps without a finite loss, as crosses along the upper edge. */
function skippedOf(series: Series, name: string, panel: Panel): FigureTrace {
  return {
    type: "scatter",
    mode: "markers",
    name: `${name}, skipped`,
    ...series,
    ...panel.axes,
    marker: { size: 7, symbol: "x", color: palette.vermilion },
  };
}
