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

function refuseDifference(summary: string, actual: unknown, expected: unknown, msg?: string) {
  const words = msg ? `${summary}: ${msg}` : `${summary}.`;
  throw new AssertionError(`${words}\n\n${difference(actual, expected)}\n`);
}
