/**
 * The settings of a config.json, as Hugging Face writes it beside an encoder's weights, each read
 * with what is expected of it.
 *
 * @module
 */
import { quote, reasonOf } from "../base/quote.ts";

/** Settings by name. Every function throws an error that names file, setting, value and need. */
export interface Settings {
  /** Name of the encoder: that of its folder. */
  readonly encoder: string;
  /** One of `values`; absent or null it is `usual`, and an error where there is none. */
  choice<Value>(name: string, values: readonly Value[], usual?: Value): Value;
  /** A whole number from `least`, at most `most`; `usual` where it is absent. */
  size(name: string, least: number, options?: { usual?: number; most?: number }): number;
  /** A number between 0 and 1, neither of them; `usual` where it is absent. */
  fraction(name: string, usual: number): number;
  /** A chance from 0 to below 1; `usual` where it is absent. */
  chance(name: string, usual: number): number;
  /** Throws an error that names the file. */
  refuse(why: string): never;
}

/**
 * Reads the text of a config.json.
 *
 * Throws an error that names the file where the text is not a JSON object.
 *
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { parseSettings } from "./config.ts";
 *
 * const settings = parseSettings(`{"hidden_size": 8}`, "encoders/tiny/config.json");
 * assertEquals([settings.encoder, settings.size("hidden_size", 1)], ["tiny", 8]);
 * assertThrows(() => settings.size("vocab_size", 1), Error, "vocab_size is missing");
 * ```
 */
export function parseSettings(text: string, file: string): Settings {
  const refuse = (why: string): never => {
    throw new Error(`Cannot use the encoder described in "${file}": ${why}`);
  };
  const json = parseRecord(text, refuse);
  const real = (name: string, usual: number, fits: (value: number) => boolean, what: string) => {
    const value = json[name] ?? usual;
    if (typeof value === "number" && fits(value)) return value;
    return refuse(`${name} is ${quote(value)}, expected ${what}`);
  };
  return {
    encoder: nameOf(file),
    refuse,
    choice: (name, values, usual) => {
      const value = json[name] ?? usual;
      const found = values.find((one) => one === value);
      if (found !== undefined) return found;
      const known = values.map((one) => JSON.stringify(one)).join(" or ");
      return refuse(`${name} is ${quote(value)}, supported is ${known}`);
    },
    size: (name, least, { usual, most = Infinity } = {}) => {
      const value = json[name] ?? usual;
      if (!Number.isSafeInteger(value) || (value as number) < least) {
        return refuse(`${name} is ${quote(value)}, expected a whole number from ${least}`);
      }
      if ((value as number) <= most) return value as number;
      return refuse(`${name} is ${value}, expected at most ${most}`);
    },
    fraction: (name, usual) => real(name, usual, (e) => e > 0 && e < 1, "a share above 0"),
    chance: (name, usual) => real(name, usual, (p) => p >= 0 && p < 1, "a share from 0 to 1"),
  };
}

/** The folder's name, or that of a file without a folder. */
function nameOf(file: string): string {
  const [last = "encoder", folder] = file.split(/[/\\]/).filter((part) => part !== "").reverse();
  return folder ?? last.replace(/\.json$/, "");
}

function parseRecord(text: string, refuse: (why: string) => never): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    refuse(`it is not JSON (${reasonOf(cause)})`);
  }
  return typeof json === "object" && json !== null && !Array.isArray(json)
    ? json as Record<string, unknown>
    : refuse("it is not an object");
}
