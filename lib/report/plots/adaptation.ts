/**
 * Domain adaptation as a curve: dev accuracy against the share of the training rows.
 *
 * @module
 */

import { withCommas } from "../../base/status.ts";
import { cellNumbers } from "../cells.ts";
import { configurationName, isGenerated } from "../configuration.ts";
import { createFigure, type Figure, type FigureTrace, type JsonObject, WIDTH } from "../figure.ts";
import { findPublished } from "../published.ts";
import { compareTasks, percentage, type RunRow } from "../runs.ts";
import {
  axis,
  errorBars,
  legendAbove,
  legendNames,
  marks,
  type SeriesStyle,
  topWithLegend,
} from "../style.ts";
import { createPanels, type Panel } from "./panels.ts";

/** Options of {@linkcode plotAdaptation}. */
export interface AdaptationOptions {
  /** The usual one when left out. */
  readonly title?: string;
  /** Tasks that have a panel even without a run; those with runs come anyway. */
  readonly tasks?: readonly string[];
}

type Side = "plain" | "refined";
const sides: readonly Side[] = ["plain", "refined"];

/** Shares at which the paper has numbers. */
const shares = [0.001, 0.01, 0.1, 1];
/** The two encoders stand a little apart, or their spreads would cover each other. */
const nudge = { plain: 0.94, refined: 1.06 } as const;

/**
 * Dev accuracy against the share of training rows, a panel for each task: our means ± standard
 * deviation over draws, every draw a faint point, and the published curves dashed, but for the
 * generated sample.
 *
 * Takes rows of one configuration, as `collectRows` makes them; those of other experiments, splits
 * and metrics are left out. Throws a RangeError where configurations are mixed or there is nothing
 * to show.
 *
 * @example
 * ```ts
 * import { plotAdaptation } from "./adaptation.ts";
 * plotAdaptation([], { tasks: ["scitail"] }).says;
 * // "Dev accuracy by share of training rows: scitail no run yet."
 * ```
 */
export function plotAdaptation(rows: readonly RunRow[], options: AdaptationOptions = {}): Figure {
  const adapted = rows.filter(({ experiment, metric, split }) =>
    experiment === "adapt" && metric === "accuracy" && split === "dev"
  );
  const names = [...new Set(adapted.map(configurationName))];
  requireOneCurve(adapted, names);
  const tasks = [...new Set([...options.tasks ?? [], ...adapted.map(({ task }) => task)])]
    .sort(compareTasks);
  if (tasks.length === 0) throw new RangeError("Cannot plot adaptation without runs or tasks");
  const least = leastOf(adapted);
  const panels = createPanels(tasks.length, { columns: tasks.length, gapX: 0.07 });
  const real = !adapted.some(isGenerated);
  const drawn = tasks.map((task, i) =>
    curves(task, adapted.filter((row) => row.task === task), { panel: panels[i]!, least, real })
  );
  const data = once(drawn.flatMap(({ traces }) => traces));
  const top = 20 + topWithLegend(legendNames(data), WIDTH - 88);
  return createFigure({
    title: options.title ?? "Adaptation to a new domain",
    subtitle: `${names[0] ?? "published numbers only"}; ${spreadOf(adapted)}`,
    says: `Dev accuracy by share of training rows: ${drawn.map(({ words }) => words).join("; ")}.`,
    height: top + 370,
    data,
    layout: {
      ...Object.assign({}, ...drawn.map(({ layout }) => layout)) as JsonObject,
      annotations: drawn.map(({ heading }) => heading),
      showlegend: true,
      legend: { ...legendAbove, y: 1.07 },
      margin: { l: 64, r: 24, t: top, b: 68 },
    },
  });
}

/** Throws where marks of one share would not be of the same kind of run. */
function requireOneCurve(rows: readonly RunRow[], names: readonly string[]): void {
  const refuse = (what: string) => {
    throw new RangeError(`Cannot plot ${what} in one curve: expected one; filter the rows`);
  };
  if (names.length > 1) refuse(`configurations ${names.join(" and ")}`);
  const heads = new Map<string, string>();
  for (const { task, fraction, head } of rows) {
    const place = `${task} at ${percentage(fraction ?? 1)}`;
    const other = heads.get(place);
    if (other !== undefined) refuse(`two rows of ${place} (heads ${other} and ${head})`);
    heads.set(place, head);
  }
}

/** What the spread is, where there is one. */
function spreadOf(rows: readonly RunRow[]): string {
  const draws = rows.flatMap((row) => sides.map((side) => row[side].length)).filter((n) => n > 0);
  const [least, most] = [Math.min(...draws), Math.max(...draws)];
  if (draws.length === 0) return "no run yet";
  if (most === 1) return "one draw of the rows (n = 1), so no spread";
  const n = least === most ? String(most) : `${least} to ${most}`;
  return `mean ± sd over ${n} draws of the rows, each draw faint`;
}

