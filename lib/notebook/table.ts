/**
 * Tables for notebooks, from plain records.
 *
 * @module
 */

import { type Displayable, displayable, escapeHtml } from "./output.ts";

/** What a cell can hold; null and undefined show as a dash. */
export type CellValue = string | number | boolean | bigint | null | undefined;

/** A record of a table: a line, its cells by column. */
export type TableRow = Readonly<Record<string, CellValue>>;

/** A column: its key in the records, and how it is shown. */
export interface Column {
  /** Its key in the records. */
  readonly key: string;
  /** Heading; the key when left out. */
  readonly title?: string;
  /** Decimals of its numbers; none for whole numbers, else 2 or what small ones need. */
  readonly digits?: number;
}

/** Options of {@linkcode table}. */
export interface TableOptions {
  /** A line above the table; none when left out. */
  readonly caption?: string;
  /** Decimals of the numbers of columns that don't say, but for those of whole numbers. */
  readonly digits?: number;
  /** Columns in order, by key or in full; all keys in the order they come up when left out. */
  readonly columns?: readonly (string | Column)[];
}

/** A table as text: headings, lines, and which columns are of numbers. */
interface Cells {
  readonly caption: string | undefined;
  readonly heads: readonly string[];
  readonly lines: readonly (readonly string[])[];
  readonly numeric: readonly boolean[];
}

const MISSING = "-";

/**
 * A table for a cell to end with, as HTML, Markdown and text: numbers on the right with the same
 * decimals down a column, missing values as a dash.
 *
 * @example
 * ```ts
 * import { table } from "./table.ts";
 * String(table([{ task: "rte", score: 66.06 }, { task: "cola", score: null }]));
 * // "task  score\nrte   66.06\ncola      -"
 * ```
 */
export function table(rows: readonly TableRow[], options: TableOptions = {}): Displayable {
  const cells = cellsOf(rows, options);
  const text = plain(cells);
  return displayable(text, () => ({
    "text/html": html(cells),
    "text/markdown": markdown(cells),
    "text/plain": text,
  }));
}

function cellsOf(rows: readonly TableRow[], options: TableOptions): Cells {
  const { caption, columns, digits } = options;
  const chosen = columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const full = chosen.map((column): Column =>
    typeof column === "string" ? { key: column } : column
  );
  const formats = full.map((column) =>
    formatOf(rows.map((row) => row[column.key]), column.digits, digits)
  );
  return {
    caption,
    heads: full.map(({ key, title }) => title ?? key),
    lines: rows.map((row) => full.map(({ key }, i) => formats[i]!(row[key]))),
    numeric: full.map(({ key }) => rows.some((row) => isNumber(row[key]))),
  };
}

function isNumber(value: CellValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** How the values of one column are written: with `own` decimals, or else `common` ones. */
function formatOf(
  values: readonly CellValue[],
  own: number | undefined,
  common: number | undefined,
): (value: CellValue) => string {
  const numbers = values.filter((value) => typeof value === "number").filter(Number.isFinite);
  const whole = numbers.every(Number.isInteger);
  const tiny = numbers.some((value) => value !== 0 && Math.abs(value) < 0.01);
  return (value) => {
    if (value === null || value === undefined) return MISSING;
    if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
    if (own !== undefined) return grouped(value.toFixed(own));
    if (whole) return grouped(String(value));
    if (common !== undefined) return grouped(value.toFixed(common));
    return tiny ? String(Number(value.toPrecision(3))) : grouped(value.toFixed(2));
  };
}

/** Commas between thousands, not behind the point. */
function grouped(number: string): string {
  const [integer, ...rest] = number.split(".");
  return [integer!.replace(/\B(?=(\d{3})+$)/g, ","), ...rest].join(".");
}

function html({ caption, heads, lines, numeric }: Cells): string {
  const cell = (tag: "td" | "th", text: string, i: number) =>
    `<${tag} style="text-align:${numeric[i] ? "right" : "left"}">${escapeHtml(text)}</${tag}>`;
  const line = (tag: "td" | "th", cells: readonly string[]) =>
    `<tr>${cells.map((text, i) => cell(tag, text, i)).join("")}</tr>`;
  const head = caption === undefined ? "" : `<caption>${escapeHtml(caption)}</caption>`;
  return `<table>${head}<thead>${line("th", heads)}</thead>` +
    `<tbody>${lines.map((cells) => line("td", cells)).join("")}</tbody></table>`;
}

function markdown({ caption, heads, lines, numeric }: Cells): string {
  const clean = (text: string) =>
    escapeHtml(text).replace(/[\\`*_{}[\]|]/g, "\\$&").replace(/\s+/g, " ");
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    ...(caption === undefined ? [] : [clean(caption), ""]),
    line(heads.map(clean)),
    line(numeric.map((right) => right ? "---:" : "---")),
    ...lines.map((cells) => line(cells.map(clean))),
  ].join("\n");
}

function plain({ caption, heads, lines, numeric }: Cells): string {
  const all = [heads, ...lines].map((cells) => cells.map((text) => text.replace(/\s+/g, " ")));
  const widths = heads.map((_, i) => Math.max(...all.map((cells) => cells[i]!.length)));
  const written = all.map((cells) =>
    cells.map((text, i) => numeric[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!))
      .join("  ").trimEnd()
  );
  return [...(caption === undefined ? [] : [caption]), ...written].join("\n");
}
