/**
 * Values of files and words of other programs inside a message: on one line and of a bounded
 * length, whatever they hold.
 *
 * @module
 */

/** Characters that end a line, hide, turn the direction of writing, or steer a terminal. */
const unseen =
  // deno-lint-ignore no-control-regex -- those are what it looks for
  /[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udfff]/gu;

/**
 * A value as JSON, for a message: control characters are escaped, what is longer than `most`
 * characters is cut and ends in three points, and a value that is not there is "missing".
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { quote } from "./quote.ts";
 *
 * assertEquals(quote("two\nlines"), '"two\\nlines"');
 * assertEquals(quote([1, 2, 3], 4), "[1,2...");
 * assertEquals(quote(undefined), "missing");
 * ```
 */
export function quote(value: unknown, most = 80): string {
  if (typeof value !== "string") return oneLine(jsonOf(value) ?? "missing", most);
  const shown = JSON.stringify(value.slice(0, most)).replace(unseen, escaped);
  const short = shown.length > most + 2 ? shown.slice(0, most).replace(/\\\w*$/, "") + '"' : shown;
  return short + (value.length > most || short !== shown ? "..." : "");
}

/**
 * Words that another program or a file has, on one line of at most `most` characters; what is
 * longer ends in three points.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { oneLine } from "./quote.ts";
 *
 * assertEquals(oneLine("it failed\n  at line 3"), "it failed at line 3");
 * ```
 */
export function oneLine(text: string, most = 200): string {
  const plain = text.slice(0, 2 * most).replaceAll(/\s*\n\s*/g, " ").replace(unseen, escaped);
  return plain.length > most || text.length > 2 * most ? `${plain.slice(0, most)}...` : plain;
}

/**
 * Several findings in one sentence; more than `most` of them are only counted.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { several } from "./quote.ts";
 *
 * assertEquals(several(["a is wrong", "b is wrong", "c is wrong"], 2),
 *   "a is wrong; b is wrong; and 1 more");
 * ```
 */
export function several(findings: readonly string[], most = 6): string {
  const more = findings.length - most;
  return [...findings.slice(0, most), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

/** What an error says, for a message about it. */
export function reasonOf(cause: unknown): string {
  return oneLine(cause instanceof Error ? cause.message : String(cause));
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch { // a list in a list in a list, and so on
    return "a value of too many levels";
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
