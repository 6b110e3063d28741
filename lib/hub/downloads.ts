/**
 * What a fetch reports while it runs, and how that is shown on standard error.
 *
 * @module
 */

import {
  consoleOutput,
  createProgress,
  type Progress,
  type ProgressOutput,
} from "../base/progress.ts";

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

/**
 * Shows one file after another, each by a line of progress in MB.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { showDownloads } from "./downloads.ts";
 *
 * let text = "";
 * const write = (more: string) => void (text += more);
 * const show = showDownloads({ write, isTerminal: false, columns: 80, now: () => 0 });
 * show({ what: "fetching a file", done: 1_000_000, total: 1_000_000 });
 * assertEquals(text.split("\n")[0], "fetching a file  1.0/1.0 MB (100 %)");
 * ```
 */
export function showDownloads(
  output: ProgressOutput = consoleOutput(),
): (progress: DownloadProgress) => void {
  let shown: { readonly what: string; readonly progress: Progress } | undefined;
  return ({ what, done, total }) => {
    if (shown?.what !== what) {
      shown?.progress.end("stopped");
      shown = { what, progress: createProgress({ label: what, unit: "MB", ...output }) };
    }
    shown.progress.update({ done: done / 1e6, total: total / 1e6 });
    if (done < total) return;
    shown.progress.end();
    shown = undefined;
  };
}
