/**
 * Notebook files (.ipynb, nbformat 4.5) as typed values: read and validated, written whole.
 *
 * @module
 */

import { join } from "node:path";
import { readWhole, textOf, writeAside } from "../base/disk.ts";
import { oneLine } from "../base/quote.ts";
import { isText, type Json, type JsonRecord, type Notebook, type Output } from "./types.ts";
import { validateNotebook } from "./validate.ts";

export type { Cell, CodeCell, Json, Notebook, Output, TextCell } from "./types.ts";

/**
 * Reads a notebook from the text of its file; `name` stands in the error.
 *
 * Throws one sentence with the file and the place where it is no JSON or no valid nbformat 4.5.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { parseNotebook } from "./document.ts";
 *
 * const text = '{"cells": [{"cell_type": "code"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}';
 * assertThrows(() => parseNotebook(text, "a.ipynb"), Error, 'Cannot read "a.ipynb": cell 1 has');
 * ```
 */
export function parseNotebook(text: string, name: string): Notebook {
  try {
    const json: Json = JSON.parse(text);
    sorted(json); // as writing will do: fails for too many levels
    return validateNotebook(json);
  } catch (cause) {
    const why = oneLine((cause as Error).message, 500);
    const place = cause instanceof SyntaxError
      ? `it is no JSON: ${why}`
      : cause instanceof RangeError
      ? "it has too many levels."
      : why;
    throw new Error(`Cannot read "${name}": ${place}`, { cause });
  }
}

/**
 * Reads a notebook's file.
 *
 * Throws one sentence with the file and the place where it can't be read or is not valid.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { readNotebook } from "./document.ts";
 *
 * await assertRejects(() => readNotebook("nowhere.ipynb"), Error, 'Cannot read "nowhere.ipynb"');
 * ```
 */
export async function readNotebook(file: string): Promise<Notebook> {
  const { bytes } = await readWhole(file);
  return parseNotebook(textOf(bytes, file), file);
}

/**
 * The notebooks in a folder, in order; none where there is no such folder.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { listNotebooks } from "./document.ts";
 *
 * assertEquals(await listNotebooks("nowhere"), []);
 * ```
 */
export async function listNotebooks(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isFile, name }) => isFile && /^[^.].*\.ipynb$/.test(name))
      .map(({ name }) => join(folder, name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * The text of a notebook's file, byte for byte as JupyterLab would save it: keys in order, one
 * space of indent, texts as lists of lines. So differences are differences of content.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatNotebook, parseNotebook } from "./document.ts";
 *
 * const notebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 } as const;
 * assertEquals(parseNotebook(formatNotebook(notebook), "a.ipynb"), notebook);
 * ```
 */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: linesOf(cell.source),
    ...(cell.cell_type === "code" ? { outputs: cell.outputs.map(splitOutput) } : {}),
  }));
  return JSON.stringify(sorted({ ...notebook, cells } as unknown as Json), null, 1) + "\n";
}

/**
 * Writes a notebook's file, whole or not at all.
 *
 * Throws where the disk refuses.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readNotebook, writeNotebook } from "./document.ts";
 *
 * const file = await Deno.makeTempFile({ suffix: ".ipynb" });
 * await writeNotebook(file, { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });
 * assertEquals((await readNotebook(file)).cells, []);
 * await Deno.remove(file);
 * ```
 */
export async function writeNotebook(file: string, notebook: Notebook): Promise<void> {
  await writeAside(file, [new TextEncoder().encode(formatNotebook(notebook))], () => file);
}

function splitOutput(output: Output): JsonRecord {
  if (output.output_type === "stream") return { ...output, text: linesOf(output.text) };
  if (output.output_type === "error") return { ...output };
  const data = Object.entries(output.data).map(([mime, value]) =>
    [mime, typeof value === "string" && isText(mime) ? linesOf(value) : value] as const
  );
  return { ...output, data: Object.fromEntries(data) };
}

/** Lines with their ends, split where Python splits: JupyterLab's server is a Python program. */
function linesOf(text: string): string[] {
  // deno-lint-ignore no-control-regex -- these are line ends to Python
  return text.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[^])/g) ?? [];
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
