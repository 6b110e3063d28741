/**
 * Pictures of figures without a browser: plotly.js lays the figure out on a page of jsdom, resvg
 * paints it. Both, and the font, come with packages, so a picture is the same on every machine.
 * They are loaded at the first picture; who makes none pays nothing.
 *
 * @module
 */

import type { Figure } from "./figure.ts";
import { readFontMetrics } from "./picture/font.ts";
import { openPage, type Page } from "./picture/page.ts";

/** How a picture is painted. */
export interface PngOptions {
  /** Pixels for each pixel of the figure; 2 when left out, for dense screens. */
  readonly scale?: number;
}

/** What draws: opened once, at the first picture. */
interface Studio {
  readonly page: Page;
  readonly paint: (svg: string, scale: number) => Uint8Array<ArrayBuffer>;
}

/** Kinds of trace that this plotly.js draws and that come out right without a browser. */
const drawable = ["scatter", "bar"];

let studio: Promise<Studio> | undefined;

/**
 * The figure as SVG, its words as text in Inter or what the reader has instead. About 0.9 s for the
 * first picture of a process, then 40 to 150 ms each.
 *
 * Throws a RangeError for a kind of trace other than lines, points and bars.
 *
 * @example
 * ```ts
 * import { createFigure } from "./figure.ts";
 * import { renderSvg } from "./picture.ts";
 * const bar = { type: "bar", x: ["rte"], y: [66.1] } as const;
 * const says = "RTE is at 66.1.";
 * const svg = await renderSvg(
 *   createFigure({ title: "Scores", says, height: 200, data: [bar], layout: {} }),
 * );
 * svg.startsWith("<svg"); // true
 * ```
 */
export async function renderSvg(figure: Figure): Promise<string> {
  const kind = figure.data.find(({ type }) => !drawable.includes(type))?.type;
  if (kind !== undefined) {
    throw new RangeError(
      `Cannot draw a trace of type "${kind}": expected one of ${drawable.join(", ")}; draw areas ` +
        "and cells as shapes of the layout",
    );
  }
  const { page } = await (studio ??= openStudio());
  const svg = await page.draw(figure);
  return describe(svg, figure.says);
}

/**
 * The figure as PNG on a white ground: `scale` times its width and height, the same bytes for the
 * same figure on every machine. About 20 to 120 ms on top of {@linkcode renderSvg}.
 *
 * Throws what {@linkcode renderSvg} throws.
 *
 * @example
 * ```ts
 * import { createFigure } from "./figure.ts";
 * import { renderPng } from "./picture.ts";
 * const bar = { type: "bar", x: ["rte"], y: [66.1] } as const;
 * const says = "RTE is at 66.1.";
 * const png = await renderPng(
 *   createFigure({ title: "Scores", says, height: 200, data: [bar], layout: {} }),
 * );
 * png.subarray(1, 4); // the bytes of "PNG"; Deno.writeFile makes a file of them
 * ```
 */
export async function renderPng(
  figure: Figure,
  { scale = 2 }: PngOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const svg = await renderSvg(figure);
  const { paint } = await studio!;
  return paint(svg, scale);
}

/** Loads what draws, about 0.9 s, so that the first picture doesn't have to wait for it. */
export async function preparePictures(): Promise<void> {
  await (studio ??= openStudio());
}

async function openStudio(): Promise<Studio> {
  const read = (specifier: string) => Deno.readFile(new URL(import.meta.resolve(specifier)));
  const [program, wasm, regular, bold] = await Promise.all([
    read("plotly.js-basic-dist-min"),
    read("@resvg/resvg-wasm/index_bg.wasm"),
    read("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf"),
    read("@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf"),
  ]);
  const page = await openPage(new TextDecoder().decode(program), {
    regular: readFontMetrics(regular),
    bold: readFontMetrics(bold),
  });
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  await initWasm(wasm);
  const font = {
    fontBuffers: [regular, bold],
    loadSystemFonts: false,
    defaultFontFamily: "Inter",
    sansSerifFamily: "Inter",
  };
  const paint = (svg: string, scale: number) => {
    using painter = disposable(
      new Resvg(svg, { background: "white", font, fitTo: { mode: "zoom", value: scale } }),
    );
    using image = disposable(painter.value.render());
    return new Uint8Array(image.value.asPng());
  };
  return { page, paint };
}

/** Memory of WebAssembly isn't collected. */
function disposable<T extends { free(): void }>(value: T): Disposable & { readonly value: T } {
  return { value, [Symbol.dispose]: () => value.free() };
}

/** The sentence as the picture's description, for those who hear it. */
function describe(svg: string, says: string): string {
  const text = says.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return svg.replace(/^<svg ([^>]*)>/, `<svg role="img" $1><title>${text}</title>`);
}
