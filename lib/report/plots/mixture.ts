/**
 * How the tasks share an epoch.
 *
 * @module
 */

import { withCommas } from "../../base/status.ts";
import { createFigure, type Figure, type FigureTrace, type JsonObject } from "../figure.ts";
import { compareTasks } from "../runs.ts";
import { axis, palette, tint } from "../style.ts";
import { createPanels, type Panel } from "./panels.ts";

/** Options of {@linkcode plotMixture}. */
export interface MixtureFigureOptions {
  /** The usual one when left out. */
  readonly title?: string;
  /** Steps whose order is drawn, from the first; 160 when left out. */
  readonly order?: number;
}

/**
 * Steps of each task in an epoch as bars with their shares, and beside them the order of the first
 * steps (MT-DNN, Algorithm 1). Takes what `planEpoch` gives, or the steps of a log.
 *
 * Throws a RangeError for no steps.
 *
 * @example
 * ```ts
 * import { plotMixture } from "./mixture.ts";
 * plotMixture([{ task: "mnli" }, { task: "rte" }, { task: "mnli" }]).says;
 * // "An epoch of 3 steps: mnli 2, rte 1."
 * ```
 */
export function plotMixture(
  steps: readonly { readonly task: string }[],
  options: MixtureFigureOptions = {},
): Figure {
  if (steps.length === 0) throw new RangeError("Cannot plot a mixture of no steps");
  const counts = [...Map.groupBy(steps, ({ task }) => task)]
    .map(([task, own]) => ({ task, count: own.length }))
    .sort((a, b) => b.count - a.count || compareTasks(a.task, b.task));
  const shown = Math.min(steps.length, options.order ?? 160);
  const tasks = counts.map(({ task }) => task);
  const [left, right] = createPanels(2, { columns: 2, gapX: 0.04 });
  const rows = { range: [tasks.length - 0.5, -0.5], showgrid: false, ticks: "" };
  const names = { tickvals: tasks.map((_, i) => i), ticktext: tasks };
  return createFigure({
    title: options.title ?? "An epoch of the mixture",
    says: `An epoch of ${withCommas(steps.length)} steps: ${
      counts.map(({ task, count }) => `${task} ${withCommas(count)}`).join(", ")
    }.`,
    height: 140 + Math.max(90, 32 * tasks.length),
    data: [bars(counts, steps.length, left!), ticks(steps.slice(0, shown), tasks, right!)],
    layout: {
      ...left!.layout(
        axis("steps", { range: [0, 1.34 * counts[0]!.count], nticks: 5 }),
        axis("", { ...rows, ...names }),
      ),
      ...right!.layout(
        axis("step", { range: [-1, shown] }),
        axis("", { ...rows, ...names, showticklabels: false }),
      ),
      annotations: [
        left!.heading("Steps of each task", `${withCommas(steps.length)} in all`),
        right!.heading("Their order", `first ${withCommas(shown)} steps`),
      ],
      shapes: lanes(tasks.length, right!),
      bargap: 0.3,
      margin: { l: 24 + 8 * Math.max(...tasks.map((task) => task.length)), r: 24, t: 80, b: 52 },
    },
  });
}

function bars(
  counts: readonly { readonly count: number }[],
  all: number,
  { axes }: Panel,
): FigureTrace {
  return {
    type: "bar",
    orientation: "h",
    name: "steps",
    ...axes,
    x: counts.map(({ count }) => count),
    y: counts.map((_, i) => i),
    text: counts.map(({ count }) => `${withCommas(count)} (${share(count, all)})`),
    textposition: "outside",
    cliponaxis: false,
    textfont: { size: 11 },
    marker: { color: tint(palette.blue, 0.8) },
    hovertemplate: "%{x} steps<extra></extra>",
  };
}

function share(count: number, all: number): string {
  const percent = (100 * count) / all;
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

function ticks(
  steps: readonly { readonly task: string }[],
  tasks: readonly string[],
  { axes }: Panel,
): FigureTrace {
  return {
    type: "scatter",
    mode: "markers",
    name: "order",
    ...axes,
    x: steps.map((_, i) => i),
    y: steps.map(({ task }) => tasks.indexOf(task)),
    marker: { symbol: "line-ns", size: 15, line: { width: 1.8, color: palette.blue } },
    hovertemplate: "step %{x}<extra></extra>",
  };
}

/** A light ground for every other task. */
function lanes(count: number, { axes }: Panel): JsonObject[] {
  return Array.from({ length: Math.ceil(count / 2) }, (_, i) => ({
    type: "rect",
    xref: `${axes.xaxis} domain`,
    x0: 0,
    x1: 1,
    yref: axes.yaxis,
    y0: 2 * i - 0.5,
    y1: 2 * i + 0.5,
    layer: "below",
    fillcolor: "#f3f4f6",
    line: { width: 0 },
  }));
}
