/**
 * Dev scores by task: ours from both encoders beside published ones.
 *
 * @module
 */

import { metrics } from "../../metrics/metrics.ts";
import { cellNumbers, publishedBeside, rowsCell } from "../cells.ts";
import { configurationName } from "../configuration.ts";
import { createFigure, type Figure, type FigureTrace, type JsonObject, WIDTH } from "../figure.ts";
import type { Published } from "../published.ts";
import type { RunRow, SeedValue } from "../runs.ts";
import {
  axis,
  errorBars,
  legendAbove,
  legendNames,
  marks,
  type SeriesStyle,
  topWithLegend,
} from "../style.ts";

/** Options of {@linkcode plotScores}. */
export interface ScoresOptions {
  /** The usual one when left out. */
  readonly title?: string;
  /** Sizes of the published encoders that are shown; `small` and `base` when left out. */
  readonly sizes?: readonly Published["size"][];
}

/** A line of the figure: one task and split under its first metric. */
interface Line {
  readonly name: string;
  readonly row: RunRow;
  /** Published numbers of the chosen sizes. */
  readonly plain: readonly Published[];
  readonly refined: readonly Published[];
}

/** Where the marks of a line stand, so that they don't cover each other; lines are 1 apart. */
const offsets = { plain: -0.3, refined: -0.08 } as const;
/** Published numbers follow below ours, each system lower than the one before. */
const published = { first: 0.13, last: 0.42, step: 0.12 } as const;

/**
 * The first metric of each task and split as a line with its marks: our mean ± standard deviation
 * over seeds with every seed faint beside it, and the published numbers of like-sized encoders,
 * which the generated sample has none of.
 *
 * Takes the rows of one experiment and one configuration, as `collectRows` makes them. Throws a
 * RangeError for no rows and for rows that may not be compared.
 *
 * @example
 * ```ts
 * import { collectRows } from "../runs.ts";
 * import { plotScores } from "./scores.ts";
 * const rows = collectRows([{
 *   ...{ encoderName: "all-MiniLM-L6-v2", size: "small", preset: "fixed", precision: "float32" },
 *   ...{ experiment: "finetune", encoder: "plain", task: "rte", split: "dev", head: "classify" },
 *   ...{ seed: 1, steps: 234, scores: { accuracy: 61.2 }, rows: { train: 2490, dev: 277 } },
 * }]);
 * plotScores(rows).says; // "Scores by task: rte 61.2 plain."
 * ```
 */
export function plotScores(rows: readonly RunRow[], options: ScoresOptions = {}): Figure {
  const configuration = sharedConfiguration(rows);
  const sizes = options.sizes ?? ["small", "base"];
  const lines = linesOf(rows, sizes);
  const data = [
    ...ownTraces(lines, "plain"),
    ...ownTraces(lines, "refined"),
    ...publishedTraces(lines),
  ];
  const left = 24 + 7 * Math.max(...lines.map(({ name }) => name.length));
  const top = topWithLegend(legendNames(data), WIDTH - left - 24);
  const words = lines.map(({ name, row }) =>
    `${name} ` + (["plain", "refined"] as const).flatMap((side) => {
      const { mean } = cellNumbers(row[side]);
      return mean === null ? [] : [`${mean.toFixed(1)} ${side}`];
    }).join(", ")
  );
  return createFigure({
    title: options.title ?? titles[rows[0]!.experiment],
    subtitle: `${configuration}; ${spreadOf(rows)}`,
    says: `Scores by task: ${words.join("; ")}.`,
    height: top + 56 + 52 * lines.length,
    data,
    layout: {
      xaxis: axis("score x 100", scoreRange(lines)),
      yaxis: axis("", {
        range: [lines.length - 0.5, -0.5],
        ticks: "",
        showgrid: false,
        tickvals: lines.map((_, i) => i),
        ticktext: lines.map(({ name }) => name),
      }),
      shapes: bands(lines.length),
      showlegend: true,
      legend: legendAbove,
      margin: { l: left, r: 24, t: top, b: 52 },
    },
  });
}

const titles: Readonly<Record<RunRow["experiment"], string>> = {
  refine: "Dev scores after refinement",
  finetune: "Dev scores after finetuning",
  adapt: "Dev scores after adaptation",
};

/** What the spread is, where there is one. */
function spreadOf(rows: readonly RunRow[]): string {
  const several = rows.some(({ plain, refined }) => plain.length > 1 || refined.length > 1);
  return several
    ? "mean ± sd of the seeds, each seed faint below"
    : "one seed (n = 1), so no spread";
}

/** Everything that must be the same for marks to be compared, in words. */
function sharedConfiguration(rows: readonly RunRow[]): string {
  const found = new Set(rows.map((row) => `${row.experiment} of ${configurationName(row)}`));
  if (found.size === 1) return configurationName(rows[0]!);
  throw new RangeError(
    found.size === 0
      ? "Cannot plot the scores of no rows: make a run first"
      : `Cannot plot ${[...found].join(" and ")} in one figure: expected one experiment and ` +
        "configuration; filter the rows",
  );
}