/** A round accuracy below every mark; chance of two labels, or less where a draw has less. */
function leastOf(rows: readonly RunRow[]): number {
  const values = rows.flatMap(({ plain, refined }) => [...plain, ...refined])
    .flatMap(({ value }) => value === null ? [] : [value]);
  return Math.floor(Math.min(50, ...values) / 10) * 10;
}

function curves(
  task: string,
  rows: readonly RunRow[],
  { panel, least, real }: { panel: Panel; least: number; real: boolean },
) {
  const words = rows.flatMap((row) =>
    sides.flatMap((side) => {
      const { mean } = cellNumbers(row[side]);
      return mean === null ? [] : [`${percentage(row.fraction ?? 1)} ${side} ${mean.toFixed(1)}`];
    })
  );
  const counts = new Map(rows.map((row) => [row.fraction ?? 1, row.rows.train]));
  const ticktext = shares.map((share) => {
    const count = counts.get(share);
    return `${percentage(share)}<br>${count === undefined ? " " : `${withCommas(count)} rows`}`;
  });
  return {
    words: `${task} ${words.length === 0 ? "no run yet" : words.join(", ")}`,
    traces: [
      ...sides.flatMap((side) => real ? publishedCurve(task, side, panel) : []),
      ...sides.flatMap((side) => ownCurve(rows, side, panel)),
    ],
    layout: panel.layout(
      axis("share of the training rows", {
        type: "log",
        range: [-3.25, 0.25],
        tickvals: shares,
        ticktext,
      }),
      axis(panel.first ? "dev accuracy (%)" : "", {
        range: [least - 2, 100],
        dtick: 10,
        tick0: 50,
      }),
    ),
    heading: panel.heading(task),
  };
}

function publishedCurve(task: string, side: Side, { axes }: Panel): FigureTrace[] {
  const mark: SeriesStyle = side === "plain" ? marks.publishedPlain : marks.publishedRefined;
  const numbers = findPublished({ task, encoder: side, experiment: "adapt", size: "base" })
    .filter(({ split, fraction }) => split === "dev" && fraction !== undefined);
  if (numbers.length === 0) return [];
  const name = `published ${numbers[0]!.system}, base`;
  return [{
    type: "scatter",
    mode: "lines+markers",
    name,
    legendgroup: name,
    ...axes,
    x: numbers.map(({ fraction }) => fraction!),
    y: numbers.map(({ value }) => value),
    marker: { symbol: mark.symbol, size: 8, color: mark.color, line: { width: 1.6 } },
    line: { color: mark.color, width: 1.6, dash: mark.dash },
    hovertemplate: `%{y:.1f}<extra>${name}</extra>`,
  }];
}

/** The line of the means, and behind it every draw. */
function ownCurve(rows: readonly RunRow[], side: Side, { axes }: Panel): FigureTrace[] {
  const mark: SeriesStyle = marks[side];
  const means = rows.flatMap((row) => {
    const { mean, sd } = cellNumbers(row[side]);
    return mean === null ? [] : [{ x: (row.fraction ?? 1) * nudge[side], mean, sd: sd ?? 0 }];
  });
  if (means.length === 0) return [];
  const draws = rows.flatMap((row) =>
    row[side].length < 2 ? [] : row[side].flatMap(({ value }) =>
      // further out than the mean, on the side of its encoder
      value === null ? [] : [{ x: (row.fraction ?? 1) * nudge[side] ** 3, value }]
    )
  );
  return [
    ...(draws.length === 0 ? [] : [drawsOf(draws, mark, axes)]),
    {
      type: "scatter",
      mode: "lines+markers",
      name: mark.name,
      legendgroup: mark.name,
      ...axes,
      x: means.map(({ x }) => x),
      y: means.map(({ mean }) => mean),
      marker: { symbol: mark.symbol, size: 9, color: mark.color },
      line: { color: mark.color, width: 2.2, dash: mark.dash },
      ...(draws.length > 0 && { error_y: errorBars(means.map(({ sd }) => sd), mark) }),
      hovertemplate: `%{y:.1f}<extra>${mark.name}</extra>`,
    },
  ];
}

function drawsOf(
  draws: readonly { readonly x: number; readonly value: number }[],
  { name, color, symbol }: SeriesStyle,
  axes: Panel["axes"],
): FigureTrace {
  return {
    type: "scatter",
    mode: "markers",
    name: `${name}, each draw`,
    ...axes,
    x: draws.map(({ x }) => x),
    y: draws.map(({ value }) => value),
    marker: { symbol, size: 5, color, opacity: 0.4 },
    showlegend: false,
    hovertemplate: "%{y:.1f}<extra>one draw</extra>",
  };
}

/** One entry in the legend for the same curve of all panels. */
function once(traces: readonly FigureTrace[]): FigureTrace[] {
  const named = new Set<string>();
  return traces.map((trace) => {
    if (typeof trace.legendgroup !== "string") return trace;
    const showlegend = !named.has(trace.legendgroup);
    named.add(trace.legendgroup);
    return { ...trace, showlegend };
  });
}
