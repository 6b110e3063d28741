/**
 * Writes comma-separated values.
 *
 * @module
 */

/** Name or index of a property. */
export type PropertyAccessor = number | string;

/** A column whose header differs from the property it shows. */
export interface ColumnDetails {
  /** Header; the (last) name of the property by default. */
  readonly header?: string;
  /** Name of the property, or the names on the way to a nested one. */
  readonly prop: PropertyAccessor | readonly PropertyAccessor[];
}

/** What stands in one column. */
export type Column = ColumnDetails | PropertyAccessor | readonly PropertyAccessor[];

/** A row: a record or a list of fields. */
export type DataItem = Readonly<Record<string, unknown>> | readonly unknown[];

/** How rows are written. */
export interface StringifyOptions {
  /** Whether a first row names the columns; true by default. */
  readonly headers?: boolean;
  /** Stands between fields; a comma by default. */
  readonly separator?: string;
  /** The columns and their order; needed for records, where it is that of the first by default. */
  readonly columns?: readonly Column[];
  /** Whether a byte order mark comes first. */
  readonly bom?: boolean;
}

/**
 * Writes rows as comma-separated values, each ended by CRLF. A field with a separator, a quote or a
 * line break is quoted; null and undefined are empty; objects are written as JSON.
 *
 * Throws a TypeError for a separator that has a quote or a line break, and for a row without the
 * nested property that a column asks for.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { stringify } from "@std/csv";
 *
 * const text = stringify([{ task: "rte", score: 71 }], { columns: ["task", "score"] });
 * assert(text === "task,score\r\nrte,71\r\n");
 * ```
 */
export function stringify(data: readonly DataItem[], options: StringifyOptions = {}): string {
  const separator = options.separator ?? ",";
  if (/["\r\n]/.test(separator)) {
    throw new TypeError(
      `Separator cannot include a quote or a line break, got ${JSON.stringify(separator)}`,
    );
  }
  const columns = (options.columns ?? namesOf(data[0])).map(detailed);
  const rows = data.map((row) =>
    columns.length === 0 && Array.isArray(row) ? row : columns.map(({ prop }) => valueOf(row, prop))
  );
  const headed = options.headers !== false && columns.length > 0
    ? [columns.map(({ header }) => header), ...rows]
    : rows;
  const lines = headed.map((row) => row.map((value) => field(value, separator)).join(separator));
  return (options.bom ? "\ufeff" : "") + lines.map((line) => `${line}\r\n`).join("");
}

function namesOf(row: DataItem | undefined): readonly string[] {
  return row === undefined || Array.isArray(row) ? [] : Object.keys(row);
}

function detailed(column: Column): { header: string; prop: readonly PropertyAccessor[] } {
  const isDetails = typeof column === "object" && !Array.isArray(column);
  const details = isDetails ? column as ColumnDetails : { prop: column as PropertyAccessor };
  const prop = [details.prop].flat();
  return { header: details.header ?? String(prop.at(-1)), prop };
}

function valueOf(row: DataItem, prop: readonly PropertyAccessor[]): unknown {
  let value: unknown = row;
  for (const name of prop) {
    if (typeof value !== "object" || value === null) {
      throw new TypeError(
        `Cannot read property "${name}" of column ${prop.join(".")} from ${JSON.stringify(row)}`,
      );
    }
    value = (value as Record<PropertyAccessor, unknown>)[name];
  }
  return value;
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
