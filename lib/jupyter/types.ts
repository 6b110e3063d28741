/**
 * The nouns of a notebook (nbformat 4.5): cells and what they show.
 *
 * @module
 */

/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonRecord;

/** A record that JSON can hold. */
export interface JsonRecord {
  readonly [name: string]: Json;
}

/** What one output shows, by MIME type; texts are whole, pictures are base64. */
export type MimeBundle = JsonRecord;

/** Printed text. */
export interface StreamOutput {
  readonly output_type: "stream";
  readonly name: "stdout" | "stderr";
  readonly text: string;
}

/** Something shown: a figure, a table, or the value of a cell's last expression. */
export interface DisplayOutput {
  readonly output_type: "display_data" | "execute_result";
  /** Of an execute_result only. */
  readonly execution_count?: number | null;
  readonly data: MimeBundle;
  readonly metadata: JsonRecord;
}

/** What a cell threw. */
export interface ErrorOutput {
  readonly output_type: "error";
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** One output of a code cell. */
export type Output = StreamOutput | DisplayOutput | ErrorOutput;

/** A code cell; its source is one text. */
export interface CodeCell {
  readonly cell_type: "code";
  readonly id: string;
  readonly metadata: JsonRecord;
  readonly source: string;
  readonly outputs: readonly Output[];
  readonly execution_count: number | null;
}

/** A cell of text. */
export interface TextCell {
  readonly cell_type: "markdown" | "raw";
  readonly id: string;
  readonly metadata: JsonRecord;
  readonly source: string;
  /** Pictures that the text shows as `attachment:name`. */
  readonly attachments?: { readonly [name: string]: MimeBundle };
}

/** One cell of a notebook. */
export type Cell = CodeCell | TextCell;

/** A notebook. */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: JsonRecord;
  readonly nbformat: 4;
  readonly nbformat_minor: number;
}

/** Whether the content of a MIME type is text, which a file keeps as lines. */
export function isText(mime: string): boolean {
  return mime.startsWith("text/") || mime === "application/javascript" || mime === "image/svg+xml";
}
