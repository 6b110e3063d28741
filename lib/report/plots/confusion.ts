/**
 * A confusion matrix: which labels are taken for which.
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
import { axis, palette, tint } from "../style.ts";

/** Options of {@linkcode plotConfusion}. */
export interface ConfusionOptions {
  /** The usual one when left out. */
  readonly title?: string;
  /** A line in smaller letters below the title. */
  readonly subtitle?: string;
}

/** Pixels of a cell. */
const [CELL_WIDTH, CELL_HEIGHT] = [132, 62];

/**
 * A confusion matrix as cells: rows are targets, columns predictions; each cell has its share of
 * the row and its count, and is the darker the greater the share. The diagonal is recall.
 *
 * `matrix` [classes][classes] is that of `confusionMatrix`. Throws a RangeError for a matrix that is
 * not square or doesn't fit the labels.
 *
 * @example
 * ```ts
 * import { plotConfusion } from "./confusion.ts";
 * plotConfusion([[3, 1], [0, 4]], ["no", "yes"]).says;
 * // "Of 8 rows 88 % are predicted right: no 75 %, yes 100 %."
 * ```
 */
export function plotConfusion(
  matrix: readonly (readonly number[])[],
  labels: readonly string[],
  options: ConfusionOptions = {},
): Figure {
  const n = labels.length;
  if (n === 0 || matrix.length !== n || matrix.some((row) => row.length !== n)) {
    throw new RangeError(
      `Cannot plot a confusion matrix of ${matrix.length} rows for ${n} labels: expected one row ` +
        "and one column for each label",
    );
  }
  const totals = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const all = totals.reduce((sum, count) => sum + count, 0);
  const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
  const recalls = labels.map((label, i) => `${label} ${percent(matrix[i]![i]!, totals[i]!)}`);
  const left = 40 + 7 * Math.max(...labels.map((label) => label.length));
  return createFigure({
    title: options.title ?? "Confusion matrix",
    subtitle: options.subtitle ??
      `${withCommas(all)} rows, ${
        percent(right, all)
      } predicted right; shares are of the target's rows`,
    says: `Of ${withCommas(all)} rows ${percent(right, all)} are predicted right: ${
      recalls.join(", ")
    }.`,
    width: Math.max(520, left + 110 + CELL_WIDTH * n),
    height: 152 + CELL_HEIGHT * n,
    data: [corners(n)],
    layout: {
      xaxis: axis("", {
        range: [-0.5, n - 0.5],
        side: "top",
        ...labelTicks(labels),
        title: { text: "prediction", standoff: 6, font: { size: 13 } },
      }),
      yaxis: axis("target", { range: [n - 0.5, -0.5], ...labelTicks(labels) }),
      shapes: cellsOf(matrix, totals),
      annotations: [...wordsOf(matrix, totals), ...totals.map(totalOf)],
      margin: { l: left, r: Math.max(110, 520 - left - CELL_WIDTH * n), t: 128, b: 24 },
    },
  });
}

function labelTicks(labels: readonly string[]): JsonObject {
  return {
    tickvals: labels.map((_, i) => i),
    ticktext: labels.map(escapeText),
    tickangle: 0,
    ticks: "",
    showgrid: false,
    showline: false,
  };
}

/** Shapes alone are no data: an unseen point in each corner makes the axes. */
function corners(n: number): FigureTrace {
  return {
    type: "scatter",
    mode: "markers",
    x: [0, n - 1],
    y: [0, n - 1],
    marker: { opacity: 0 },
    hoverinfo: "skip",
  };
}

function cellsOf(matrix: readonly (readonly number[])[], totals: readonly number[]): JsonObject[] {
  return matrix.flatMap((row, y) =>
    row.map((count, x) => ({
      type: "rect",
      x0: x - 0.5,
      x1: x + 0.5,
      y0: y - 0.5,
      y1: y + 0.5,
      fillcolor: tint(palette.blue, 0.04 + 0.9 * share(count, totals[y]!)),
      line: { color: "white", width: 2 },
      layer: "below",
    }))
  );
}

function wordsOf(matrix: readonly (readonly number[])[], totals: readonly number[]): JsonObject[] {
  return matrix.flatMap((row, y) =>
    row.map((count, x) => {
      const dark = share(count, totals[y]!) > 0.85; // white words need a dark ground
      const counted = `<span style="font-size:11px">${withCommas(count)}</span>`;
      return {
        x,
        y,
        showarrow: false,
        text: `<b>${percent(count, totals[y]!)}</b><br>${counted}`,
        font: { size: 14, color: dark ? "#ffffff" : "#222222" },
      };
    })
  );
}

function totalOf(total: number, y: number): JsonObject {
  return {
    text: `${withCommas(total)} rows`,
    y,
    yref: "y",
    x: 1,
    xref: "paper",
    xanchor: "left",
    xshift: 10,
    showarrow: false,
    font: { size: 11, color: "#5a5a5a" },
  };
}

function share(count: number, total: number): number {
  return total === 0 ? 0 : count / total;
}

function percent(count: number, total: number): string {
  return total === 0 ? "-" : `${Math.round(100 * share(count, total))} %`;
}