function linesOf(rows: readonly RunRow[], sizes: readonly Published["size"][]): Line[] {
  const first = new Map<string, RunRow>(); // a task's later metrics have no line
  for (const row of rows) {
    const key = [row.task, row.split, row.fraction, row.head, row.rows.train].join("\n");
    if (!first.has(key)) first.set(key, row);
  }
  const names = [...first.values()].map(nameOf);
  return [...first.values()].map((row, i): Line => {
    const found = (side: "plain" | "refined") =>
      publishedBeside(row, side).filter(({ size }) => sizes.includes(size));
    const alone = names.filter((name) => name === names[i]).length === 1;
    const name = alone ? names[i]! : `${names[i]}, ${row.head}, ${rowsCell(row.rows)} rows`;
    return { name, row, plain: found("plain"), refined: found("refined") };
  });
}

function nameOf({ task, split, metric }: RunRow): string {
  const part = split === "dev" ? "" : ` ${split.replace(/^dev_/, "")}`;
  const label = Object.entries(metrics).find(([key]) => key === metric)?.[1].label ?? metric;
  return `${task}${part}, ${label}`;
}

/** A mean with its spread, and a faint mark for every seed where there is more than one. */
function ownTraces(lines: readonly Line[], side: "plain" | "refined"): FigureTrace[] {
  const mark: SeriesStyle = marks[side];
  const means = lines.flatMap(({ row }, y) => {
    const { mean, sd, n } = cellNumbers(row[side]);
    return mean === null ? [] : [{ x: mean, y: y + offsets[side], sd: sd ?? 0, n }];
  });
  if (means.length === 0) return [];
  const counts = [...new Set(means.map(({ n }) => n))].sort((a, b) => a - b);
  const seeds = counts.length === 1 ? `n = ${counts[0]}` : `n = ${counts[0]} to ${counts.at(-1)}`;
  const each = lines.flatMap(({ row }, y) =>
    row[side].length < 2 ? [] : defined(row[side]).map((x) => ({ x, y: y + offsets[side] + 0.11 }))
  );
  return [
    ...(each.length === 0 ? [] : [faint(each, mark)]),
    {
      type: "scatter",
      mode: "markers",
      name: `${mark.name} (${seeds})`,
      ...columns(means),
      marker: { symbol: mark.symbol, size: 10, color: mark.color },
      ...(each.length > 0 && { error_x: errorBars(means.map(({ sd }) => sd), mark) }),
      hovertemplate: `%{x:.1f}<extra>${mark.name}</extra>`,
    },
  ];
}

function faint(points: readonly Point[], { name, color, symbol }: SeriesStyle): FigureTrace {
  return {
    type: "scatter",
    mode: "markers",
    name: `${name}, each seed`,
    ...columns(points),
    marker: { symbol, size: 5, color, opacity: 0.4 },
    showlegend: false,
    hovertemplate: "%{x:.1f}<extra>one seed</extra>",
  };
}

/** A trace for each system and size, so that the legend names them. */
function publishedTraces(lines: readonly Line[]): FigureTrace[] {
  const points = lines.flatMap(({ plain, refined }, line) =>
    [...plain, ...refined].map((number) => ({ x: number.value, line, number }))
  );
  const groups = Map.groupBy(points, ({ number }) => `published ${number.system}, ${number.size}`);
  const sorted = [...groups].sort(([, [a]], [, [b]]) => order(a!.number) - order(b!.number));
  const step = Math.min(published.step, (published.last - published.first) / sorted.length);
  return sorted.map(([name, own], i): FigureTrace => {
    const { encoder, size } = own[0]!.number;
    const { color, symbol } = encoder === "plain" ? marks.publishedPlain : marks.publishedRefined;
    return {
      type: "scatter",
      mode: "markers",
      name,
      ...columns(own.map(({ x, line }) => ({ x, y: line + published.first + step * i }))),
      marker: { symbol: symbols[size] ?? symbol, size: 8, color, line: { width: 1.6 } },
      hovertemplate: `%{x:.1f}<extra>${name}</extra>`,
    };
  });
}

/** Sizes other than base have marks of their own. */
const symbols: Readonly<Partial<Record<Published["size"], string>>> = {
  small: "diamond-open",
  large: "triangle-up-open",
};

function order({ encoder, size }: Published): number {
  return 3 * Number(encoder === "refined") + ["small", "base", "large"].indexOf(size);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function columns(points: readonly Point[]) {
  return { x: points.map(({ x }) => x), y: points.map(({ y }) => y) };
}

function defined(values: readonly SeedValue[]): number[] {
  return values.flatMap(({ value }) => value === null ? [] : [value]);
}

/** From a round number below the least mark to one above the greatest. */
function scoreRange(lines: readonly Line[]): JsonObject {
  const values = lines.flatMap(({ row, plain, refined }) => [
    ...defined([...row.plain, ...row.refined]),
    ...[...plain, ...refined].map(({ value }) => value),
  ]);
  if (values.length === 0) return { range: [0, 100] };
  const low = Math.floor((Math.min(...values) - 2) / 10) * 10;
  const high = Math.ceil((Math.max(...values) + 2) / 10) * 10;
  return { range: [low, high], dtick: high - low > 60 ? 20 : 10 };
}

/** Every other line on a light ground. */
function bands(count: number): JsonObject[] {
  return Array.from({ length: Math.ceil(count / 2) }, (_, i) => ({
    type: "rect",
    xref: "paper",
    x0: 0,
    x1: 1,
    y0: 2 * i - 0.5,
    y1: 2 * i + 0.5,
    layer: "below",
    fillcolor: "#f5f6f7",
    line: { width: 0 },
  }));
}
