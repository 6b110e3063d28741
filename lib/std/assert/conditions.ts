/**
 * Assertions about one value: that it holds, exists, has a class, is greater, matches, includes.
 *
 * @module
 */

import { AssertionError, refuse } from "./assertion_error.ts";
import { written } from "./difference.ts";
import { equal } from "./equal.ts";

/**
 * Asserts that `expr` is truthy.
 *
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert("premise".startsWith("pre"));
 * ```
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/**
 * Asserts that a value is neither null nor undefined.
 *
 * ```ts
 * import { assertExists } from "@std/assert";
 *
 * assertExists(0);
 * ```
 */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    refuse(`Expected actual: "${actual}" to not be null or undefined`, msg);
  }
}

/**
 * Asserts that `actual` is an instance of a class.
 *
 * ```ts
 * import { assertInstanceOf } from "@std/assert";
 *
 * assertInstanceOf(new Date(), Date);
 * ```
 */
export function assertInstanceOf<
  // deno-lint-ignore no-explicit-any -- a constructor of any arguments can be asked for
  T extends abstract new (...args: any[]) => any,
>(actual: unknown, expectedType: T, msg?: string): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  const found = actual === null
    ? "null"
    : typeof actual === "object"
    ? `"${actual.constructor?.name ?? "Object"}"`
    : typeof actual;
  refuse(`Expected object to be an instance of "${expectedType.name}" but was ${found}`, msg);
}

/**
 * Asserts that `actual` is greater than `expected`.
 *
 * ```ts
 * import { assertGreater } from "@std/assert";
 *
 * assertGreater(2, 1);
 * ```
 */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) refuse(`Expect ${written(actual)} > ${written(expected)}`, msg);
}

/**
 * Asserts that `actual` is greater than or equal to `expected`.
 *
 * ```ts
 * import { assertGreaterOrEqual } from "@std/assert";
 *
 * assertGreaterOrEqual(2, 2);
 * ```
 */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) refuse(`Expect ${written(actual)} >= ${written(expected)}`, msg);
}

/**
 * Asserts that `actual` is less than `expected`.
 *
 * ```ts
 * import { assertLess } from "@std/assert";
 *
 * assertLess(1, 2);
 * ```
 */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) refuse(`Expect ${written(actual)} < ${written(expected)}`, msg);
}

/**
 * Asserts that `actual` is less than or equal to `expected`.
 *
 * ```ts
 * import { assertLessOrEqual } from "@std/assert";
 *
 * assertLessOrEqual(2, 2);
 * ```
 */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) refuse(`Expect ${written(actual)} <= ${written(expected)}`, msg);
}

/**
 * Asserts that a text matches a regular expression.
 *
 * ```ts
 * import { assertMatch } from "@std/assert";
 *
 * assertMatch("RTE/dev.tsv", /\.tsv$/);
 * ```
 */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) {
    refuse(`Expected actual: "${actual}" to match: "${expected}"`, msg);
  }
}

/**
 * Asserts that a text contains another.
 *
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes("line 7 has 3 columns", "line 7");
 * ```
 */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) {
    refuse(`Expected actual: "${actual}" to contain: "${expected}"`, msg);
  }
}

/**
 * Asserts that each of `expected` is deeply equal to some element of `actual`.
 *
 * ```ts
 * import { assertArrayIncludes } from "@std/assert";
 *
 * assertArrayIncludes([[1], [2], [3]], [[3], [1]]);
 * ```
 */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  msg?: string,
): void {
  const found = Array.from(actual);
  const missing = Array.from(expected).filter((one) => !found.some((other) => equal(one, other)));
  if (missing.length === 0) return;
  const [all, wanted] = [written(actual), written(expected)];
  const words = `Expected actual: "${all}" to include: "${wanted}"`;
  refuse(`${words}${msg ? `: ${msg}` : ""}.\nmissing: ${written(missing)}`);
}
