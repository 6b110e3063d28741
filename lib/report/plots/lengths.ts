/**
 * How long rows are, in word pieces.
 *
 * @module
 */

import { withCommas } from "../../base/status.ts";
import { median, quantile } from "../../metrics/statistics.ts";
import type { Features } from "../../types.ts";
import { createFigure, type Figure, type FigureTrace, type JsonObject } from "../figure.ts";
import { compareTasks } from "../runs.ts";
import { axis, legendAbove, palette, tint } from "../style.ts";
import { createPanels, type Panel } from "./panels.ts";

/** The lengths of one split. */
export interface SplitLengths {
  /** Name of the task. */
  readonly task: string;
  /** Name of the split. */
  readonly split: string;
  /** [sequences] word pieces of each, special ones counted. */
  readonly lengths: ArrayLike<number>;
}

/** Options of {@linkcode plotLengths}. */
export interface LengthOptions {
  /** The usual one when left out. */
  readonly title?: string;
  /** Pieces that a row may have, drawn as a line where a panel reaches so far. */
  readonly maxLength?: number;
}

/**
 * Word pieces of each sequence of a split; a ranking row has one for each candidate.
 *
 * @example
 * ```ts
 * import { lengthsOf } from "./lengths.ts";
 * lengthsOf({ offsets: Int32Array.of(0, 3, 8) }); // Int32Array [3, 5]
 * ```
 */
export function lengthsOf({ offsets }: Pick<Features, "offsets">): Int32Array {
  return Int32Array.from(
    { length: offsets.length - 1 },
    (_, s) => offsets[s + 1]! - offsets[s]!,
  );
}

/** Most bars of a panel. */
const BINS = 40;

/** How splits are told apart, in the order they come up: the first filled, the others outlines. */
const looks = [
  { color: palette.sky, dash: "solid", filled: true },
  { color: palette.vermilion, dash: "solid", filled: false },
  { color: palette.black, dash: "dash", filled: false },
  { color: palette.green, dash: "dot", filled: false },
] as const;

type Look = typeof looks[number];

/**
 * A histogram of lengths for each task, its splits on top of each other as shares of their rows.
 * The axes differ, so that short tasks can be read; they end where 99.5 % of the rows do, and the
 * longest row is in the heading.
 *
 * Throws a RangeError for no splits, an empty one, and more than four names of splits.
 *
 * @example
 * ```ts
 * import { plotLengths } from "./lengths.ts";
 * const lengths = Int32Array.of(5, 9, 12);
 * plotLengths([{ task: "cola", split: "train", lengths }]).says;
 * // "Pieces of a row: cola has a median of 9 and at most 12."
 * ```
 */
export function plotLengths(splits: readonly SplitLengths[], options: LengthOptions = {}): Figure {
  const lookOf = looksOf(splits);
  const byTask = [...Map.groupBy(splits, ({ task }) => task)]
    .sort(([a], [b]) => compareTasks(a, b));
  const columns = Math.min(byTask.length, byTask.length <= 6 ? 3 : 4);
  const rows = Math.ceil(byTask.length / columns);
  const panels = createPanels(byTask.length, { columns, gapX: 0.055, gapY: 0.36 / (rows + 0.5) });
  const named = new Set<string>();
  const drawn = byTask.map(([task, own], i) => {
    const traces = (edges: Edges) =>
      own.map((one) => {
        const showlegend = !named.has(one.split);
        named.add(one.split);
        return histogram(one, edges, lookOf(one.split), panels[i]!, showlegend);
      });
    return lengthPanel(task, own, panels[i]!, traces, options.maxLength);
  });
  const height = rows === 1 ? 360 : 170 + 185 * rows;
  const limited = drawn.some(({ shapes }) => shapes.length > 0);
  return createFigure({
    title: options.title ?? "Length of rows",
    subtitle: "share of each split's rows by number of word pieces; each task has its own scale" +
      (limited ? `; dashed: the maximum of ${options.maxLength}` : ""),
    says: `Pieces of a row: ${drawn.map(({ words }) => words).join(", ")}.`,
    height,
    data: drawn.flatMap(({ traces }) => traces),
    layout: {
      ...Object.assign({}, ...drawn.map(({ layout }) => layout)) as JsonObject,
      annotations: drawn.map(({ heading }) => heading),
      shapes: drawn.flatMap(({ shapes }) => shapes),
      showlegend: true,
      legend: { ...legendAbove, y: 1 + 26 / (height - 176) },
      margin: { l: 64, r: 20, t: 124, b: 52 },
    },
  });
}

