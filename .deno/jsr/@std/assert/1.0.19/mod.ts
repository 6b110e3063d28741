/**
 * Assertions for tests: what this project uses of `@std/assert`.
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export * from "./conditions.ts";
export * from "./equality.ts";
export * from "./errors.ts";
