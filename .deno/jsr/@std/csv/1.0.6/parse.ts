/**
 * Reads comma-separated values.
 *
 * @module
 */

/** How a text is read. */
export interface ParseOptions {
  /** The one character between fields; a comma by default. */
  readonly separator?: string;
  /** Leaves the first row out, and takes the names of the columns from it unless given. */
  readonly skipFirstRow?: boolean;
  /** Names of the columns: rows become records. */
  readonly columns?: readonly string[];
}

/** A row by the names of its columns; any name where they are only known when the text is read. */
export type RecordWithColumn<C extends string> = string extends C ? Record<string, string>
  : Record<C, string>;

/** Records where the columns have names, else lists of fields. */
export type ParseResult<T extends ParseOptions> = T extends
  { readonly columns: readonly (infer C extends string)[] } ? RecordWithColumn<C>[]
  : T extends { readonly skipFirstRow: true } ? Record<string, string>[]
  : T extends { readonly skipFirstRow?: false | undefined } ? string[][]
  : string[][] | Record<string, string>[];

/**
 * Reads comma-separated values: lists of fields, or records where `columns` or `skipFirstRow` name
 * the columns. Empty lines and a byte order mark are left out.
 *
 * Throws a SyntaxError for a misplaced quote and for a record of the wrong number of fields, a
 * TypeError for a separator that can't be one.
 */
export function parse(input: string): string[][];
export function parse<const T extends ParseOptions>(input: string, options: T): ParseResult<T>;
export function parse(
  input: string,
  options: ParseOptions = {},
): string[][] | Record<string, string>[] {
  const rows = readRows(input, options.separator ?? ",");
  if (!options.skipFirstRow && !options.columns) return rows.map(({ fields }) => fields);
  const header = options.skipFirstRow ? rows.shift() : undefined;
  const columns = options.columns ?? header?.fields;
  if (columns === undefined) throw new Error("Cannot parse input: headers must be defined");
  return rows.map(({ line, fields }) => {
    if (fields.length === columns.length) {
      return Object.fromEntries(columns.map((name, i) => [name, fields[i]!]));
    }
    throw new SyntaxError(
      `Syntax error on line ${line}: The record has ${fields.length} fields, ` +
        `but the header has ${columns.length} fields`,
    );
  });
}

interface Row {
  /** Line on which the row starts, counted from 1. */
  readonly line: number;
  readonly fields: string[];
}

function readRows(input: string, separator: string): Row[] {
  if (separator.length !== 1 || /["\r\n\ufffd]/.test(separator)) {
    throw new TypeError(
      "Cannot parse input: the separator must be one character that is no quote and no line " +
        `break, got ${JSON.stringify(separator)}`,
    );
  }
  const reader = new Reader(input.startsWith("\ufeff") ? input.slice(1) : input, separator);
  const rows: Row[] = [];
  for (let row = reader.row(); row !== undefined; row = reader.row()) rows.push(row);
  return rows;
}

/** A place in the text, moved on row by row. */
class Reader {
  readonly #text: string;
  readonly #separator: string;
  #at = 0;
  #line = 1;

  constructor(text: string, separator: string) {
    this.#text = text;
    this.#separator = separator;
  }

  /** The next row, or undefined at the end of the text. */
  row(): Row | undefined {
    while (this.#at < this.#text.length) {
      const line = this.#line;
      if (this.#skipBreak()) continue;
      const fields = [this.#field()];
      while (this.#text[this.#at] === this.#separator) {
        this.#at++;
        fields.push(this.#field());
      }
      this.#skipBreak();
      return { line, fields };
    }
    return undefined;
  }

  #skipBreak(): boolean {
    const length = /^\r?\n/.exec(this.#text.slice(this.#at, this.#at + 2))?.[0].length ?? 0;
    this.#at += length;
    if (length > 0) this.#line++;
    return length > 0;
  }

  /** Where the line's break, or the text, ends it. */
  #endOfLine(): number {
    const end = this.#text.indexOf("\n", this.#at);
    if (end < 0) return this.#text.length;
    return end > this.#at && this.#text[end - 1] === "\r" ? end - 1 : end;
  }

  #field(): string {
    return this.#text[this.#at] === '"' ? this.#quoted() : this.#bare();
  }

  #bare(): string {
    const start = this.#at;
    const end = this.#endOfLine();
    const separator = this.#text.slice(start, end).indexOf(this.#separator);
    this.#at = separator < 0 ? end : start + separator;
    const field = this.#text.slice(start, this.#at);
    const quote = field.indexOf('"');
    if (quote >= 0) throw this.#misplaced('bare " in non-quoted field', start + quote);
    return field;
  }

  #quoted(): string {
    const start = this.#at++;
    let field = "";
    while (true) {
      const quote = this.#text.indexOf('"', this.#at);
      if (quote < 0) throw this.#misplaced('missing " in quoted field', start);
      const part = this.#text.slice(this.#at, quote).replaceAll("\r\n", "\n");
      field += part;
      this.#line += part.split("\n").length - 1;
      this.#at = quote + 1;
      const next = this.#text[this.#at];
      if (next === '"') {
        field += '"';
        this.#at++;
      } else if (
        next === undefined || next === this.#separator || this.#at === this.#endOfLine()
      ) {
        return field;
      } else throw this.#misplaced('extraneous " in quoted field', quote);
    }
  }

  #misplaced(what: string, at: number): SyntaxError {
    const line = this.#text.slice(0, at).split("\n").length;
    const column = at - this.#text.lastIndexOf("\n", at - 1);
    return new SyntaxError(`Syntax error on line ${line}, column ${column}: ${what}`);
  }
}
