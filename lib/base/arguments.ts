/**
 * Values of command-line options.
 *
 * @module
 */

import { quote } from "./quote.ts";

/** More than anything that is counted here. */
const MOST = 1e12;

/** Seeds that a command takes at most: each is a run, and they are listed before the first. */
export const MOST_SEEDS = 1000;
/** Threads that a command takes at most; a machine has fewer. */
export const MOST_THREADS = 1024;

/**
 * Parts between commas; undefined where the option is left out.
 *
 * @throws one sentence when there is none.
 *
 * @example
 * ```ts
 * import { list } from "./arguments.ts";
 * list("tasks", "rte, snli"); // ["rte", "snli"]
 * ```
 */
export function list(option: string, text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  if (parts.length > 0) return parts;
  throw new Error(`--${option} needs a value, or several with commas between; see --help.`);
}

/**
 * The value itself.
 *
 * @throws one sentence when it is none of those allowed.
 *
 * @example
 * ```ts
 * import { oneOf } from "./arguments.ts";
 * oneOf("precision", "float32", ["float32", "bfloat16"]); // "float32"
 * ```
 */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === value);
  if (found) return found;
  throw new Error(`--${option} has ${quote(value)}: expected one of ${allowed.join(", ")}.`);
}

/**
 * A wholeNumber number from 1 to `most`; undefined where the option is left out.
 *
 * @throws one sentence when it is another one, or none.
 *
 * @example
 * ```ts
 * import { wholeNumber } from "./arguments.ts";
 * wholeNumber("seeds", "3"); // 3
 * ```
 */
export function wholeNumber(
  option: string,
  text: string | undefined,
  most = MOST,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= most) return value;
  const expected = most === MOST ? "a whole number above 0" : `a whole number from 1 to ${most}`;
  throw new Error(`--${option} has ${quote(text)}: expected ${expected}.`);
}

/**
 * A record of the value under its key, empty where there is none.
 *
 * @example
 * ```ts
 * import { optional } from "./arguments.ts";
 * optional("seeds", undefined); // {}
 * ```
 */
export function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [key in K]?: V };
}
