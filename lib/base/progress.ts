/**
 * Live progress of whatever takes long, training, downloads or tests: one line that is updated in
 * place on a terminal, a log line now and then anywhere else. Where the text goes, its width and the
 * clock are arguments.
 *
 * @module
 */

import { duration, smooth, type Smoothed, type Status, statusLine } from "./status.ts";

/** Where progress is shown. */
export interface ProgressOutput {
  readonly write: (text: string) => void;
  /** Whether `write` reaches a terminal that can go back to the start of a line. */
  readonly isTerminal: boolean;
  /** Width of the terminal; a function where it may change. */
  readonly columns: number | (() => number);
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** What {@linkcode createProgress} takes. */
export interface ProgressOptions extends ProgressOutput {
  /** Name of the stage. */
  readonly label: string;
  /** How many steps there will be; left out where nobody knows, or an update says so. */
  readonly total?: number | undefined;
  /** What is counted; `steps` when left out, null for nothing. */
  readonly unit?: string | null;
  /** Seconds between two log lines where there is no terminal; 30 when left out. */
  readonly logSeconds?: number;
  /** Ends the line with "interrupted" when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** How far a stage has come; counts start where the run, or the one it resumes, started. */
export interface ProgressUpdate {
  readonly done?: number;
  readonly total?: number;
  /** Rows seen so far; without it no rows per second are shown. */
  readonly rows?: number;
  /** The newest loss of each task that was in the step. */
  readonly losses?: Readonly<Record<string, number>>;
  /** What is at work just now. */
  readonly note?: string;
}

/** A stage's progress; every call after the end is ignored, but for messages. */
export interface Progress {
  update(update: ProgressUpdate): void;
  /** Writes a line of its own above the progress line. */
  message(text: string): void;
  /** Writes the last state with `text` ("done" when left out) and ends the line. */
  end(text?: string): void;
  /** Ends the line with "stopped", so that `using` leaves no torn line behind an error. */
  [Symbol.dispose](): void;
}

/** Milliseconds between two drawings on a terminal: at most ten a second. */
const DRAW_INTERVAL = 100;
/** Speed is that of about the last 30 seconds: it follows changes and forgets a slow start. */
const SPEED_WINDOW = 30_000;
/** Back to the start of the line, and clear it to the end. */
export const CLEAR_LINE = "\r\x1b[K";

/**
 * Starts the progress of one stage. On a terminal the line is drawn at most ten times a second and
 * never wraps; elsewhere a line is written at the first update and then every `logSeconds`.
 *
 * @example
 * ```ts
 * import { createProgress } from "./progress.ts";
 * let text = "";
 * const output = { write: (more: string) => void (text += more), isTerminal: false, columns: 80 };
 * const progress = createProgress({ label: "refine", total: 2, now: () => 0, ...output });
 * progress.update({ done: 1, losses: { rte: 0.7 } });
 * progress.end();
 * text; // "refine  1/2 steps (50 %)  loss rte 0.700\nrefine  1/2 steps (50 %)  ... done\n"
 * ```
 */
export function createProgress(options: ProgressOptions): Progress {
  const { write, isTerminal, now, signal } = options;
  const stage = createStage(options);
  const interval = isTerminal ? DRAW_INTERVAL : 1000 * (options.logSeconds ?? 30);
  let drawn = -Infinity;
  let ended = false;

  const draw = () => {
    if (now() - drawn < interval) return;
    drawn = now();
    if (!isTerminal) return write(statusLine(stage.status(), Infinity) + "\n");
    const columns = typeof options.columns === "number" ? options.columns : options.columns();
    // A character in the last column would wrap on some terminals.
    write(CLEAR_LINE + statusLine(stage.status(), columns - 1));
  };
  const end = (text = "done") => {
    if (ended) return;
    ended = true;
    signal?.removeEventListener("abort", interrupted);
    const line = `${statusLine(stage.summary(), Infinity)}  ${duration(stage.seconds())}  ${text}`;
    write(`${isTerminal ? CLEAR_LINE : ""}${line}\n`);
  };
  const interrupted = () => end("interrupted");
  signal?.addEventListener("abort", interrupted);
  if (signal?.aborted) interrupted();

  return {
    update: (update) => {
      if (ended) return;
      stage.update(update);
      draw();
    },
    message: (text) => {
      write(`${isTerminal && !ended ? CLEAR_LINE : ""}${text}\n`);
      if (isTerminal && !ended && stage.started()) draw();
    },
    end,
    [Symbol.dispose]: () => end("stopped"),
  };
}

/** A moment of a stage. */
interface Moment {
  readonly time: number;
  readonly done: number;
  readonly rows: number | undefined;
}

/** Counts, speed and smoothed losses of one stage. */
function createStage({ label, unit = "steps", total, now }: ProgressOptions) {
  const begun = now();
  let note: string | undefined;
  const smoothed = new Map<string, Smoothed>();
  // The first update is the start of measuring: what came before it was set-up and compiling.
  let first: Moment | undefined;
  let last: Moment | undefined;
  let recent: readonly Moment[] = [];

  const statusSince = (start: Moment | undefined): Status => {
    const steps = perSecond("done", start, last);
    return {
      label,
      unit,
      total,
      note,
      done: last?.done ?? 0,
      rate: unit === "MB" ? steps : perSecond("rows", start, last),
      secondsLeft: total === undefined || !steps ? null : (total - last!.done) / steps,
      losses: new Map([...smoothed].map(([task, { value }]) => [task, value])),
    };
  };
  return {
    update: ({ done = last?.done ?? 0, rows, losses = {}, ...update }: ProgressUpdate) => {
      last = { time: now(), done, rows };
      total = update.total ?? total;
      note = update.note;
      first ??= last;
      recent = withMoment(recent, last);
      for (const [task, loss] of Object.entries(losses)) {
        smoothed.set(task, smooth(smoothed.get(task), loss));
      }
    },
    started: () => first !== undefined,
    seconds: () => (now() - begun) / 1000,
    status: () => statusSince(recent[0]),
    /** The speed of the whole stage; nothing is left, and nothing at work. */
    summary: (): Status => ({ ...statusSince(first), secondsLeft: null, note: undefined }),
  };
}

/** Keeps a moment about every half second, back to one just before the window. */
function withMoment(recent: readonly Moment[], moment: Moment): readonly Moment[] {
  const newest = recent.at(-1);
  if (newest && moment.time - newest.time < 500) return recent;
  const old = recent.findLastIndex(({ time }) => moment.time - time >= SPEED_WINDOW);
  return [...recent.slice(Math.max(0, old)), moment];
}

/** Null where no time has passed or the count is not known. */
function perSecond(
  what: "done" | "rows",
  start: Moment | undefined,
  end: Moment | undefined,
): number | null {
  const [from, to] = [start?.[what], end?.[what]];
  if (from === undefined || to === undefined || end!.time <= start!.time) return null;
  return (1000 * (to - from)) / (end!.time - start!.time);
}

/**
 * The process's standard error as the place of progress, so that piped results stay clean.
 *
 * @example
 * ```ts
 * import { consoleOutput } from "./progress.ts";
 * consoleOutput().write(""); // or createProgress({ label: "refine", ...consoleOutput() })
 * ```
 */
export function consoleOutput(): ProgressOutput {
  const encoder = new TextEncoder();
  return {
    write: (text) => {
      try {
        for (let bytes = encoder.encode(text); bytes.length > 0;) {
          bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
        }
      } catch {
        // Whoever watched has gone, or can't keep up: never a reason to stop a run.
      }
    },
    isTerminal: Deno.stderr.isTerminal(),
    columns: () => {
      try {
        return Deno.consoleSize().columns || 80;
      } catch {
        return 80; // standard input and output are both redirected
      }
    },
    now: () => performance.now(),
  };
}

/**
 * Prints one sentence on standard error, in the place of a line that an error left unfinished.
 *
 * @example
 * ```ts
 * import { logLine } from "./progress.ts";
 * logLine("Fetching the encoder, once.");
 * ```
 */
export function logLine(line: string): void {
  const { write, isTerminal } = consoleOutput();
  write(`${isTerminal ? CLEAR_LINE : ""}${line}\n`);
}
