/**
 * Checks that a value has the form of nbformat 4.5, and joins its texts.
 *
 * @module
 */

import { quote } from "../base/quote.ts";
import type {
  Cell,
  CodeCell,
  DisplayOutput,
  Json,
  JsonRecord,
  MimeBundle,
  Notebook,
  Output,
} from "./types.ts";

/**
 * A value read from JSON as a notebook.
 *
 * @throws with the place, what stands there, and what was expected.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { validateNotebook } from "./validate.ts";
 *
 * const old = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 4 };
 * assertThrows(() => validateNotebook(old), Error, "open and save it in JupyterLab");
 * ```
 */
export function validateNotebook(value: unknown): Notebook {
  const notebook = record(value, "it");
  const { nbformat, nbformat_minor } = notebook;
  if (nbformat !== 4 || typeof nbformat_minor !== "number" || nbformat_minor < 5) {
    throw new Error(
      `it is nbformat ${show(nbformat)}.${
        show(nbformat_minor)
      }, expected 4.5: open and save it in ` +
        "JupyterLab.",
    );
  }
  onlyKeys(notebook, ["cells", "metadata", "nbformat", "nbformat_minor"], "it");
  const cells = list(notebook.cells, `"cells"`).map((cell, i) => cellOf(cell, `cell ${i + 1}`));
  const seen = new Map<string, number>();
  for (const [i, { id }] of cells.entries()) {
    const first = seen.get(id);
    if (first) throw new Error(`cells ${first} and ${i + 1} both have the id "${id}".`);
    seen.set(id, i + 1);
  }
  const metadata = record(notebook.metadata, `"metadata"`);
  checkNames(metadata);
  return { cells, metadata, nbformat, nbformat_minor };
}

function checkNames(metadata: JsonRecord): void {
  const named = { kernelspec: ["name", "display_name"], language_info: ["name"] } as const;
  for (const [key, names] of Object.entries(named)) {
    if (metadata[key] === undefined) continue;
    const place = `"metadata" "${key}"`;
    const entry = record(metadata[key], place);
    for (const name of names) text(entry[name], `${place} "${name}"`);
  }
}

const kinds = {
  code: ["outputs", "execution_count"],
  markdown: ["attachments"],
  raw: ["attachments"],
} as const;

function cellOf(value: Json, place: string): Cell {
  const cell = record(value, place);
  const { cell_type: kind, id } = cell;
  if (kind !== "code" && kind !== "markdown" && kind !== "raw") {
    throw new Error(`${place} has the cell_type ${show(kind)}, expected code, markdown or raw.`);
  }
  if (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id)) {
    throw new Error(`${place} has the id ${show(id)}, expected 1 to 64 letters, digits, "-", "_".`);
  }
  onlyKeys(cell, ["cell_type", "id", "metadata", "source", ...kinds[kind]], place);
  const metadata = record(cell.metadata, `${place} "metadata"`);
  checkTags(metadata, place);
  const common = { id, metadata, source: joined(cell.source, `${place} "source"`) };
  if (kind === "code") return { cell_type: kind, ...common, ...executed(cell, place) };
  if (cell.attachments === undefined) return { cell_type: kind, ...common };
  const attachments = Object.entries(record(cell.attachments, `${place} "attachments"`))
    .map(([name, data]) => [name, bundle(data, `${place} attachment "${name}"`)] as const);
  return { cell_type: kind, ...common, attachments: Object.fromEntries(attachments) };
}

function checkTags({ tags }: JsonRecord, place: string): void {
  if (tags === undefined) return;
  const names = list(tags, `${place} "tags"`);
  const wrong = names.find((tag) => typeof tag !== "string" || !/^[^,]+$/.test(tag));
  if (wrong !== undefined) throw new Error(`${place} has the tag ${show(wrong)}.`);
  if (new Set(names).size < names.length) throw new Error(`${place} has a tag twice.`);
}

function executed(cell: JsonRecord, place: string): Pick<CodeCell, "outputs" | "execution_count"> {
  const outputs = list(cell.outputs, `${place} "outputs"`)
    .map((output, i) => outputOf(output, `${place} output ${i + 1}`));
  return { outputs, execution_count: count(cell.execution_count, `${place} "execution_count"`) };
}

function outputOf(value: Json, place: string): Output {
  const output = record(value, place);
  const kind = output.output_type;
  if (kind === "stream") {
    onlyKeys(output, ["output_type", "name", "text"], place);
    const { name } = output;
    if (name !== "stdout" && name !== "stderr") {
      throw new Error(`${place} has the name ${show(name)}, expected stdout or stderr.`);
    }
    return { output_type: kind, name, text: joined(output.text, `${place} "text"`) };
  }
  if (kind === "error") {
    onlyKeys(output, ["output_type", "ename", "evalue", "traceback"], place);
    const [ename, evalue] = [output.ename, output.evalue].map((item) => text(item, place));
    const traceback = list(output.traceback, `${place} "traceback"`)
      .map((line) => text(line, `${place} "traceback"`));
    return { output_type: kind, ename: ename!, evalue: evalue!, traceback };
  }
  return displayOf(output, place);
}

function displayOf(output: JsonRecord, place: string): DisplayOutput {
  const { output_type: kind } = output;
  if (kind !== "display_data" && kind !== "execute_result") {
    throw new Error(
      `${place} has the output_type ${show(kind)}, ` +
        "expected stream, display_data, execute_result or error.",
    );
  }
  const result = kind === "execute_result";
  onlyKeys(
    output,
    ["output_type", "data", "metadata", ...(result ? ["execution_count"] : [])],
    place,
  );
  return {
    output_type: kind,
    ...(result
      ? { execution_count: count(output.execution_count, `${place} "execution_count"`) }
      : {}),
    data: bundle(output.data, `${place} "data"`),
    metadata: record(output.metadata, `${place} "metadata"`),
  };
}

/** Texts are kept as lines or whole; only a JSON type may hold anything else. */
function bundle(value: Json | undefined, place: string): MimeBundle {
  const entries = Object.entries(record(value, place)).map(([mime, data]) => {
    const isJson = /^application\/(.*\+)?json$/.test(mime);
    return [mime, isJson ? data : joined(data, `${place} "${mime}"`)] as const;
  });
  return Object.fromEntries(entries);
}

function joined(value: Json | undefined, place: string): string {
  const lines = typeof value === "string" ? [value] : value;
  if (Array.isArray(lines) && lines.every((line) => typeof line === "string")) {
    return lines.join("");
  }
  throw new Error(`${place} is ${show(value)}, expected a text or a list of lines.`);
}

function text(value: Json | undefined, place: string): string {
  if (typeof value === "string") return value;
  throw new Error(`${place} is ${show(value)}, expected a text.`);
}

function count(value: Json | undefined, place: string): number | null {
  if (value === null) return null;
  if (Number.isInteger(value) && value as number >= 0) return value as number;
  throw new Error(`${place} is ${show(value)}, expected a whole number or null.`);
}

function record(value: unknown, place: string): JsonRecord {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonRecord;
  }
  throw new Error(`${place} is ${show(value)}, expected a record.`);
}

function list(value: Json | undefined, place: string): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${place} is ${show(value)}, expected a list.`);
}

function onlyKeys(value: JsonRecord, allowed: readonly string[], place: string): void {
  const other = Object.keys(value).find((key) => !allowed.includes(key));
  if (other) throw new Error(`${place} has ${quote(other)}, expected only ${allowed.join(", ")}.`);
}

function show(value: unknown): string {
  return quote(value, 40);
}
