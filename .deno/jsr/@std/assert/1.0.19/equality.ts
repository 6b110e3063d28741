/**
 * Assertions that compare an actual value with an expected one.
 *
 * @module
 */

import { AssertionError, refuse } from "./assertion_error.ts";
import { difference, inspect } from "./difference.ts";
import { equal } from "./equal.ts";

/**
 * Asserts that two values are deeply equal, see {@linkcode equal}; the error shows where they
 * differ.
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) refuseDifference("Values are not equal", actual, expected, msg);
}

/**
 * Asserts that two values are not deeply equal.
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  refuse(
    `Expected actual: ${inspect(actual)} not to be: ${inspect(expected)}`,
    msg,
  );
}

/**
 * Asserts that two values are the same one, by `Object.is`: 0 is not -0, NaN is NaN.
 */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const alike = inspect(actual) === inspect(expected);
  if (alike) refuse(`Values have the same structure but are not reference-equal`, msg);
  refuseDifference("Values are not strictly equal", actual, expected, msg);
}

/**
 * Asserts that two numbers differ by `tolerance` at most; without one, by 1e-7 of `expected`.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  const text = (n: number) => Number.isInteger(n) ? String(n) : n.toExponential();
  refuse(
    `Expected actual: "${text(actual)}" to be close to "${text(expected)}": ` +
      `delta "${text(delta)}" is greater than "${text(allowed)}"`,
    msg,
  );
}

/**
 * Asserts that `actual` has all properties of `expected`, deeply; it may have more.
 */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- as documented: an interface is no Record of unknown
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  const part = select(actual, expected, new Map());
  if (!equal(part, expected)) refuseDifference("Values are not equal", part, expected, msg);
}

/** The part of `actual` that `expected` speaks of. */
function select(actual: unknown, expected: unknown, known: Map<unknown, unknown>): unknown {
  if (known.has(expected)) return known.get(expected);
  if (Array.isArray(actual) && Array.isArray(expected)) {
    const list: unknown[] = [];
    known.set(expected, list);
    list.push(
      ...actual.map((one, i) => i < expected.length ? select(one, expected[i], known) : one),
    );
    return list;
  }
  if (!isPlain(actual) || !isPlain(expected)) return actual;
  const part: Record<PropertyKey, unknown> = {};
  known.set(expected, part);
  for (const key of Reflect.ownKeys(expected)) {
    if (key in actual) part[key] = select(actual[key], expected[key], known);
  }
  // Only a plain record is cut down; `expected` decides which class is compared.
  return Object.setPrototypeOf(part, Object.getPrototypeOf(expected));
}

function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) &&
    !Array.isArray(value) &&
    ![Map, Set, Date, RegExp, URL, ArrayBuffer, Error].some((type) => value instanceof type);
}

function refuseDifference(summary: string, actual: unknown, expected: unknown, msg?: string) {
  const words = msg ? `${summary}: ${msg}` : `${summary}.`;
  throw new AssertionError(`${words}\n\n${difference(actual, expected)}\n`);
}
