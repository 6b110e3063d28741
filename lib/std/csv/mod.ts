/**
 * Reads and writes comma-separated values (RFC 4180): the documented API of `@std/csv`, as far as
 * this project uses it.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { parse, stringify } from "@std/csv";
 *
 * const rows = parse("task\tscore\nrte\t71.0\n", { separator: "\t", skipFirstRow: true });
 * assert(rows[0]?.task === "rte");
 * assert(stringify(rows, { columns: ["score"] }) === "score\r\n71.0\r\n");
 * ```
 *
 * @module
 */

export * from "./parse.ts";
export * from "./stringify.ts";