function looksOf(splits: readonly SplitLengths[]): (split: string) => Look {
  if (splits.length === 0) throw new RangeError("Cannot plot the lengths of no splits");
  for (const { task, split, lengths } of splits) {
    if (lengths.length > 0) continue;
    throw new RangeError(`Cannot plot the lengths of ${task} ${split}: it has no rows`);
  }
  const names = [...new Set(splits.map(({ split }) => split))];
  if (names.length > looks.length) {
    throw new RangeError(
      `Cannot plot the lengths of splits ${
        names.join(", ")
      }: expected at most ${looks.length} names`,
    );
  }
  return (split) => looks[names.indexOf(split)]!;
}

/** Bins of a panel: bin i holds lengths from `width` i to below `width` (i + 1). */
interface Edges {
  readonly width: number;
  readonly bins: number;
}

function lengthPanel(
  task: string,
  splits: readonly SplitLengths[],
  panel: Panel,
  tracesOf: (edges: Edges) => FigureTrace[],
  maxLength: number | undefined,
) {
  const far = Math.max(...splits.map(({ lengths }) => quantile(lengths, 0.995)!));
  const width = Math.max(1, Math.ceil((far + 1) / BINS));
  const edges = { width, bins: Math.ceil((far + 1) / width) };
  const end = width * edges.bins;
  const middle = withCommas(median(splits[0]!.lengths)!);
  const most = withCommas(
    splits.reduce((most, { lengths }) => Math.max(most, longest(lengths)), 0),
  );
  return {
    words: `${task} has a median of ${middle} and at most ${most}`,
    traces: tracesOf(edges),
    layout: panel.layout(
      axis(panel.lowest ? "word pieces" : "", { range: [0, end], nticks: 5 }),
      axis(panel.first ? "rows (%)" : "", { rangemode: "tozero", nticks: 5 }),
    ),
    heading: panel.heading(task, `median ${middle}, longest ${most}`),
    shapes: maxLength === undefined || maxLength >= end ? [] : [limit(maxLength, panel)],
  };
}

function longest(lengths: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < lengths.length; i++) most = Math.max(most, lengths[i]!);
  return most;
}

function histogram(
  { split, lengths }: SplitLengths,
  { width, bins }: Edges,
  { color, dash, filled }: Look,
  panel: Panel,
  showlegend: boolean,
): FigureTrace {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < lengths.length; i++) {
    const bin = Math.floor(lengths[i]! / width);
    if (bin < bins) counts[bin]!++;
  }
  const shares = counts.map((count) => (100 * count) / lengths.length);
  return {
    type: "scatter",
    mode: "lines",
    name: split,
    legendgroup: split,
    ...panel.axes,
    x: Array.from({ length: bins + 1 }, (_, i) => i * width),
    y: [...shares, shares.at(-1)!],
    line: { shape: "hv", color, width: filled ? 1 : 1.6, dash },
    ...(filled ? { fill: "tozeroy", fillcolor: tint(color, 0.45) } : {}),
    showlegend,
  };
}

/** Where longer rows are cut. */
function limit(at: number, { axes }: Panel): JsonObject {
  return {
    type: "line",
    xref: axes.xaxis,
    yref: `${axes.yaxis} domain`,
    x0: at,
    x1: at,
    y0: 0,
    y1: 1,
    line: { color: palette.black, width: 1.2, dash: "dash" },
  };
}
