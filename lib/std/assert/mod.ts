/**
 * Assertions for tests: the documented API of `@std/assert`, as far as this project uses it.
 *
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(new Float32Array([1, NaN]), new Float32Array([1, NaN]));
 * assertThrows(() => JSON.parse("{"), SyntaxError);
 * ```
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export * from "./conditions.ts";
export * from "./equality.ts";
export * from "./errors.ts";
