/**
 * Assertions about errors: that a function throws, that a promise rejects, that a line is never
 * reached.
 *
 * @module
 */

import { AssertionError, refuse } from "./assertion_error.ts";

// deno-lint-ignore no-explicit-any -- an error class of any arguments can be asked for
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/**
 * Asserts that a function throws, and returns what it threw; with a class, that this is one of its
 * instances; with a text, that the message contains it.
 *
 * ```ts
 * import { assert, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => new Array(-1), RangeError, "length");
 * assert(error.name === "RangeError");
 * ```
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const [type, words] = wanted(classOrMsg, msg);
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
    checkError(error, type, msgIncludes, words);
    return thrown;
  }
  refuse("Expected function to throw", words);
}

/**
 * Asserts that the promise a function returns rejects, and resolves to the reason; with a class,
 * that this is one of its instances; with a text, that the message contains it.
 * A function that throws before it returns a promise fails the assertion.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => Promise.reject(new TypeError("no such split")), TypeError, "split");
 * ```
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const [type, words] = wanted(classOrMsg, msg);
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch {
    refuse("Function throws when expected to reject", words);
  }
  try {
    await promise;
  } catch (error) {
    checkError(error, type, msgIncludes, words);
    return error;
  }
  refuse("Expected function to reject", words);
}

function wanted(classOrMsg: ErrorClass<Error> | string | undefined, msg: string | undefined) {
  return typeof classOrMsg === "string"
    ? [undefined, classOrMsg] as const
    : [classOrMsg, msg] as const;
}

function checkError(
  error: unknown,
  type: ErrorClass<Error> | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): void {
  if (type === undefined) return;
  if (!(error instanceof Error)) refuse("A non-Error object was thrown or rejected", msg);
  if (!(error instanceof type)) {
    const found: Error = error; // narrowed to never above
    refuse(
      `Expected error to be instance of "${type.name}", but was "${found.constructor.name}"`,
      msg,
    );
  }
  if (msgIncludes !== undefined && !error.message.includes(msgIncludes)) {
    refuse(
      `Expected error message to include ${JSON.stringify(msgIncludes)}, but got ` +
        JSON.stringify(error.message),
      msg,
    );
  }
}

/**
 * Fails at once.
 *
 * ```ts
 * import { assertThrows, fail } from "@std/assert";
 *
 * assertThrows(() => fail("not yet"));
 * ```
 */
export function fail(msg?: string): never {
  refuse("Failed assertion", msg);
}

/**
 * Marks a line that must never be reached: fails when it is.
 *
 * ```ts
 * import { assertThrows, unreachable } from "@std/assert";
 *
 * assertThrows(() => unreachable("the loop returns"));
 * ```
 */
export function unreachable(reason?: string): never {
  throw new AssertionError(reason ? `Unreachable: ${reason}` : "Unreachable");
}
