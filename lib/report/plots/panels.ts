/**
 * Small plots side by side in one figure: where each lies, which axes it has, and its heading.
 *
 * @module
 */

import { escapeText, type JsonObject } from "../figure.ts";

/** One small plot of a figure. */
export interface Panel {
  /** For a trace: the names of its axes. */
  readonly axes: { readonly xaxis: string; readonly yaxis: string };
  /** Whether no panel is below it, so that it needs the title of the x axis. */
  readonly lowest: boolean;
  /** Whether it stands first in its row, so that it needs the title of the y axis. */
  readonly first: boolean;
  /** Its axes and their place, for the layout. */
  layout(x: JsonObject, y: JsonObject): JsonObject;
  /** Its heading, for the layout's annotations: bold, then `more` in grey. */
  heading(text: string, more?: string): JsonObject;
}

/** How panels are laid out. */
export interface PanelOptions {
  readonly columns: number;
  /** Share of the width between two panels; 0.06 when left out. */
  readonly gapX?: number;
  /** Share of the height between two rows; 0.16 when left out. */
  readonly gapY?: number;
  /** Height of each row relative to the others; all the same when left out. */
  readonly heights?: readonly number[];
}

/**
 * `count` panels, row by row from the top left.
 *
 * @example
 * ```ts
 * import { createPanels } from "./panels.ts";
 * createPanels(3, { columns: 2 }).map(({ axes }) => axes.xaxis); // ["x", "x2", "x3"]
 * ```
 */
export function createPanels(count: number, options: PanelOptions): Panel[] {
  const { columns, gapX = 0.06, gapY = 0.16 } = options;
  const rows = Math.ceil(count / columns);
  const width = (1 - gapX * (columns - 1)) / columns;
  const bands = bandsOf(options.heights ?? new Array<number>(rows).fill(1), gapY);
  return Array.from({ length: count }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const x = [column * (width + gapX), column * (width + gapX) + width] as const;
    return createPanel(i, x, bands[row]!, { lowest: i + columns >= count, first: column === 0 });
  });
}

/** From the top: [bottom, top] of each row, as shares of the height. */
function bandsOf(heights: readonly number[], gap: number): (readonly [number, number])[] {
  const all = heights.reduce((sum, height) => sum + height, 0);
  const unit = (1 - gap * (heights.length - 1)) / all;
  let top = 1;
  return heights.map((height) => {
    const band = [Math.max(0, top - height * unit), top] as const;
    top = band[0] - gap;
    return band;
  });
}

/**
 * The panel number `index` of a figure at a place of its own: [left, right] and [bottom, top], as
 * shares of the plot.
 *
 * @example
 * ```ts
 * import { createPanel } from "./panels.ts";
 * createPanel(1, [0, 1], [0, 0.5], { lowest: true, first: true }).axes.yaxis; // "y2"
 * ```
 */
export function createPanel(
  index: number,
  x: readonly [number, number],
  y: readonly [number, number],
  place: Pick<Panel, "lowest" | "first">,
): Panel {
  const number = index === 0 ? "" : String(index + 1);
  return {
    axes: { xaxis: `x${number}`, yaxis: `y${number}` },
    ...place,
    layout: (xAxis, yAxis) => ({
      [`xaxis${number}`]: { ...xAxis, domain: x, anchor: `y${number}` },
      [`yaxis${number}`]: { ...yAxis, domain: y, anchor: `x${number}` },
    }),
    heading: (text, more) => ({
      text: `<b>${escapeText(text)}</b>` +
        (more === undefined
          ? ""
          : `  <span style="color:#5a5a5a;font-size:11px">${escapeText(more)}</span>`),
      xref: "paper",
      x: x[0],
      xanchor: "left",
      align: "left",
      yref: "paper",
      y: y[1],
      yanchor: "bottom",
      yshift: 2,
      showarrow: false,
      font: { size: 13 },
    }),
  };
}
