/**
 * What a fetch reports while it runs, and how that is shown on standard error.
 *
 * @module
 */

/** How far one file has come. */
export interface DownloadProgress {
  /** What is done to which file, as "fetching model.safetensors". */
  readonly what: string;
  /** Bytes so far. */
  readonly done: number;
  /** Bytes in all. */
  readonly total: number;
}

/** Where a fetch reports to; whoever passes nothing gets standard error. */
export interface Reporter {
  /** Receives one sentence at a time. */
  readonly log?: (line: string) => void;
  /** Receives the state of the running file several times a second. */
  readonly progress?: (progress: DownloadProgress) => void;
}

const WIDTH = 24;

/** Start of the line, and nothing on it: what a bar leaves unfinished is overwritten. */
const CLEAR_LINE = "\r\x1b[K";

/** Prints one sentence on standard error. */
export function logLine(line: string): void {
  writeError(`${Deno.stderr.isTerminal() ? CLEAR_LINE : ""}${line}\n`);
}

/**
 * Draws a bar that overwrites itself on a terminal, and prints one line per file elsewhere.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { barProgress } from "./bar.ts";
 *
 * let written = "";
 * const progress = barProgress(false, (text) => written += text);
 * progress({ what: "fetching a file", done: 500_000, total: 1_000_000 });
 * progress({ what: "fetching a file", done: 1_000_000, total: 1_000_000 });
 * assertEquals(written, "fetching a file (1.0 MB)\n");
 * ```
 */
export function barProgress(
  terminal: boolean = Deno.stderr.isTerminal(),
  write: (text: string) => void = writeError,
): (progress: DownloadProgress) => void {
  let announced = "";
  return (progress) => {
    const finished = progress.done >= progress.total;
    if (terminal) {
      write(`${CLEAR_LINE}${renderProgress(progress)}${finished ? "\n" : ""}`);
    } else if (announced !== progress.what) {
      announced = progress.what;
      write(`${progress.what} (${megabytes(progress.total)} MB)\n`);
    }
  };
}

/**
 * One state as text.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { renderProgress } from "./bar.ts";
 *
 * const line = renderProgress({ what: "fetching a file", done: 5e6, total: 10e6 });
 * assertEquals(line, "fetching a file  ############............  5.0 of 10.0 MB");
 * ```
 */
export function renderProgress({ what, done, total }: DownloadProgress): string {
  const full = Math.round(WIDTH * Math.min(1, total > 0 ? done / total : 1));
  const bar = "#".repeat(full) + ".".repeat(WIDTH - full);
  return `${what}  ${bar}  ${megabytes(done)} of ${megabytes(total)} MB`;
}

/** Bytes as millions with one decimal, as "273.8". */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function writeError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
