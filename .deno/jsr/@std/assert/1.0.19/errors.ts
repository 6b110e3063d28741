/**
 * Assertions about errors: that a function throws, that a promise rejects.
 *
 * @module
 */

import { refuse } from "./assertion_error.ts";

// deno-lint-ignore no-explicit-any -- an error class of any arguments can be asked for
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/**
 * Asserts that a function throws, and returns what it threw; with a class, that this is one of its
 * instances; with a text, that the message contains it.
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
