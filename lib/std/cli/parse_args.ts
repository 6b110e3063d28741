/**
 * Reads the arguments of a command line.
 *
 * @module
 */

import type { Aliases, Args, Keys, ParseOptions, Value } from "./args.ts";
export type { Args, ParseOptions } from "./args.ts";

/**
 * Reads arguments into a record: `--key value`, `--key=value`, `--flag`, `--no-flag` (where
 * negatable), `-k value`, `-k=value`, `-n5`, `-abc`; all others, and those after `--`, are in `_`.
 * What looks like a number is one unless the option is told to be a string; a dot in a name makes
 * a nested record. Booleans are false, collected options are [] unless given or defaulted; an
 * option given more than once and not collected has its last value.
 *
 * Throws a TypeError where an option to negate or to collect is not a known one.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { parseArgs } from "@std/cli/parse-args";
 *
 * const args = parseArgs(["rte", "--seed=1", "--seed=2", "--no-plots"], {
 *   boolean: ["plots"],
 *   string: ["seed"],
 *   collect: ["seed"],
 *   negatable: ["plots"],
 *   default: { plots: true },
 * });
 * assert(args._[0] === "rte" && args.seed.join() === "1,2" && !args.plots);
 * ```
 */
export function parseArgs<
  const B extends Keys = undefined,
  const S extends Keys = undefined,
  const C extends Keys = undefined,
  const D extends Readonly<Record<string, unknown>> = Record<never, never>,
  const A extends Aliases = Record<never, never>,
  const R extends boolean = false,
>(args: readonly string[], options?: ParseOptions<B, S, C, D, A, R>): Args<B, S, C, D, A, R>;
export function parseArgs(args: readonly string[], options: ParseOptions = {}): unknown {
  return new Reader(args, options).result();
}

const list = (keys: Keys | boolean): readonly string[] =>
  typeof keys === "string" ? [keys] : Array.isArray(keys) ? keys : [];

/** As in a shell: decimal, exponential or hexadecimal. */
function looksNumeric(text: string): boolean {
  return /^0x[0-9a-f]+$/i.test(text) || /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);
}

class Reader {
  readonly #options: ParseOptions;
  readonly #args: readonly string[];
  readonly #booleans: ReadonlySet<string>;
  readonly #strings: ReadonlySet<string>;
  readonly #collected: ReadonlySet<string>;
  readonly #negatable: ReadonlySet<string>;
  /** Every name of an option to all of its names. */
  readonly #names = new Map<string, readonly string[]>();
  readonly #values: Record<string, unknown> = {};
  readonly #given = new Set<string>();
  readonly #positional: (string | number)[] = [];
  #rest: readonly string[] = [];

