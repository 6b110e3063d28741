/**
 * Reads and writes comma-separated values (RFC 4180): what this project uses of `@std/csv`.
 *
 * @module
 */

export * from "./parse.ts";
export * from "./stringify.ts";
