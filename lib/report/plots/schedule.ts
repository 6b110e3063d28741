/**
 * The learning rate and the length of the gradients while a run trains.
 *
 * @module
 */

import { withCommas } from "../../base/status.ts";
import type { Step } from "../../types.ts";
import { createFigure, type Figure, type FigureTrace, type JsonObject } from "../figure.ts";
import { axis, legendAbove, palette, RAW } from "../style.ts";
import { createPanels, type Panel } from "./panels.ts";
import { type Series, seriesOf, smoothed, thin, topOf } from "./series.ts";

/** Options of {@linkcode plotSchedule}. */
export interface ScheduleOptions {
  /** The usual one when left out. */
  readonly title?: string;
  /** Norm to which gradients were clipped, drawn as a line. */
  readonly clip?: number;
}

/**
 * Learning rate and global gradient norm (before clipping) against the step, one above the other.
 *
 * Throws a RangeError for no steps, and where a norm is not finite.
 *
 * @example
 * ```ts
 * import { plotSchedule } from "./schedule.ts";
 * const step = { epoch: 0, loss: 1, gradientNorm: 2, rows: 32, tokens: 900, seconds: 0.2 };
 * const steps = [0, 5e-5].map((learningRate, i) => ({ ...step, step: i, task: "rte", learningRate }));
 * plotSchedule(steps, { clip: 1 }).says.includes("peaks at 5e-5"); // true
 * ```
 */
export function plotSchedule(steps: readonly Step[], options: ScheduleOptions = {}): Figure {
  if (steps.length === 0) {
    throw new RangeError("Cannot plot the learning rate of no steps: train first");
  }
  const rates = seriesOf(steps, ({ learningRate }) => learningRate);
  const norms = seriesOf(steps, ({ gradientNorm }) => gradientNorm);
  const window = Math.max(1, Math.round(steps.length / 50));
  const line = smoothed(norms, { window, most: 250 });
  const [upper, lower] = createPanels(2, { columns: 1, gapY: 0.2, heights: [2, 3] });
  const top = Math.max(topOf(norms.y, line.y), options.clip ?? 0);
  const range = [0, Math.max(1, ...steps.map(({ step }) => step + 1).slice(-1))];
  const peak = rates.y.reduce((most, rate) => Math.max(most, rate), 0);
  const clipped = share(norms.y, options.clip);
  return createFigure({
    title: options.title ?? "Learning rate and gradient norm",
    says: `The learning rate peaks at ${short(peak)} over ${withCommas(steps.length)} steps` +
      `${clipped === null ? "" : `; ${clipped} of the gradients are longer than ${options.clip}`}.`,
    height: 460,
    data: [
      rateTrace(thin(rates, 400), upper!),
      ...normTraces(thin(norms, 600), line, lower!),
      ...(options.clip === undefined ? [] : [clipTrace(range, options.clip, lower!)]),
    ],
    layout: {
      ...upper!.layout(axis("", { range, showticklabels: false }), rateAxis(peak)),
      ...lower!.layout(axis("step", { range }), axis("gradient norm", { range: [0, 1.05 * top] })),
      showlegend: true,
      legend: { ...legendAbove, y: 0.57 },
      margin: { l: 84, r: 24, t: 56, b: 52 },
    },
  });
}

function rateAxis(peak: number): JsonObject {
  return axis("learning rate", {
    range: [0, 1.08 * (peak || 1)],
    exponentformat: "e",
    nticks: 5,
  });
}

function rateTrace(series: Series, panel: Panel): FigureTrace {
  return {
    type: "scatter",
    mode: "lines",
    name: "learning rate",
    ...series,
    ...panel.axes,
    line: { color: palette.green, width: 2.2 },
    showlegend: false,
  };
}

function normTraces(points: Series, line: Series, panel: Panel): FigureTrace[] {
  return [{
    type: "scatter",
    mode: "markers",
    name: "step",
    ...points,
    ...panel.axes,
    marker: { size: 3.5, ...RAW },
    hoverinfo: "skip",
  }, {
    type: "scatter",
    mode: "lines",
    name: "running mean",
    ...line,
    ...panel.axes,
    line: { color: palette.blue, width: 2.2 },
  }];
}

function clipTrace(range: readonly number[], clip: number, panel: Panel): FigureTrace {
  return {
    type: "scatter",
    mode: "lines",
    name: `clipped to ${clip}`,
    ...panel.axes,
    x: range,
    y: [clip, clip],
    line: { color: palette.vermilion, width: 1.6, dash: "dash" },
  };
}

function share(values: readonly number[], above: number | undefined): string | null {
  if (above === undefined) return null;
  const longer = values.filter((value) => value > above).length;
  return `${Math.round((100 * longer) / values.length)} %`;
}

/** 0.0002 as 2e-4. */
function short(value: number): string {
  return value === 0 ? "0" : value.toExponential(1).replace(".0e", "e");
}