  constructor(args: readonly string[], options: ParseOptions) {
    this.#options = options;
    this.#args = args;
    for (const [key, others] of Object.entries(options.alias ?? {})) {
      const names = [key, ...list(others)];
      for (const name of names) this.#names.set(name, names);
    }
    const known = (keys: Keys | boolean) => new Set(list(keys).flatMap((key) => this.#all(key)));
    this.#booleans = known(options.boolean);
    this.#strings = known(options.string);
    this.#collected = known(options.collect);
    this.#negatable = known(options.negatable);
    this.#check("negatable", this.#negatable);
    this.#check("collect", this.#collected);
  }

  #check(what: string, keys: ReadonlySet<string>): void {
    const known = (key: string) => this.#strings.has(key) || this.#booleans.has(key);
    const isDefaulted = (key: string) => Object.hasOwn(this.#options.default ?? {}, key);
    for (const key of keys) {
      // A collected option may stay undeclared: its values then are texts or numbers.
      if (what === "collect" || known(key) || isDefaulted(key)) continue;
      throw new TypeError(`Cannot use option "${key}" as ${what}: it is no boolean or string`);
    }
  }

  #all(key: string): readonly string[] {
    return this.#names.get(key) ?? [key];
  }

  result(): Record<string, unknown> {
    for (let at = 0; at < this.#args.length;) {
      const arg = this.#args[at]!;
      if (arg === "--") {
        this.#rest = this.#args.slice(at + 1);
        break;
      }
      if (/^--[^-]|^--.{2}/.test(arg)) at += this.#long(arg, this.#args[at + 1]);
      else if (/^-[^-]/.test(arg)) at += this.#short(arg, this.#args[at + 1]);
      else {
        this.#place(arg);
        at++;
        if (!this.#options.stopEarly) continue;
        for (const left of this.#args.slice(at)) this.#place(left, true);
        break;
      }
    }
    this.#fill();
    if (!this.#options["--"]) this.#positional.push(...this.#rest);
    return {
      ...this.#values,
      _: this.#positional,
      ...(this.#options["--"] ? { "--": [...this.#rest] } : {}),
    };
  }

  #place(arg: string, silent = false): void {
    if (!silent && this.#options.unknown?.(arg) === false) return;
    const numeric = !this.#strings.has("_") && looksNumeric(arg);
    this.#positional.push(numeric ? Number(arg) : arg);
  }

  /** Reads `--...`; returns how many arguments it took. */
  #long(arg: string, next: string | undefined): number {
    const [, key, value] = /^--([^=]+)(?:=([^]*))?$/.exec(arg) ?? [];
    if (key === undefined) {
      this.#place(arg);
      return 1;
    }
    if (value !== undefined) {
      this.#set(key, this.#booleans.has(key) ? value !== "false" : value, arg);
      return 1;
    }
    if (key.startsWith("no-") && this.#negatable.has(key.slice(3))) {
      this.#set(key.slice(3), false, arg);
      return 1;
    }
    return this.#pair(key, next, arg);
  }

  /** Reads an option whose value, if it has one, is the next argument. */
  #pair(key: string, next: string | undefined, arg: string): number {
    const isFlag = this.#booleans.has(key) ||
      (this.#options.boolean === true && arg.startsWith("--"));
    if (next !== undefined && !isFlag && !/^-./.test(next)) {
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
      const isValue = value !== rest || rest === "-" || /^\W/.test(rest) ||
        (/[a-z]/i.test(key) && looksNumeric(rest));
      if (isValue) {
        this.#set(key, this.#booleans.has(key) ? value !== "false" : value, arg);
        return 1;
      }
      this.#set(key, this.#strings.has(key) ? "" : true, arg);
    }
    return this.#pair(letters.at(-1)!, next, arg);
  }

  #isKnown(key: string, arg: string): boolean {
    const defaults = this.#options.default ?? {};
    return this.#booleans.has(key) || this.#strings.has(key) || this.#collected.has(key) ||
      this.#names.has(key) || Object.hasOwn(defaults, key) ||
      (this.#options.boolean === true && /^--[^=]+$/.test(arg));
  }

  #set(key: string, value: Value, arg: string): void {
    const isKnown = this.#isKnown(key, arg);
    if (!isKnown && this.#options.unknown?.(arg, key, value) === false) return;
    const numeric = typeof value === "string" && !this.#strings.has(key) && looksNumeric(value);
    for (const name of this.#all(key)) {
      this.#store(name, numeric ? Number(value) : value, this.#collected.has(name));
      this.#given.add(name);
    }
  }

  /** Puts a value in its place; `a.b` is a property of the record `a`. */
  #store(name: string, value: unknown, collect: boolean): void {
    const path = name.split(".");
    let target = this.#values;
    for (const part of path.slice(0, -1)) {
      const inner = Object.hasOwn(target, part) ? target[part] : undefined;
      target =
        (typeof inner === "object" && inner !== null ? inner : define(target, part, {})) as Record<
          string,
          unknown
        >;
    }
    const last = path.at(-1)!;
    const old = Object.hasOwn(target, last) && this.#given.has(name) ? target[last] : undefined;
    define(target, last, collect ? [...(Array.isArray(old) ? old : []), value] : value);
  }

  /** Gives every option that wasn't given its default. */
  #fill(): void {
    const fill = (keys: Iterable<string>, value: (key: string) => unknown) => {
      for (const key of keys) {
        for (const name of this.#all(key)) {
          if (this.#given.has(name)) continue;
          this.#store(name, value(key), false);
          this.#given.add(name);
        }
      }
    };
    const defaults = this.#options.default ?? {};
    fill(Object.keys(defaults), (key) => defaults[key]);
    fill(this.#collected, () => []);
    fill(this.#booleans, () => false);
  }
}

/** Sets an own property, even one named as the prototype is. */
function define(target: Record<string, unknown>, key: string, value: unknown): unknown {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  return value;
}
