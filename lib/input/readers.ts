/**
 * From the text of an official file to examples: pure parsing, described by a {@linkcode Layout}.
 * Columns are found by name and labels are mapped by name, never by position, because other
 * distributions of the same data order both differently.
 *
 * @module
 */

import { parse } from "@std/csv";
import { oneLine, quote, reasonOf } from "../base/quote.ts";
import type { Example } from "../types.ts";

/** How a file writes its rows; all columns are called by name. */
export interface Layout {
  /**
   * "tsv", when left out: lines end at "\n", columns at "\t", and quotes mean nothing, as in the
   * official files. "csv": comma-separated values with quotes (RFC 4180).
   */
  readonly format?: "tsv" | "csv";
  /** All columns in order, for a file without a header; left out, the first line names them. */
  readonly columns?: readonly string[];
  /** How many columns more than `columns` a row may have; 0 when left out. */
  readonly moreColumns?: number;
  /** Column of the official identifier, or several names of which the first present one counts. */
  readonly id?: string | readonly string[];
  /** Column of the first text. */
  readonly premise: string;
  /** Column of the second text; left out for single sentences. */
  readonly hypothesis?: string;
  /** Column of the label or score; left out for files without targets. */
  readonly target?: string;
  /**
   * What stands between the labels of a row that may have any number of them, none included; left
   * out, every row has one.
   */
  readonly labelSeparator?: string;
  /** What the file writes for a label, where it does not write the label's name. */
  readonly words?: Readonly<Record<string, string>>;
  /** Least and greatest score of a regression task; [0, 5] when left out. */
  readonly range?: readonly [number, number];
  /** Target cells that mean "no label agreed on": such rows are left out and counted. */
  readonly withoutTarget?: readonly string[];
  /** Leave out and count rows that are too short, as the reference does, instead of refusing them. */
  readonly leaveOutShort?: boolean;
}

/** Where a split's rows come from. */
export interface Source {
  /** Paths relative to the data folder, the first that exists is read. */
  readonly candidates: readonly string[];
  /** How that file writes its rows. */
  readonly layout: Layout;
}

/** Rows left out for one reason. */
export interface Dropped {
  /** In words. */
  readonly reason: string;
  /** How many rows. */
  readonly count: number;
}

/** What parsing one file gave. */
export interface Parsed {
  readonly examples: Example[];
  readonly dropped: Dropped[];
  /** How many of the examples have an empty text: legal, and present in some official files. */
  readonly empty: number;
}

/** Options of {@linkcode parseExamples}. */
export interface ParseOptions {
  /** Name of the file, for error messages. */
  readonly file: string;
  /** Lose the first row, as the reference program does with CoLA (the switch `loseFirstColaRow`). */
  readonly skipFirst?: boolean;
}

/** Gives the targets in a cell, null for a row to leave out, or as text what was wrong. */
type TargetReader = (cell: string) => readonly number[] | null | string;

/** Positions of the columns that matter; -1 where the layout has none. */
interface Columns {
  readonly least: number;
  readonly most: number;
  readonly id: number;
  readonly premise: number;
  readonly hypothesis: number;
  readonly target: number;
}

/**
 * Parses a whole file. `labels` are the names of the labels by index; an empty list means that the
 * target is a score. Of tab-separated files, "\n" ends lines and one "\r" before it is removed.
 *
 * Throws an error that names file, line, what was found and what was expected: a missing column, a
 * row with too few or too many columns, an unknown label, a score that is no number or out of range,
 * a file without rows.
 *
 * @example
 * ```ts
 * import { parseExamples } from "./readers.ts";
 * const text = "index\tsentence1\tsentence2\tlabel\n0\tIt rains.\tIt is wet.\tentailment\n";
 * const layout = { id: "index", premise: "sentence1", hypothesis: "sentence2", target: "label" };
 * const { examples } = parseExamples(text, layout, ["not_entailment", "entailment"], {
 *   file: "RTE/dev.tsv",
 * });
 * examples[0]?.targets; // [1]
 * ```
 */
export function parseExamples(
  text: string,
  layout: Layout,
  labels: readonly string[],
  { file, skipFirst = false }: ParseOptions,
): Parsed {
  const lines = layout.format === "csv" ? csvRowsOf(text, file) : tsvRowsOf(text);
  const first = layout.columns ?? lines.next().value?.cells;
  if (first === undefined) throw unreadable(file, "the file is empty, expected a header and rows");
  const columns = findColumns(first, layout, file);
  const readTarget = targetReader(layout, labels);
  const examples: Example[] = [];
  const dropped = new Map<string, number>();
  let row = -1;
  let empty = 0;
  for (const { cells, line } of lines) {
    row++;
    const read = skipFirst && row === 0
      ? "first row"
      : readRow(cells, row, columns, layout, readTarget, (problem) => {
        throw unreadable(file, `line ${line} has ${problem}`);
      });
    if (typeof read === "string") {
      dropped.set(read, (dropped.get(read) ?? 0) + 1);
    } else {
      if (read.premise === "" || read.hypotheses[0] === "") empty++;
      examples.push(read);
    }
  }
  if (row < 0) throw unreadable(file, "it has no rows, expected at least one");
  return { examples, dropped: [...dropped].map(([reason, count]) => ({ reason, count })), empty };
}

