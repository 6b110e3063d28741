/**
 * A padded batch as a picture.
 *
 * @module
 */

import { withCommas } from "../../base/status.ts";
import type { Batch } from "../../types.ts";
import {
  createFigure,
  escapeText,
  type Figure,
  type FigureTrace,
  type JsonObject,
  WIDTH,
} from "../figure.ts";
import { axis, legendAbove, palette, tint } from "../style.ts";

/** Options of {@linkcode plotBatch}. */
export interface BatchPictureOptions {
  /** The usual one when left out. */
  readonly title?: string;
  /** Sequences drawn, from the first; 40 when left out. */
  readonly most?: number;
  /** [s][t] the pieces as text, written into the cells; for a batch of few, short sequences. */
  readonly pieces?: readonly (readonly string[])[];
}

/** What a position can hold, in the order of the legend. */
const kinds = {
  cls: { name: "[CLS]", color: palette.black },
  first: { name: "hypothesis", color: palette.orange },
  second: { name: "premise", color: palette.blue },
  sep: { name: "[SEP]", color: "#777777" },
  padding: { name: "padding", color: "#e9e9e9" },
} as const;

type Kind = keyof typeof kinds;

/** Positions of one kind that follow one another in one sequence. */
interface Run {
  readonly kind: Kind;
  readonly sequence: number;
  readonly from: number;
  readonly length: number;
}

/**
 * The positions of a batch, a row for each sequence: what is hypothesis, premise, special piece and
 * padding, read from sides and mask alone.
 *
 * Throws a RangeError for a batch without rows.
 *
 * @example
 * ```ts
 * import { plotBatch } from "./batch.ts";
 * plotBatch({
 *   ...{ size: 1, length: 6, tokens: Int32Array.of(101, 7, 102, 8, 102, 0) },
 *   sides: Int32Array.of(0, 0, 0, 1, 1, 0),
 *   mask: Float32Array.of(1, 1, 1, 1, 1, 0),
 *   ...{ targets: Float32Array.of(1), positions: Int32Array.of(0) },
 * }).says; // "A batch of 1 sequence padded to 6 pieces: 17 % of the positions are padding."
 * ```
 */
export function plotBatch(batch: Batch, options: BatchPictureOptions = {}): Figure {
  const { length, mask } = batch;
  const sequences = length === 0 ? 0 : mask.length / length;
  if (sequences === 0) throw new RangeError("Cannot plot a batch without rows");
  const { pieces } = options;
  const shown = Math.min(sequences, options.most ?? 40);
  const words = pieces && fitted(pieces.slice(0, shown), length);
  const most = words ? 1 : length; // a piece with its word has a cell of its own
  const runs = Array.from({ length: shown }, (_, s) => runsOf(batch, s, most)).flat();
  const single = !batch.sides.includes(1);
  const padding = mask.reduce((sum, piece) => sum + (piece === 0 ? 1 : 0), 0) / mask.length;
  const data = (Object.keys(kinds) as Kind[]).flatMap((kind) =>
    tracesOf(kind, runs, single, words)
  );
  const cells = words ? words.height * shown : Math.max(120, Math.min(14 * shown, 420));
  const says = `A batch of ${sequences} sequence${sequences === 1 ? "" : "s"} padded to ` +
    `${length} pieces: ${Math.round(100 * padding)} % of the positions are padding.`;
  return createFigure({
    title: options.title ?? "A padded batch",
    subtitle: `${withCommas(sequences)} sequences of up to ${withCommas(length)} pieces, ` +
      `${Math.round(100 * padding)} % padding` +
      (shown < sequences ? `; the first ${shown} are shown` : ""),
    says,
    height: cells + 156,
    data,
    layout: {
      barmode: "overlay",
      bargap: GAP,
      xaxis: axis("position", { range: [0, length], showgrid: false }),
      yaxis: axis("sequence", {
        range: [shown - 0.5, -0.5],
        showgrid: false,
        showline: false,
        ...(shown <= 12 ? { dtick: 1 } : { nticks: 6 }),
      }),
      showlegend: true,
      legend: { ...legendAbove, traceorder: "normal" },
      margin: { l: 60, r: 24, t: 104, b: 52 },
    },
  });
}

/** A sequence's runs; the last piece of each side is its [SEP]. */
function runsOf({ length, sides, mask }: Batch, sequence: number, most: number): Run[] {
  const runs: { kind: Kind; sequence: number; from: number; length: number }[] = [];
  for (let t = 0; t < length; t++) {
    const at = sequence * length + t;
    const ends = t + 1 === length || mask[at + 1] === 0 || sides[at + 1] !== sides[at];
    const kind = mask[at] === 0
      ? "padding"
      : t === 0
      ? "cls"
      : ends
      ? "sep"
      : sides[at] === 0
      ? "first"
      : "second";
    const last = runs.at(-1);
    if (last?.kind === kind && last.length < most) last.length++;
    else runs.push({ kind, sequence, from: t, length: 1 });
  }
  return runs;
}

/** Words for the cells, and how they stand in them. */
interface Words {
  readonly pieces: readonly (readonly string[])[];
  /** Whether they stand upright, as cells are too narrow. */
  readonly upright: boolean;
  /** Letters that a cell has room for. */
  readonly letters: number;
  /** Pixels of a row. */
  readonly height: number;
}

/** A letter is about 6 pixels wide. */
const LETTER = 6.2;
/** Share of a row that is left free. */
const GAP = 0.18;

function fitted(pieces: readonly (readonly string[])[], length: number): Words {
  const longest = Math.max(...pieces.flat().map((piece) => piece.length));
  const room = Math.floor((WIDTH - 84) / length / LETTER);
  if (longest <= room) return { pieces, upright: false, letters: room, height: 30 };
  const letters = Math.min(longest, 12);
  return { pieces, upright: true, letters, height: (6.8 * letters + 8) / (1 - GAP) };
}

/** Bars that start where the run does; none for a kind that doesn't occur. */
function tracesOf(
  kind: Kind,
  runs: readonly Run[],
  single: boolean,
  words: Words | undefined,
): FigureTrace[] {
  const own = runs.filter((run) => run.kind === kind);
  if (own.length === 0) return [];
  const name = kind === "first" && single ? "sentence" : kinds[kind].name;
  const bright = kind === "first" || kind === "second";
  const color = bright ? tint(kinds[kind].color, 0.75) : kinds[kind].color;
  return [{
    type: "bar",
    orientation: "h",
    name,
    y: own.map(({ sequence }) => sequence),
    base: own.map(({ from }) => from),
    x: own.map(({ length }) => length),
    marker: { color, line: { color: "white", width: words ? 1 : 0 } },
    ...(words ? wordsOf(own, words, kind) : {}),
    hovertemplate: `sequence %{y}: %{x} of ${name}<extra></extra>`,
  }];
}

function wordsOf(runs: readonly Run[], words: Words, kind: Kind): JsonObject {
  const text = runs.map(({ sequence, from }) => {
    const piece = kind === "padding" ? "" : words.pieces[sequence]?.[from] ?? "";
    const short = piece.length <= words.letters;
    return escapeText(short ? piece : `${piece.slice(0, words.letters - 1)}…`);
  });
  return {
    text,
    textposition: "inside",
    insidetextanchor: "middle",
    constraintext: "none",
    textangle: words.upright ? -90 : 0,
    textfont: { size: 11, color: kind === "first" || kind === "second" ? "#1a1a1a" : "#ffffff" },
  };
}
