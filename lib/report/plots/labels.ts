/**
 * How a split's rows share out over labels, or over ranges of scores.
 *
 * @module
 */

import { withCommas } from "../../base/status.ts";
import {
  createFigure,
  escapeText,
  type Figure,
  type FigureTrace,
  type JsonObject,
} from "../figure.ts";
import { compareTasks } from "../runs.ts";
import { axis, palette, tint } from "../style.ts";

/** The targets of one split. */
export interface SplitTargets {
  /** Name of the task. */
  readonly task: string;
  /** Name of the split. */
  readonly split: string;
  /** Label names by number; none for scores. */
  readonly labels: readonly string[];
  /** [rows] label numbers or scores; NaN where the file has none, which is not counted. */
  readonly targets: ArrayLike<number>;
}

/** A part of a bar. */
interface Part {
  readonly name: string;
  readonly share: number;
  readonly color: string;
}

/** Parts of a bar of labels, light enough for dark words; the order is that of the label numbers. */
const labelColors = [
  tint(palette.vermilion, 0.55),
  tint(palette.sky, 0.75),
  tint(palette.green, 0.6),
];

/**
 * The balance of labels: a bar for each split, its parts the shares of the labels; scores are cut
 * into five ranges of the same width. Names stand in the parts that have room for them.
 *
 * Throws a RangeError for no splits and for a split without targets.
 *
 * @example
 * ```ts
 * import { plotLabels } from "./labels.ts";
 * const labels = ["not_entailment", "entailment"];
 * plotLabels([{ task: "rte", split: "train", labels, targets: [0, 1, 1, 1] }]).says;
 * // "Shares of labels: rte train has not_entailment 25 %, entailment 75 %."
 * ```
 */
export function plotLabels(
  splits: readonly SplitTargets[],
  options: { readonly title?: string } = {},
): Figure {
  if (splits.length === 0) throw new RangeError("Cannot plot the labels of no splits");
  const bars = splits.toSorted((a, b) => compareTasks(a.task, b.task)).map((split) => ({
    name: `${split.task} ${split.split}`,
    ...partsOf(split),
  }));
  const words = bars.map(({ name, parts }, i) =>
    `${name}${i === 0 ? " has" : ""} ` +
    parts.map(({ name, share }) => `${name} ${Math.round(share)} %`).join(", ")
  );
  const left = 24 + 7 * Math.max(...bars.map(({ name }) => name.length));
  return createFigure({
    title: options.title ?? "Balance of labels",
    subtitle: "share of each split's rows; scores in five ranges of the same width",
    says: `Shares of labels: ${words.join("; ")}.`,
    height: 130 + 34 * bars.length,
    data: bars.flatMap(({ name, parts }) => parts.map((part) => traceOf(name, part))),
    layout: {
      barmode: "stack",
      bargap: 0.28,
      xaxis: axis("rows (%)", { range: [0, 100], dtick: 20 }),
      yaxis: axis("", {
        autorange: "reversed",
        type: "category",
        showgrid: false,
        ticks: "",
        categoryorder: "array",
        categoryarray: bars.map(({ name }) => name),
      }),
      annotations: bars.map(({ name, rows }): JsonObject => ({
        text: `${withCommas(rows)} rows`,
        x: 1,
        xref: "paper",
        xanchor: "left",
        xshift: 8,
        y: name,
        yref: "y",
        showarrow: false,
        font: { size: 11, color: "#5a5a5a" },
      })),
      margin: { l: left, r: 100, t: 72, b: 52 },
    },
  });
}

function partsOf({ task, split, labels, targets }: SplitTargets) {
  const known = Array.from(targets).filter((target) => !Number.isNaN(target));
  if (known.length === 0) {
    throw new RangeError(`Cannot plot the labels of ${task} ${split}: no row has a target`);
  }
  const counted = labels.length > 0 ? labelCounts(labels, known) : rangeCounts(known);
  const parts = counted.map(({ name, count, color }): Part => ({
    name,
    color,
    share: (100 * count) / known.length,
  }));
  return { rows: known.length, parts };
}

function labelCounts(labels: readonly string[], targets: readonly number[]) {
  return labels.map((name, label) => ({
    name,
    count: targets.filter((target) => target === label).length,
    color: labelColors[label % labelColors.length]!,
  }));
}

/** Five ranges from the least whole number to the greatest; the last holds its upper end. */
function rangeCounts(targets: readonly number[]) {
  const least = Math.floor(targets.reduce((a, b) => Math.min(a, b)));
  const most = Math.max(Math.ceil(targets.reduce((a, b) => Math.max(a, b))), least + 1);
  const width = (most - least) / 5;
  const counts = new Array<number>(5).fill(0);
  for (const target of targets) counts[Math.min(4, Math.floor((target - least) / width))]!++;
  return counts.map((count, i) => ({
    name: `${short(least + i * width)} to ${short(least + (i + 1) * width)}`,
    count,
    color: tint(palette.purple, 0.2 + 0.15 * i),
  }));
}

function short(value: number): string {
  return String(Number(value.toFixed(2)));
}

/** Words are left out where the part is too short for them: a percent is about 6 pixels wide. */
function traceOf(bar: string, { name, share, color }: Part): FigureTrace {
  const text = `${escapeText(name)}: ${Math.round(share)} %`;
  const fits = 5.6 * share > 6.6 * text.length;
  return {
    type: "bar",
    orientation: "h",
    name,
    x: [share],
    y: [bar],
    text: [fits ? text : 5.6 * share > 30 ? `${Math.round(share)} %` : ""],
    textposition: "inside",
    insidetextanchor: "middle",
    textangle: 0,
    textfont: { size: 11.5, color: "#222222" },
    marker: { color, line: { color: "white", width: 1.5 } },
    hovertemplate: `${escapeText(name)}: %{x:.1f} %<extra>${escapeText(bar)}</extra>`,
  };
}
