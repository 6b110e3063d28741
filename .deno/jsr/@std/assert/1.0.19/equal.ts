/**
 * Deep equality by value, of anything a test may compare.
 *
 * @module
 */

type Keyed = Record<PropertyKey, unknown>;
type Numbers = ArrayLike<number | bigint>;

/**
 * Whether two values are deeply equal. NaN equals NaN and 0 equals -0; Maps and Sets are compared
 * without regard to order, Dates by time, regular expressions and URLs by their text, typed arrays
 * by element; values of different classes differ, and so do `{ a: undefined }` and `{}`, and errors
 * that were made at different places, as their stacks do.
 * Throws a TypeError for WeakMap and WeakSet, whose contents can't be read.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, visited: Map<object, Set<object>>): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (!sameClass(a, b)) return false;
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare ${a.constructor.name} instances`);
  }
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof RegExp || a instanceof URL) return String(a) === String(b);
  if (a instanceof WeakRef) return compare(a.deref(), (b as WeakRef<object>).deref(), visited);
  if (ArrayBuffer.isView(a)) return sameView(a, b as ArrayBufferView);
  if (a instanceof ArrayBuffer) {
    return sameNumbers(new Uint8Array(a), new Uint8Array(b as ArrayBuffer));
  }
  // A pair met again on the way down is a cycle: it holds unless something else differs.
  const partners = visited.get(a) ?? new Set();
  if (partners.has(b)) return true;
  visited.set(a, partners.add(b));
  if (a instanceof Set) return sameSet(a, b as Set<unknown>, visited);
  if (a instanceof Map) return sameMap(a, b as Map<unknown, unknown>, visited);
  return sameProperties(a as Keyed, b as Keyed, visited);
}

/** An object without a prototype counts as a plain object. */
function sameClass(a: object, b: object): boolean {
  return (a.constructor ?? Object) === (b.constructor ?? Object);
}

function sameView(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (!(a instanceof DataView)) {
    return sameNumbers(a as unknown as Numbers, b as unknown as Numbers);
  }
  const bytes = (view: ArrayBufferView) =>
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return sameNumbers(bytes(a), bytes(b));
}

function sameNumbers(a: Numbers, b: Numbers): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !Object.is(a[i], b[i])) return false;
  }
  return true;
}

function sameSet(
  a: Set<unknown>,
  b: Set<unknown>,
  visited: Map<object, Set<object>>,
): boolean {
  if (a.size !== b.size) return false;
  const left = new Set(b);
  for (const value of a) {
    if (left.delete(value)) continue;
    const match = [...left].find((other) => compare(value, other, visited));
    if (match === undefined) return false;
    left.delete(match);
  }
  return true;
}

function sameMap(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  visited: Map<object, Set<object>>,
): boolean {
  if (a.size !== b.size) return false;
  const left = new Map(b);
  for (const [key, value] of a) {
    const match = left.has(key)
      ? [key, left.get(key)]
      : [...left].find(([other]) => compare(key, other, visited));
    if (match === undefined || !compare(value, match[1], visited)) return false;
    left.delete(match[0]);
  }
  return true;
}

function sameProperties(a: Keyed, b: Keyed, visited: Map<object, Set<object>>): boolean {
  const keys = properties(a);
  return keys.size === properties(b).size &&
    [...keys].every((key) => key in b && compare(a[key], b[key], visited));
}

/** All names that an object has of its own or of its classes, listed ones or not. */
function properties(value: object): Set<PropertyKey> {
  const keys = new Set<PropertyKey>();
  const ends: readonly unknown[] = [null, Object.prototype, Array.prototype];
  for (let at = value; !ends.includes(at); at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) keys.add(key);
  }
  return keys;
}
