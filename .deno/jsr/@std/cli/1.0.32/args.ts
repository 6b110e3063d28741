/**
 * The types of {@linkcode parseArgs}: from the names of the options follows the type of each value.
 *
 * @module
 */

/** Names of options: one, several, or none. */
export type Keys = string | readonly string[] | undefined;

/** What one option is given. */
export type Value = string | boolean;

/** Which options there are, and how they are read. */
export interface ParseOptions<
  B extends Keys = Keys,
  S extends Keys = Keys,
  C extends Keys = Keys,
  D extends Readonly<Record<string, unknown>> = Readonly<Record<string, unknown>>,
> {
  /** Options without a value. */
  readonly boolean?: B;
  /** Values of options that are not given. */
  readonly default?: D;
  /** Options whose values stay texts, even if they look like numbers; `_` for all else. */
  readonly string?: S;
  /** Options that may be given several times: their values are a list. */
  readonly collect?: C;
  /** Options that `--no-...` sets to false. */
  readonly negatable?: Keys;
  /** Called with each argument that is no known option; false leaves it out. */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type Names<K> = Exclude<
  K extends string ? K : K extends readonly (infer N)[] ? N & string : never,
  "_"
>;

/** A default of another type than the option's own widens it. */
type Widened<Name, D, Own> = Name extends keyof D ? Own | D[Name] : Own;
type Listed<Name, C, Own> = Name extends Names<C> ? Own[] : Own;

type Options<B, S, C, D> =
  & { [Name in Names<B>]: Widened<Name, D, Listed<Name, C, boolean>> }
  & {
    [Name in Names<S>]: Name extends Names<C> | keyof D ? Widened<Name, D, Listed<Name, C, string>>
      : string | undefined;
  }
  & { [Name in Exclude<Names<C>, Names<B> | Names<S>>]: unknown[] }
  & { [Name in Exclude<keyof D, Names<B> | Names<S> | Names<C> | symbol | number>]: unknown };

type Flat<T> = { [Name in keyof T]: T[Name] };

// deno-lint-ignore no-explicit-any -- as documented: options that nobody declares may be anything
type Untyped = Record<string, any>;

/** Whether the names of the options are known to the compiler. */
type IsKnown<Name> = [Name] extends [never] ? false : string extends Name ? false : true;

/** What {@linkcode parseArgs} returns: the options by name, and all else in `_`. */
export type Args<
  B extends Keys = undefined,
  S extends Keys = undefined,
  C extends Keys = undefined,
  D = Record<never, never>,
> =
  & (IsKnown<Names<B> | Names<S> | Names<C>> extends true ? Flat<Options<B, S, C, D>> : Untyped)
  & { _: (string | number)[] };
