/**
 * Reads the arguments of a command line.
 *
 * @module
 */

import type { Args, Keys, ParseOptions, Value } from "./args.ts";

/**
 * Reads arguments into a record: `--key value`, `--key=value`, `--flag`, `--no-flag` (where
 * negatable), `-k value`, `-k=value`, `-n5`, `-abc`; all others, and those after `--`, are in `_`.
 * What looks like a number is one unless the option is told to be a string; a dot in a name makes
 * a nested record. Booleans are false, collected options are [] unless given or defaulted; an
 * option given more than once and not collected has its last value. `unknown` is asked about every
 * option that is neither boolean, string nor collected; a default alone makes none known.
 */
export function parseArgs<
  const B extends Keys = undefined,
  const S extends Keys = undefined,
  const C extends Keys = undefined,
  const D extends Readonly<Record<string, unknown>> = Record<never, never>,
>(args: readonly string[], options?: ParseOptions<B, S, C, D>): Args<B, S, C, D>;
export function parseArgs(args: readonly string[], options: ParseOptions = {}): unknown {
  return new Reader(args, options).result();
}

const setOf = (keys: Keys): ReadonlySet<string> =>
  new Set(typeof keys === "string" ? [keys] : keys ?? []);

function looksNumeric(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

class Reader {
  readonly #args: readonly string[];
  /** What stands after the first `--`: nothing in it is an option, or a number. */
  readonly #rest: readonly string[];
  readonly #booleans: ReadonlySet<string>;
  readonly #strings: ReadonlySet<string>;
  readonly #collected: ReadonlySet<string>;
  readonly #negatable: ReadonlySet<string>;
  readonly #defaults: Readonly<Record<string, unknown>>;
  readonly #unknown: ParseOptions["unknown"];
  readonly #values: Record<string, unknown> = {};
  readonly #given = new Set<string>();
  readonly #positional: (string | number)[] = [];

  constructor(args: readonly string[], options: ParseOptions) {
    const end = args.indexOf("--");
    this.#args = end < 0 ? args : args.slice(0, end);
    this.#rest = end < 0 ? [] : args.slice(end + 1);
    this.#booleans = setOf(options.boolean);
    this.#strings = setOf(options.string);
    this.#collected = setOf(options.collect);
    this.#negatable = setOf(options.negatable);
    this.#defaults = options.default ?? {};
    this.#unknown = options.unknown;
  }

  result(): Record<string, unknown> {
    for (let at = 0; at < this.#args.length;) {
      const [arg, next] = [this.#args[at]!, this.#args[at + 1]];
      if (/^--./s.test(arg)) at += this.#long(arg, next);
      else if (/^-./s.test(arg)) at += this.#short(arg, next);
      else {
        this.#place(arg);
        at++;
      }
    }
    this.#fill(Object.keys(this.#defaults), (key) => this.#defaults[key]);
    this.#fill(this.#booleans, (key) => this.#collected.has(key) ? [] : false);
    this.#fill(this.#strings.intersection(this.#collected), () => []);
    return { ...this.#values, _: [...this.#positional, ...this.#rest] };
  }

  #place(arg: string): void {
    if (this.#unknown?.(arg) === false) return;
    const numeric = !this.#strings.has("_") && looksNumeric(arg);
    this.#positional.push(numeric ? Number(arg) : arg);
  }

  /** Reads `--...`; returns how many arguments it took. */
  #long(arg: string, next: string | undefined): number {
    const [, key, value] = /^--(.[^=]*)(?:=(.*))?$/s.exec(arg)!;
    if (value !== undefined) {
      this.#set(key!, this.#booleans.has(key!) ? value !== "false" : value, arg);
      return 1;
    }
    if (key!.startsWith("no-") && this.#negatable.has(key!.slice(3))) {
      this.#set(key!.slice(3), false, arg);
      return 1;
    }
    return this.#pair(key!, next, arg);
  }

  /** Reads an option whose value, if it has one, is the next argument. */
  #pair(key: string, next: string | undefined, arg: string): number {
    const isFlag = this.#booleans.has(key);
    if (next !== undefined && !isFlag && !/^-./s.test(next)) {
      this.#set(key, next, arg);
      return 2;
    }
    if (next !== undefined && isFlag && /^(true|false)$/.test(next)) {
      this.#set(key, next === "true", arg);
      return 2;
    }
    this.#set(key, this.#strings.has(key) ? "" : true, arg);
    return 1;
  }

  /** Reads `-...`: flags, of which the last may have a value. */
  #short(arg: string, next: string | undefined): number {
    const letters = arg.slice(1);
    for (let i = 0; i < letters.length - 1; i++) {
      const [key, rest] = [letters[i]!, letters.slice(i + 1)];
      const value = rest.startsWith("=") ? rest.slice(1) : rest;
      if (/^\W/.test(rest) || (/[a-z]/i.test(key) && looksNumeric(rest))) {
        this.#set(key, this.#booleans.has(key) ? value !== "false" : value, arg);
        return 1;
      }
      this.#set(key, this.#strings.has(key) ? "" : true, arg);
    }
    return this.#pair(letters.at(-1)!, next, arg);
  }

  #set(key: string, value: Value, arg: string): void {
    const sets = [this.#booleans, this.#strings, this.#collected];
    const isKnown = sets.some((set) => set.has(key));
    if (!isKnown && this.#unknown?.(arg, key, value) === false) return;
    const numeric = typeof value === "string" && !this.#strings.has(key) && looksNumeric(value);
    this.#store(key, numeric ? Number(value) : value, this.#collected.has(key));
  }

  /** Puts a value in its place; `a.b` is a property of the record `a`. */
  #store(name: string, value: unknown, collect: boolean): void {
    const path = name.split(".");
    let target = this.#values;
    for (const part of path.slice(0, -1)) {
      const inner = Object.hasOwn(target, part) ? target[part] : undefined;
      const isRecord = typeof inner === "object" && inner !== null;
      target = (isRecord ? inner : define(target, part, {})) as Record<string, unknown>;
    }
    const last = path.at(-1)!;
    const before = this.#given.has(name) ? target[last] as unknown[] : [];
    define(target, last, collect ? [...before, value] : value);
    this.#given.add(name);
  }

  #fill(keys: Iterable<string>, value: (key: string) => unknown): void {
    for (const key of keys) {
      if (!this.#given.has(key)) this.#store(key, value(key), false);
    }
  }
}

/** Sets an own property, even one named as the prototype is. */
function define(target: Record<string, unknown>, key: string, value: unknown): unknown {
  const shown = { writable: true, enumerable: true, configurable: true };
  Object.defineProperty(target, key, { value, ...shown });
  return value;
}
