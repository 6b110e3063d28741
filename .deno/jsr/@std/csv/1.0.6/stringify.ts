/**
 * Writes comma-separated values.
 *
 * @module
 */

/** A row: a record or a list of fields. */
export type DataItem = Readonly<Record<string, unknown>> | readonly unknown[];

/** How rows are written. */
export interface StringifyOptions {
  /** Stands between fields; a comma by default. */
  readonly separator?: string;
  /** The columns of records and their order; records need them. */
  readonly columns?: readonly string[];
}

/**
 * Writes rows as comma-separated values, each ended by CRLF; those of records follow a row of the
 * columns' names. A field with a separator, a quote or a line break is quoted; null and undefined
 * are empty; objects are written as JSON.
 *
 * Throws a TypeError for a separator that has a quote or a line break, and for a record where no
 * columns are named.
 */
export function stringify(data: readonly DataItem[], options: StringifyOptions = {}): string {
  const { separator = ",", columns = [] } = options;
  if (/["\r\n]/.test(separator)) {
    throw new TypeError(
      `Separator cannot include a quote or a line break, got ${JSON.stringify(separator)}`,
    );
  }
  const rows = data.map((row) => {
    if (isList(row)) return row;
    if (columns.length === 0) throw new TypeError("Records need the option columns");
    return columns.map((name) => row[name]);
  });
  return [...(columns.length > 0 ? [columns] : []), ...rows]
    .map((row) => `${row.map((value) => field(value, separator)).join(separator)}\r\n`)
    .join("");
}

function isList(row: DataItem): row is readonly unknown[] {
  return Array.isArray(row);
}

function field(value: unknown, separator: string): string {
  const text = value === undefined || value === null
    ? ""
    : typeof value === "object"
    ? JSON.stringify(value)
    : String(value);
  const quoted = text.includes(separator) || /["\r\n]/.test(text);
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}
