/**
 * What changes in place while a cell runs: a line of progress and a figure. Both spend a bounded
 * share of the time on themselves, and both leave one output with the last state.
 *
 * @module
 */

import type { Figure } from "../report/figure.ts";
import {
  CLEAR_LINE,
  consoleOutput,
  createProgress,
  type Progress,
  type ProgressOptions,
} from "../base/progress.ts";
import { preparePictures } from "../report/picture.ts";
import { figureBundle, figureMetadata } from "./display.ts";
import { type Bundle, type CellOutput, escapeHtml, kernelOutput, settled } from "./output.ts";

/** Where live things are shown, and by which clock; the kernel and its clock when left out. */
export interface LiveOutput {
  /** Null for none: progress then goes to the terminal, a figure says its sentence at the end. */
  readonly output?: CellOutput | null;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** What {@linkcode liveProgress} takes. */
export type LiveProgressOptions =
  & Pick<ProgressOptions, "label" | "total" | "unit" | "signal">
  & LiveOutput;

/** Progress in a notebook: as on a terminal, but that its end can be awaited. */
export interface LiveProgress extends Progress {
  /** Writes the last state, and waits until it has arrived. */
  end(text?: string): Promise<void>;
}

/** Milliseconds between two states of a line of progress. */
const LINE_INTERVAL = 500;
const COLUMNS = 110;

/**
 * A line with a bar below the cell: how much is done, the speed, the time left, the loss of each
 * task. Outside a notebook it is the terminal's progress.
 *
 * @example
 * ```ts
 * import { liveProgress } from "./live.ts";
 * const progress = liveProgress({ label: "refine", total: 2 });
 * progress.update({ done: 1, rows: 32, losses: { rte: 0.69 } });
 * await progress.end();
 * ```
 */
export function liveProgress(options: LiveProgressOptions): LiveProgress {
  const { output = kernelOutput(), now = () => performance.now(), ...stage } = options;
  if (output === null) {
    const progress = createProgress({ ...stage, ...consoleOutput(), now });
    return { ...progress, end: (text) => Promise.resolve(progress.end(text)) };
  }
  const slot = createSlot(output);
  let share: number | null = null;
  let shown = -Infinity;
  const write = (text: string) => {
    const ended = text.endsWith("\n");
    if (!ended && now() - shown < LINE_INTERVAL) return;
    shown = now();
    slot.put(lineBundle(text.replace(CLEAR_LINE, "").trimEnd(), ended ? null : share));
  };
  const progress = createProgress({ ...stage, write, isTerminal: true, columns: COLUMNS, now });
  return {
    update: (update) => {
      share = stage.total ? Math.min(1, (update.done ?? 0) / stage.total) : null;
      progress.update(update);
    },
    message: (text) => console.log(text),
    end: async (text) => {
      progress.end(text);
      await slot.arrived();
    },
    [Symbol.dispose]: () => progress[Symbol.dispose](),
  };
}

function lineBundle(line: string, share: number | null): Bundle {
  const bar = share === null ? "" : `<progress value="${share.toFixed(3)}" max="1"></progress> `;
  return { "text/html": `<div>${bar}${escapeHtml(line)}</div>`, "text/plain": line };
}

/** A figure that follows a run. */
export interface LiveFigure {
  /** Says that there is news; `make` is called only if the figure is drawn anew. */
  update(make: () => Figure): void;
  /** Draws the last state, and waits until it has arrived. */
  end(): Promise<void>;
  /** The same, so that `await using` shows the last state of a run that was stopped, too. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What {@linkcode liveFigure} takes. */
export interface LiveFigureOptions extends LiveOutput {
  /** Makes the forms of a figure with a picture of this scale; plotly.js's when left out. */
  readonly render?: (figure: Figure, scale?: number) => Bundle | Promise<Bundle>;
}

/** Milliseconds between two drawings at the least. */
const DRAW_INTERVAL = 1000;
/** A drawing may take one part in so many of the time: 2.5 %. */
const PATIENCE = 40;
/** The first drawing takes about so many times as long as the next, as its code is compiled. */
const WARM_UP = 4;

/**
 * A figure below the cell that is drawn anew while a run goes on: at most once a second, and so
 * seldom that drawing takes 2.5 % of the time (every 5 to 10 s). Outside a notebook the last
 * figure's sentence is printed.
 *
 * @example
 * ```ts ignore
 * const figure = liveFigure();
 * for (const step of trainer) figure.update(() => plotLoss(steps));
 * await figure.end();
 * ```
 */
export function liveFigure(options: LiveFigureOptions = {}): LiveFigure {
  const { output = kernelOutput(), now = () => performance.now() } = options;
  const { render = figureBundle } = options;
  const ready = options.render === undefined && output ? preparePictures() : Promise.resolve();
  ready.catch(() => {}); // whoever draws first is told
  const slot = output && createSlot(output);
  let make: (() => Figure) | null = null;
  let drawing: Promise<void> | null = null;
  let next = -Infinity;
  let patience = PATIENCE / WARM_UP;

  const draw = async (scale?: number) => {
    await ready;
    const begun = now();
    const figure = make!();
    slot!.put(await render(figure, scale), figureMetadata(figure));
    next = now() + Math.max(DRAW_INTERVAL, (patience - 1) * (now() - begun));
    patience = PATIENCE;
  };
  const end = async () => {
    await drawing;
    if (make === null) return;
    if (slot === null) return console.log(make().says);
    await draw();
    await slot.arrived();
  };
  return {
    update: (latest) => {
      make = latest;
      if (slot === null || drawing !== null || now() < next) return;
      drawing = draw(LIVE_SCALE).catch(tell).finally(() => drawing = null);
    },
    end,
    [Symbol.asyncDispose]: end,
  };
}

/** Pixels of a passing state for each of the figure: half the painting of the last state. */
const LIVE_SCALE = 1;

/** A figure is not worth a run: what is wrong with it is told, and the run goes on. */
function tell(error: unknown): void {
  console.error(error);
}

/** One place below the cell, whose content is put in place of what was there. */
function createSlot(output: CellOutput) {
  const id = crypto.randomUUID();
  let update = false;
  let sent: Promise<void> = Promise.resolve();
  return {
    put: (bundle: Bundle, metadata: Bundle = {}) => {
      const first = !update;
      update = true;
      // one after another, so that an older state never comes last
      sent = sent.then(() => output.show(bundle, { id, update: !first, metadata })).catch(tell);
    },
    arrived: async () => {
      await sent;
      await settled();
    },
  };
}