/** The example of a row, or as text the reason to leave the row out. */
function readRow(
  cells: readonly string[],
  row: number,
  columns: Columns,
  layout: Layout,
  readTarget: TargetReader,
  refuse: (problem: string) => never,
): Example | string {
  if (cells.length < columns.least && layout.leaveOutShort) return "too few columns";
  if (cells.length < columns.least || cells.length > columns.most) {
    const expected = columns.least === columns.most
      ? columns.least
      : `${columns.least} to ${columns.most}`;
    const found = cells.length === 1 ? "1 column" : `${cells.length} columns`;
    return refuse(`${found}, expected ${expected}`);
  }
  const targets = columns.target < 0 ? [] : readTarget(cells[columns.target]!);
  if (targets === null) return "no label";
  if (typeof targets === "string") return refuse(`the ${targets}`);
  return {
    row,
    id: columns.id < 0 ? String(row) : cells[columns.id]!,
    premise: cells[columns.premise]!,
    hypotheses: columns.hypothesis < 0 ? [] : [cells[columns.hypothesis]!],
    targets,
  };
}

/** The cells of a row, and the number of the line that it starts on. */
interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Rows of a text whose columns end at tabs. */
function* tsvRowsOf(text: string): Generator<Row, undefined> {
  let line = 1;
  for (const found of linesOf(text)) yield { cells: found.split("\t"), line: line++ };
}

/** Rows of comma-separated values; empty lines are none. */
function* csvRowsOf(text: string, file: string): Generator<Row, undefined> {
  let rows: string[][];
  try {
    rows = parse(text);
  } catch (error) {
    throw unreadable(file, reasonOf(error));
  }
  const lines = startsOf(text);
  for (const cells of rows) yield { cells, line: lines.next().value ?? 0 };
}

/** Numbers of the lines on which the records of comma-separated values start. */
function* startsOf(text: string): Generator<number, undefined> {
  let quoted = false;
  let begun = false;
  let line = 1;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (!begun && character !== "\n" && character !== "\r") {
      begun = true;
      yield line;
    }
    if (character !== "\n") continue;
    line++;
    if (!quoted) begun = false;
  }
}

/** Walks over the lines of a text without holding them all; empty lines at the end don't count. */
function* linesOf(text: string): Generator<string, undefined> {
  let end = text.length;
  while (end > 0 && (text[end - 1] === "\n" || text[end - 1] === "\r")) end--;
  for (let start = 0; start < end;) {
    const found = text.indexOf("\n", start);
    const stop = found < 0 || found > end ? end : found;
    yield text.slice(start, text[stop - 1] === "\r" ? stop - 1 : stop);
    start = stop + 1;
  }
  return undefined;
}

/** Names are compared without case: copies of the GLUE diagnostics differ in it. */
function findColumns(names: readonly string[], layout: Layout, file: string): Columns {
  const known = names.map((name) => name.trim().toLowerCase());
  const where = layout.columns ? "its layout" : "line 1";
  const find = (name: string): number => {
    const index = known.indexOf(name.toLowerCase());
    if (known.indexOf(name.toLowerCase(), index + 1) < 0) return index;
    throw unreadable(file, `${where} names the column "${name}" twice, expected it once`);
  };
  const need = (name: string | undefined): number => {
    if (name === undefined) return -1;
    const index = find(name);
    if (index >= 0) return index;
    const shown = names.slice(0, 16).map((each) => oneLine(each, 40)).join(", ");
    throw unreadable(file, `${where} names no column "${name}", it has ${shown}`);
  };
  const ids = typeof layout.id === "string" ? [layout.id] : layout.id ?? [];
  return {
    least: names.length,
    most: names.length + (layout.moreColumns ?? 0),
    id: ids.map(find).find((index) => index >= 0) ?? -1,
    premise: need(layout.premise),
    hypothesis: need(layout.hypothesis),
    target: need(layout.target),
  };
}

/** What a score is written as; `Number` alone would take "0x3" and "" as well. */
const decimal = /^ *[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)? *$/i;

function targetReader(layout: Layout, labels: readonly string[]): TargetReader {
  const without = new Set(layout.withoutTarget);
  const [least, greatest] = layout.range ?? [0, 5];
  if (labels.length === 0) {
    return (cell) => {
      if (without.has(cell)) return null;
      const score = decimal.test(cell) ? Number(cell) : NaN;
      if (score >= least && score <= greatest) return [score];
      return `score ${quote(cell)}, expected a number from ${least} to ${greatest}`;
    };
  }
  const targets = new Map(labels.map((label, index) => [label, [index]]));
  for (const [word, label] of Object.entries(layout.words ?? {})) {
    const index = labels.indexOf(label);
    if (index >= 0 && !targets.has(word)) targets.set(word, [index]);
  }
  const expected = [...targets.keys()].join(" or ");
  const unknown = (label: string) => `label ${quote(label)}, expected ${expected}`;
  const separator = layout.labelSeparator;
  return (cell) => {
    if (without.has(cell)) return null;
    if (separator === undefined) return targets.get(cell) ?? unknown(cell);
    const several = labels.map(() => 0);
    for (const label of cell === "" ? [] : cell.split(separator)) {
      const [index] = targets.get(label) ?? [];
      if (index === undefined) return unknown(label);
      several[index] = 1;
    }
    return several;
  };
}

function unreadable(file: string, problem: string): Error {
  return new Error(`Cannot read "${file}": ${problem}`);
}
