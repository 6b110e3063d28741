/**
 * What all figures have in common: colours that colour-blind readers tell apart, marks for the
 * two encoders and for published numbers, axes.
 *
 * @module
 */

import type { FigureTrace, JsonObject } from "./figure.ts";

/** The palette of Okabe and Ito (2008), in the order figures use it. */
export const palette = {
  blue: "#0072b2",
  vermilion: "#d55e00",
  green: "#009e73",
  orange: "#e69f00",
  sky: "#56b4e9",
  purple: "#cc79a7",
  black: "#000000",
  grey: "#8c8c8c",
} as const;

/** Colours for things without one of their own, such as labels or contenders. */
export const sequence: readonly string[] = [
  palette.blue,
  palette.orange,
  palette.green,
  palette.vermilion,
  palette.sky,
  palette.purple,
];

/** How one kind of result is drawn: told apart by colour, by mark and by line. */
export interface SeriesStyle {
  readonly name: string;
  readonly color: string;
  readonly symbol: string;
  readonly dash: "solid" | "dash" | "dot";
}

/** Ours are filled and coloured, published ones hollow and grey. */
export const marks = {
  plain: { name: "ours, plain encoder", color: palette.vermilion, symbol: "square", dash: "solid" },
  refined: { name: "ours, refined encoder", color: palette.blue, symbol: "circle", dash: "solid" },
  publishedPlain: {
    name: "published, plain encoder",
    color: "#8c8c8c",
    symbol: "square-open",
    dash: "dot",
  },
  publishedRefined: {
    name: "published, refined encoder",
    color: "#4d4d4d",
    symbol: "circle-open",
    dash: "dash",
  },
} as const satisfies Record<string, SeriesStyle>;

/** Faint single values behind a mean or a smoothed line. */
export const RAW = { color: "#9aa5b1", opacity: 0.45 } as const;

/**
 * An axis: a title with its unit, light lines across, no line at zero.
 *
 * @example
 * ```ts
 * import { axis } from "./style.ts";
 * axis("loss").showgrid; // true
 * axis("task", { showgrid: false }).showgrid; // false
 * ```
 */
export function axis(title: string, more: JsonObject = {}): JsonObject {
  return {
    ...(title === "" ? {} : { title: { text: title, standoff: 8, font: { size: 13 } } }),
    showgrid: true,
    gridcolor: "#e8e8e8",
    zeroline: false,
    showline: true,
    linecolor: "#b0b0b0",
    ticks: "outside",
    tickcolor: "#b0b0b0",
    ticklen: 4,
    separatethousands: true,
    ...more,
  };
}

/**
 * The spread of means that are drawn with a mark, a standard deviation for each.
 *
 * @example
 * ```ts
 * import { errorBars, marks } from "./style.ts";
 * errorBars([1.4], marks.plain).array; // [1.4]
 * ```
 */
export function errorBars(
  array: readonly number[],
  { color }: Pick<SeriesStyle, "color">,
): JsonObject {
  return { type: "data", array, color, thickness: 1.6, width: 4 };
}

/** A legend in rows above the plot, from its left edge. */
export const legendAbove: JsonObject = {
  orientation: "h",
  x: 0,
  xanchor: "left",
  y: 1,
  yanchor: "bottom",
  font: { size: 12 },
};

/**
 * Pixels above a plot `width` pixels wide that has title, subtitle and a legend with these names;
 * the legend gives all its entries the width of the longest.
 *
 * @example
 * ```ts
 * import { topWithLegend } from "./style.ts";
 * topWithLegend(["train", "dev"], 700); // 94
 * ```
 */
export function topWithLegend(names: readonly string[], width: number): number {
  const entry = 54 + 6.6 * Math.max(0, ...names.map((name) => name.length));
  const rows = Math.ceil(names.length / Math.max(1, Math.floor(width / entry)));
  return 72 + 22 * rows;
}

/** The names that a legend of these traces has. */
export function legendNames(traces: readonly FigureTrace[]): string[] {
  return traces.filter(({ showlegend }) => showlegend !== false).map(({ name }) => String(name));
}

/**
 * A colour mixed with white: 0 is white, 1 the colour itself.
 *
 * @example
 * ```ts
 * import { tint } from "./style.ts";
 * tint("#000000", 0.5); // "#808080"
 * ```
 */
export function tint(color: string, share: number): string {
  const parts = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  const mixed = parts.map((part) => Math.round(255 - share * (255 - part)));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
