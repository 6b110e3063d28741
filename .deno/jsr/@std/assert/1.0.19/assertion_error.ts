/**
 * The error that every failed assertion throws.
 *
 * @module
 */

/** Thrown by a failed assertion. */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Throws an AssertionError of `summary`, with the caller's own words after it where given. */
export function refuse(summary: string, msg?: string): never {
  throw new AssertionError(msg ? `${summary}: ${msg}` : `${summary}.`);
}
