/**
 * Figures as files, for READMEs and papers.
 *
 * @module
 */

import { join } from "node:path";
import { writeAside } from "../base/disk.ts";
import type { Figure } from "./figure.ts";
import { renderPng, renderSvg } from "./picture.ts";

/** The files of one figure. */
export interface FigureFiles {
  /** Path of the SVG. */
  readonly svg: string;
  /** Path of the PNG. */
  readonly png: string;
}

/** Names that are the same on every system. */
const named = /^[a-z0-9][a-z0-9_-]*$/;

/**
 * Writes `<name>.svg` and `<name>.png` (two pixels for each of the figure's) into a folder, each
 * whole or not at all, and nothing where the figure can't be drawn. The same figure gives the same
 * bytes.
 *
 * Throws one sentence for a name other than small letters, digits, - and _, for what can't be
 * drawn, and where the folder can't be written.
 *
 * @example
 * ```ts
 * import { createFigure } from "./figure.ts";
 * import { writeFigure } from "./figure_files.ts";
 * const bar = { type: "bar", x: ["rte"], y: [66.1] } as const;
 * const says = "RTE is at 66.1.";
 * const figure = createFigure({ title: "Scores", says, height: 200, data: [bar], layout: {} });
 * const folder = await Deno.makeTempDir();
 * await writeFigure(folder, "scores", figure); // { svg: ".../scores.svg", png: ".../scores.png" }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeFigure(
  folder: string,
  name: string,
  figure: Figure,
): Promise<FigureFiles> {
  if (!named.test(name)) {
    throw new Error(
      `Cannot write a figure named "${name}": expected small letters, digits, - and _, such as ` +
        '"training-loss"',
    );
  }
  const svg = new TextEncoder().encode(await renderSvg(figure));
  const png = await renderPng(figure);
  try {
    await Deno.mkdir(folder, { recursive: true });
    const files = { svg: join(folder, `${name}.svg`), png: join(folder, `${name}.png`) };
    await writeAside(files.svg, [svg], () => files.svg);
    await writeAside(files.png, [png], () => files.png);
    return files;
  } catch (cause) {
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(/: \w+ '.*$/, "");
    throw new Error(
      `Cannot write the figure "${name}" to "${folder}": ${why}; make room there or choose another ` +
        "folder",
      { cause },
    );
  }
}
