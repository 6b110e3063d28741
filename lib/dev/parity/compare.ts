/**
 * Comparing our numbers with recorded ones: the rows of the parity table.
 *
 * @module
 */

import { oneLine, quote, reasonOf } from "../../base/quote.ts";

/** What is checked: one file of this folder each. */
export const kinds = [
  "tokenizer",
  "features",
  "files",
  "metrics",
  "schedule",
  "sampler",
  "forward",
  "gradients",
  "trajectory",
] as const;

/** Name of a kind of check. */
export type ComparisonKind = typeof kinds[number];

/** The kinds that multiply matrices: only these depend on the precision. */
export const precise = [
  "forward",
  "gradients",
  "trajectory",
] as const satisfies readonly ComparisonKind[];

/** Greatest deviation allowed: none, an absolute one, or one relative to the largest value. */
export type Tolerance = "exact" | { readonly absolute: number } | { readonly relative: number };

/** One line of the table. */
export interface ComparisonRow {
  readonly kind: ComparisonKind;
  /** What was compared, as "san3, compiled". */
  readonly what: string;
  /** Which of its quantities, as "logits". */
  readonly quantity: string;
  /** Number of recorded arrays or texts that were compared. */
  readonly cases: number;
  /** Largest absolute deviation; infinite where lengths differ or one side alone is not finite. */
  readonly absolute: number;
  /**
   * The same divided by the largest recorded magnitude: that of the whole row, or under a relative
   * tolerance that of the array itself.
   */
  readonly relative: number;
  readonly tolerance: Tolerance;
  readonly passed: boolean;
  /** The first case that is out of tolerance, or why nothing could be compared. */
  readonly note?: string;
}

/** Collects the deviations of one row. */
export interface Meter {
  /**
   * Compares an array (or number) with what was recorded, both divided by `unit`. `name` says in a
   * failed row which case it was.
   */
  add(name: string, actual: Numbers, expected: Numbers, unit?: number): void;
  row(kind: ComparisonKind, what: string, quantity: string): ComparisonRow;
}

type Numbers = number | ArrayLike<number>;

/**
 * A meter for one tolerance.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMeter } from "./compare.ts";
 * const meter = createMeter({ absolute: 0.1 });
 * meter.add("first", [1, 2], [1, 2.05]);
 * assertEquals(meter.row("forward", "tiny", "logits").passed, true);
 * ```
 */
export function createMeter(tolerance: Tolerance): Meter {
  let [cases, absolute, relative, largest] = [0, 0, 0, 0];
  let note: string | undefined;
  const limit = tolerance === "exact" ? 0 : Object.values(tolerance)[0]!;
  const byArray = tolerance !== "exact" && "relative" in tolerance;
  const share = (gap: number, size: number) => gap === 0 ? 0 : gap / size;
  return {
    add: (name, actual, expected, unit = 1) => {
      const found = deviation(list(actual), list(expected));
      const measured = byArray ? share(found.absolute, found.largest) : found.absolute / unit;
      if (!(measured <= limit)) note ??= name;
      absolute = Math.max(absolute, found.absolute / unit);
      largest = Math.max(largest, found.largest / unit);
      relative = byArray ? Math.max(relative, measured) : share(absolute, largest);
      cases++;
    },
    row: (kind, what, quantity) => ({
      kind,
      what,
      quantity,
      cases,
      absolute,
      relative,
      tolerance,
      passed: note === undefined && cases > 0,
      ...(note !== undefined ? { note } : cases === 0 ? { note: "nothing to compare" } : {}),
    }),
  };
}

/** A row for what could not even be compared. */
export function failedRow(kind: ComparisonKind, what: string, error: unknown): ComparisonRow {
  // Other errors than our own come from values that are laid out otherwise than they were recorded.
  const own = error instanceof Error && error.name === "Error";
  const note = own
    ? oneLine(error.message, 1000)
    : `the recorded values are not laid out as expected (${quote(reasonOf(error))})`;
  const nothing = { cases: 0, absolute: Infinity, relative: Infinity };
  return { kind, what, quantity: "run", ...nothing, tolerance: "exact", passed: false, note };
}

function list(numbers: Numbers): ArrayLike<number> {
  return typeof numbers === "number" ? [numbers] : numbers;
}

/** Two values that are both nan, or the same infinity, do not deviate. */
function deviation(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): { absolute: number; largest: number } {
  let absolute = actual.length === expected.length ? 0 : Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    largest = Math.max(largest, Math.abs(e) || 0);
    if (Object.is(a, e)) continue;
    const gap = Math.abs(a - e);
    absolute = Math.max(absolute, Number.isNaN(gap) ? Infinity : gap);
  }
  return { absolute, largest };
}
