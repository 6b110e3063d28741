/**
 * What the answer head reads: its attention over the hypothesis, then over the premise turn by turn.
 *
 * @module
 */

import {
  createFigure,
  escapeText,
  type Figure,
  type FigureTrace,
  type JsonObject,
  WIDTH,
} from "../figure.ts";
import { axis, palette } from "../style.ts";
import { createPanel, type Panel } from "./panels.ts";

/** The attention of one row. */
export interface Attention {
  /** [hypothesis] its pieces. */
  readonly hypothesis: readonly string[];
  /** [hypothesis] weights with which the head starts; left out where they aren't known. */
  readonly start?: readonly number[];
  /** [premise] its pieces. */
  readonly premise: readonly string[];
  /** [turns][premise] weights of each turn. */
  readonly turns: readonly (readonly number[])[];
  /** [turns] what each turn answers, such as "entailment 83 %". */
  readonly answers?: readonly string[];
}

/** One strip of bars. */
interface Strip {
  readonly name: string;
  readonly pieces: readonly string[];
  readonly weights: readonly number[];
  readonly color: string;
  /** Whether the pieces are written below it. */
  readonly worded: boolean;
  readonly answer?: string | undefined;
}

/** Pixels of a strip, and of what stands left of it. */
const [STRIP, LEFT] = [66, 76];
/** Pixels between a strip and the next. */
const GAP = 14;

/**
 * The attention of the answer head for one row as strips of bars: over the pieces of the hypothesis
 * for the start, then over the premise in each turn, with the greatest weight and what the turn
 * answers (MT-DNN, section 3.1; Liu, Duh and Gao 2018). All strips have one scale.
 *
 * Throws a RangeError for no turns and for weights that don't fit the pieces.
 *
 * @example
 * ```ts
 * import { plotAttention } from "./attention.ts";
 * const hypothesis = ["it", "rains"];
 * plotAttention({ hypothesis, premise: ["wet", "streets"], turns: [[0.2, 0.8], [0.6, 0.4]] }).says;
 * // "Over 2 turns the answer head reads most of: streets, wet."
 * ```
 */
export function plotAttention(
  attention: Attention,
  options: { readonly title?: string; readonly subtitle?: string } = {},
): Figure {
  const strips = stripsOf(attention);
  const words = attention.start ? wordsHeight(attention.hypothesis) : 0;
  const below = wordsHeight(attention.premise) + 8;
  const inner = STRIP * strips.length - GAP + words;
  const panels = strips.map((_, i) => panelOf(i, strips.length, words, inner));
  const top = Math.max(...strips.flatMap(({ weights }) => weights));
  const most = attention.turns.map((weights) => attention.premise[argmax(weights)]!);
  const right = attention.answers
    ? 24 + 7 * Math.max(...attention.answers.map((a) => a.length))
    : 24;
  const pieces = Math.max(...strips.map(({ pieces }) => pieces.length));
  return createFigure({
    title: options.title ?? "Attention of the answer head",
    subtitle: options.subtitle ?? "share of the attention that each piece gets, " +
        `${
          attention.start ? "at the start of the hypothesis, " : ""
        }in each turn of the premise; ` +
        "the number is the greatest",
    says: `Over ${attention.turns.length} turns the answer head reads most of: ${most.join(", ")}.`,
    width: Math.max(WIDTH, LEFT + right + 13 * pieces),
    height: inner + 84 + below,
    data: strips.map((strip, i) => traceOf(strip, panels[i]!)),
    layout: {
      ...Object.assign(
        {},
        ...strips.map((strip, i) => axesOf(strip, panels[i]!, top)),
      ) as JsonObject,
      annotations: strips.flatMap((strip, i) => namesOf(strip, panels[i]!)),
      bargap: 0.15,
      margin: { l: LEFT, r: right, t: 84, b: below },
    },
  });
}

function stripsOf({ hypothesis, start, premise, turns, answers }: Attention): Strip[] {
  if (turns.length === 0) throw new RangeError("Cannot plot the attention of no turns");
  const strips = [
    ...(start
      ? [{ name: "start", pieces: hypothesis, weights: start, color: palette.orange, worded: true }]
      : []),
    ...turns.map((weights, turn): Strip => ({
      name: `turn ${turn + 1}`,
      pieces: premise,
      weights,
      color: palette.blue,
      worded: turn === turns.length - 1,
      answer: answers?.[turn],
    })),
  ];
  for (const { name, pieces, weights } of strips) {
    if (pieces.length > 0 && weights.length === pieces.length) continue;
    throw new RangeError(
      `Cannot plot the attention of ${name}: it has ${weights.length} weights for ` +
        `${pieces.length} pieces, expected one for each`,
    );
  }
  return strips;
}

/** Strips from the top; words come after the first where it is the start's, and after the last. */
function panelOf(i: number, count: number, words: number, inner: number): Panel {
  const top = 1 - (STRIP * i + (i > 0 ? words : 0)) / inner;
  const bottom = top - (STRIP - GAP) / inner;
  return createPanel(i, [0, 1], [Math.max(0, bottom), top], {
    lowest: i + 1 === count,
    first: true,
  });
}

function traceOf({ name, pieces, weights, color }: Strip, { axes }: Panel): FigureTrace {
  const most = argmax(weights);
  return {
    type: "bar",
    name,
    x: pieces.map((_, i) => i),
    y: weights,
    ...axes,
    marker: { color },
    text: weights.map((weight, i) => i === most ? weight.toFixed(2) : ""),
    textposition: "outside",
    cliponaxis: false,
    textangle: 0,
    constraintext: "none",
    textfont: { size: 11 },
    customdata: pieces.map(escapeText),
    hovertemplate: "%{customdata}: %{y:.3f}<extra></extra>",
  };
}

function axesOf({ pieces, worded }: Strip, panel: Panel, top: number): JsonObject {
  return panel.layout(
    axis("", {
      range: [-0.6, pieces.length - 0.4],
      showgrid: false,
      ticks: "",
      tickvals: pieces.map((_, i) => i),
      ticktext: pieces.map(escapeText),
      tickangle: isSteep(pieces) ? -55 : 0,
      tickfont: { size: 11 },
      showticklabels: worded,
    }),
    axis("", { range: [0, 1.28 * top], ticks: "", showgrid: false, showticklabels: false }),
  );
}

/** The strip's name on its left, and what the turn answers on its right. */
function namesOf({ name, answer }: Strip, { axes }: Panel): JsonObject[] {
  const place = { yref: `${axes.yaxis} domain`, y: 0.3, xref: "paper", showarrow: false };
  return [
    { ...place, text: `<b>${name}</b>`, x: 0, xanchor: "right", xshift: -8, font: { size: 12 } },
    ...(answer === undefined ? [] : [{
      ...place,
      text: escapeText(answer),
      x: 1,
      xanchor: "left",
      xshift: 8,
      font: { size: 12 },
    }]),
  ];
}

/** Whether the pieces must be written aslant to have room. */
function isSteep(pieces: readonly string[]): boolean {
  const longest = Math.max(...pieces.map((piece) => piece.length));
  return 7 * longest > 600 / pieces.length;
}

/** Pixels that the words below a strip take. */
function wordsHeight(pieces: readonly string[]): number {
  const longest = Math.max(...pieces.map((piece) => piece.length));
  return isSteep(pieces) ? 24 + 5.6 * longest : 30;
}

function argmax(values: readonly number[]): number {
  return values.reduce((best, value, i) => value > values[best]! ? i : best, 0);
}
