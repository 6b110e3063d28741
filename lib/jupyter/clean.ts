/**
 * Makes an executed notebook the same on every machine and at every time: fit to be committed.
 *
 * @module
 */

import {
  type CodeCell,
  isText,
  type Json,
  type JsonRecord,
  type Notebook,
  type Output,
} from "./types.ts";

/** Folders of this machine, absolute and without a slash at the end. */
export interface Places {
  /** Its paths become relative: `lib/tasks.ts`. */
  readonly project: string;
  /** Becomes `~`; empty where it is not known. */
  readonly home: string;
  /** Folders in it, whose names are drawn, become `/tmp/...`. */
  readonly temporary: string;
}

/**
 * Removes what says where and when a notebook was run: paths of the machine in the outputs, times
 * in the metadata, versions of the language, and gaps in the numbers of executions.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cleanText } from "./clean.ts";
 *
 * const places = { project: "/home/ada/mt-dnn", home: "/home/ada", temporary: "/var/tmp" };
 * const text = "at file:///home/ada/mt-dnn/lib/a.ts:1:2, see /home/ada/b and /var/tmp/x1/c";
 * assertEquals(cleanText(text, places), "at lib/a.ts:1:2, see ~/b and /tmp/.../c");
 * ```
 */
export function cleanNotebook(notebook: Notebook, places: Places): Notebook {
  let count = 0;
  const cells = notebook.cells.map((cell) => {
    const metadata = without(cell.metadata, TIMES);
    if (cell.cell_type !== "code") return { ...cell, metadata };
    const execution_count = cell.execution_count === null ? null : ++count;
    const outputs = cell.outputs.map((output) => cleanOutput(output, execution_count, places));
    return { ...cell, metadata, execution_count, outputs } satisfies CodeCell;
  });
  const { language_info: language, ...rest } = without(notebook.metadata, [...TIMES, "widgets"]);
  const named = language ? { language_info: without(language as JsonRecord, ["version"]) } : {};
  return { ...notebook, cells, metadata: { ...rest, ...named } };
}

/** Where JupyterLab and its extensions, VS Code and papermill keep times. */
const TIMES = ["execution", "ExecuteTime", "ExecutionIndicator", "execute_time", "papermill"];

function without(metadata: JsonRecord, names: readonly string[]): JsonRecord {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !names.includes(name)));
}

function cleanOutput(output: Output, count: number | null, places: Places): Output {
  if (output.output_type === "stream") return { ...output, text: cleanText(output.text, places) };
  if (output.output_type === "error") {
    const [evalue, ...traceback] = [output.evalue, ...output.traceback]
      .map((text) => cleanText(text, places));
    return { ...output, evalue: evalue!, traceback };
  }
  const data = Object.entries(output.data).map(([mime, value]) =>
    // Pictures are base64, in which a path could only stand by chance.
    [mime, typeof value !== "string" || isText(mime) ? cleanJson(value, places) : value] as const
  );
  return {
    ...output,
    data: Object.fromEntries(data),
    ...(output.output_type === "execute_result" ? { execution_count: count } : {}),
  };
}

function cleanJson(value: Json, places: Places): Json {
  if (typeof value === "string") return cleanText(value, places);
  if (Array.isArray(value)) return value.map((item) => cleanJson(item, places));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, item]) => [key, cleanJson(item, places)]);
  return Object.fromEntries(entries);
}

/** Replaces paths of the machine in a text. */
export function cleanText(text: string, { project, home, temporary }: Places): string {
  // The project first: it may lie in the home folder, and either in the temporary one.
  const replacements = [
    [project, "/", ""],
    [project, END, "."],
    [temporary, "/[^/\\s\"'`)\\]:,]+", "/tmp/..."],
    [home, END, "~"],
  ] as const;
  return replacements.reduce((cleaned, [folder, rest, by]) => {
    if (folder.length < 2) return cleaned; // not known, or the root of everything
    return cleaned.replaceAll(new RegExp(START + escaped(folder) + rest, "g"), by);
  }, text);
}

/** A path starts where no other goes on, and ends where no name does. */
const START = "(?<![\\w.~/-])(?:file://)?";
const END = "(?![\\w~-]|\\.\\w)";

function escaped(folder: string): string {
  return folder.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
