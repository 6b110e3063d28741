/**
 * What notebooks show: figures, tables and notes, each in every form that a front end may want.
 *
 * @module
 */

import type { Figure } from "../report/figure.ts";
import { renderPng } from "../report/picture.ts";
import {
  type Bundle,
  type CellOutput,
  DISPLAY,
  type Displayable,
  displayable,
  kernelOutput,
  settled,
} from "./output.ts";

/** Pixels of a picture for each pixel of the figure: sharp on dense screens, and still small. */
const SCALE = 1.5;

/**
 * A figure for a cell to end with: interactive where plotly's extension is installed or in VS Code,
 * a picture elsewhere, a sentence in a terminal. plotly.js itself is never sent.
 *
 * @example
 * ```ts
 * import { createFigure } from "../report/figure.ts";
 * import { show } from "./display.ts";
 * const bar = { type: "bar", x: ["rte"], y: [66.1] } as const;
 * const says = "RTE is at 66.1.";
 * const figure = createFigure({ title: "Scores", says, height: 200, data: [bar], layout: {} });
 * String(show(figure)); // "RTE is at 66.1."
 * ```
 */
export function show(figure: Figure): Displayable {
  return displayable(figure.says, () => figureBundle(figure), figureMetadata(figure));
}

/** The size at which the picture is shown, which has more pixels. */
export function figureMetadata({ layout: { width, height } }: Figure): Bundle {
  return { "image/png": { width, height } };
}

/** The forms of a figure: Plotly's JSON, a picture in base64, and its sentence. */
export async function figureBundle(figure: Figure, scale: number = SCALE): Promise<Bundle> {
  const { data, layout, says } = figure;
  const png = await renderPng(figure, { scale }) as Uint8Array & { toBase64(): string };
  return {
    "application/vnd.plotly.v1+json": { data, layout, config: { responsive: false } },
    "image/png": png.toBase64(),
    "text/plain": says,
  };
}

/**
 * Text for a cell to end with, as Markdown.
 *
 * @example
 * ```ts
 * import { note } from "./display.ts";
 * String(note("**12** rows")); // "**12** rows"
 * ```
 */
export function note(text: string): Displayable {
  return displayable(text, () => ({ "text/markdown": text, "text/plain": text }));
}

/**
 * Shows several things from one cell, in order, before its last value; outside a notebook their
 * text is printed.
 *
 * @example
 * ```ts
 * import { display, note } from "./display.ts";
 * await display(note("one"), note("two")); // prints both, as this isn't a notebook
 * ```
 */
export async function display(...things: readonly Displayable[]): Promise<void> {
  await displayIn(kernelOutput(), things);
}

/** {@linkcode display} into a given output; null is the console. */
export async function displayIn(
  output: CellOutput | null,
  things: readonly Displayable[],
): Promise<void> {
  for (const thing of things) {
    if (output === null) console.log(thing.toString());
    else await output.show(await thing[DISPLAY](), { metadata: thing.metadata });
  }
  if (output !== null) await settled();
}
