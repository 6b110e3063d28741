/**
 * A page without a browser on which plotly.js can lay out a figure: jsdom, and what jsdom lacks.
 *
 * @module
 */

import { createRandom } from "../../base/random.ts";
import type { Figure } from "../figure.ts";
import { type Box, boxOf, type Fonts, pageBoxOf, type SvgPart } from "./boxes.ts";

/** A page that lays out one figure at a time. */
export interface Page {
  /** The figure as SVG, the same text each time; figures wait for those before them. */
  draw(figure: Figure): Promise<string>;
}

/** The few things of plotly.js that are used. */
interface Plotly {
  toImage(
    figure: { readonly data: unknown; readonly layout: unknown; readonly config: unknown },
    options: {
      readonly format: "svg";
      readonly imageDataOnly: true;
      readonly width: number;
      readonly height: number;
    },
  ): Promise<string>;
}

/**
 * Opens the page and runs `program`, the text of plotly.js, in it. Text is as wide as `fonts` say.
 *
 * Throws where jsdom isn't installed or the program doesn't define Plotly.
 */
export async function openPage(program: string, fonts: Fonts): Promise<Page> {
  const { JSDOM } = await import("jsdom");
  const dom = new JSDOM("<!doctype html><body></body>", { runScripts: "outside-only" });
  const window = dom.window as PageWindow;
  standIn(window, fonts);
  window.eval(program);
  if (!window.Plotly) throw new Error("Cannot draw figures: the program did not define Plotly");
  let before: Promise<unknown> = Promise.resolve();
  return {
    draw: (figure) => {
      const drawn = before.then(() => draw(window, figure));
      before = drawn.catch(() => {}); // the next one is drawn all the same
      return drawn;
    },
  };
}

async function draw(window: PageWindow, { data, layout, says }: Figure): Promise<string> {
  // plotly.js names clips and traces at random: figures that differ get names that differ
  const { uniform } = createRandom(says);
  window.Math.random = uniform;
  const { width, height } = layout;
  // it writes into what it is given
  const figure = { ...structuredClone({ data, layout }), config: { staticPlot: true } };
  return await window.Plotly!.toImage(figure, {
    format: "svg",
    imageDataOnly: true,
    width,
    height,
  });
}

/** What of a window is used, and what stand-ins are put into. */
interface PageWindow {
  eval(program: string): void;
  readonly Plotly?: Plotly;
  readonly Math: { random: () => number };
  readonly URL: Record<string, unknown>;
  readonly SVGElement: { readonly prototype: Record<string, unknown> };
  readonly HTMLCanvasElement: { readonly prototype: Record<string, unknown> };
  matchMedia?: unknown;
  ResizeObserver?: unknown;
  setTimeout: unknown;
  requestAnimationFrame: unknown;
}

function standIn(window: PageWindow, fonts: Fonts): void {
  const listenerless = { addEventListener() {}, removeEventListener() {} };
  window.URL.createObjectURL = () => "blob:none";
  window.URL.revokeObjectURL = () => {};
  window.matchMedia ??= () => ({ matches: false, ...listenerless });
  window.ResizeObserver ??= class {
    observe() {}
    disconnect() {}
  };
  // Without a screen there is nothing to wait for; so drawing is over in one go, and its time known.
  window.setTimeout = (then: () => void) => void queueMicrotask(then);
  window.requestAnimationFrame = window.setTimeout;
  // A canvas is asked for to find out whether there is one.
  window.HTMLCanvasElement.prototype.getContext = () => null;
  const svg = window.SVGElement.prototype;
  svg.getBBox = function (this: SvgPart) {
    return rectangle(boxOf(this, fonts));
  };
  svg.getBoundingClientRect = function (this: SvgPart) {
    return rectangle(pageBoxOf(this, fonts));
  };
  svg.getComputedTextLength = function (this: SvgPart) {
    return rectangle(boxOf(this, fonts)).width;
  };
}

/** A box with all the names that SVG and HTML have for its sides. */
function rectangle(box: Box | null) {
  const { left, top, right, bottom } = box ?? { left: 0, top: 0, right: 0, bottom: 0 };
  const size = { x: left, y: top, width: right - left, height: bottom - top };
  return { ...size, left, top, right, bottom };
}
