/**
 * A figure is data: traces and layout as Plotly takes them, and a sentence that says what is to be
 * seen. Nothing here draws; picture.ts and a notebook's own Plotly do.
 *
 * @module
 */

/** Plain JSON without null: a point that isn't there is left out. */
export type FigureValue = string | number | boolean | readonly FigureValue[] | JsonObject;

/** An object of plain JSON. */
export interface JsonObject {
  /** Any key. */
  readonly [key: string]: FigureValue;
}

/** One set of lines, points or bars, in Plotly's words. */
export interface FigureTrace extends JsonObject {
  /** Lines and points, or bars. */
  readonly type: "scatter" | "bar";
}

/** A figure's size in pixels, its axes, shapes and words, in Plotly's terms. */
export interface FigureLayout extends JsonObject {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** What can be shown, drawn to a file, or kept as JSON. */
export interface Figure {
  /** What is drawn. */
  readonly data: readonly FigureTrace[];
  /** Where and how it is drawn. */
  readonly layout: FigureLayout;
  /** One sentence on what the figure shows: its text where pictures can't be seen. */
  readonly says: string;
}

/** What {@linkcode createFigure} takes. */
export interface FigureParts {
  readonly title: string;
  /** A line in smaller letters below the title. */
  readonly subtitle?: string;
  readonly says: string;
  /** Pixels; 840 when left out, about the width of a notebook's or a README's column. */
  readonly width?: number;
  readonly height: number;
  readonly data: readonly FigureTrace[];
  /** What comes on top of the common style. */
  readonly layout: JsonObject;
}

/** Inter is what pictures are drawn with; a browser without it takes its nearest. */
const FONT = "Inter, Helvetica, Arial, sans-serif";

/** Width of a figure in pixels. */
export const WIDTH = 840;

/**
 * A figure in the common style: title on the left, white ground, numbers to six digits.
 *
 * Throws a RangeError naming the place of a number that is not finite.
 *
 * @example
 * ```ts
 * import { createFigure } from "./figure.ts";
 * const line = { type: "scatter", x: [0, 1], y: [0.7, 0.6] } as const;
 * const says = "The loss falls.";
 * createFigure({ title: "Loss", says, height: 300, data: [line], layout: {} }).layout.width; // 840
 * ```
 */
export function createFigure(parts: FigureParts): Figure {
  const { title, subtitle, says, width = WIDTH, height, data, layout } = parts;
  const subtitled = subtitle === undefined
    ? {}
    : { subtitle: { text: escapeText(subtitle), font: { size: 12, color: "#5a5a5a" } } };
  const common = {
    width,
    height,
    font: { family: FONT, size: 12, color: "#222222" },
    paper_bgcolor: "white",
    plot_bgcolor: "white",
    margin: { l: 64, r: 24, t: subtitle === undefined ? 56 : 76, b: 56 },
    title: {
      text: `<b>${escapeText(title)}</b>`,
      font: { size: 16 },
      ...subtitled,
      x: 0,
      xref: "container",
      xanchor: "left",
      pad: { l: 16 },
      y: 1,
      yref: "container",
      yanchor: "top",
    },
    hovermode: "closest",
    showlegend: false,
  };
  // the title hangs from the top by its own height, not by a share of the figure's
  const hung = { ...common, title: { ...common.title, pad: { l: 16, t: 14 } } };
  return checked({ data, layout: { ...hung, ...layout }, says }, title);
}

/** Text for Plotly, which reads some HTML tags. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The same figure with numbers to six digits; they are drawn to three at most. */
function checked(figure: Figure, title: string): Figure {
  const walk = (value: FigureValue, path: string): FigureValue => {
    if (typeof value === "number") return rounded(value, path, title);
    if (Array.isArray(value)) return value.map((part, i) => walk(part, `${path}[${i}]`));
    if (typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [key, walk(part, `${path}.${key}`)]),
    );
  };
  return {
    data: figure.data.map((trace, i) => walk(trace, `data[${i}]`) as FigureTrace),
    layout: walk(figure.layout, "layout") as FigureLayout,
    says: figure.says,
  };
}

function rounded(value: number, path: string, title: string): number {
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `Cannot plot "${title}": ${path} is ${value}, expected a finite number; leave such points out`,
    );
  }
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
