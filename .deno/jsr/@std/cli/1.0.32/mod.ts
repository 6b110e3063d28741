/**
 * Helpers for command lines: what this project uses of `@std/cli`.
 *
 * @module
 */

export type { Args, ParseOptions } from "./args.ts";
export { parseArgs } from "./parse_args.ts";
