/**
 * Stand-in sizes for unknown dimensions, and the search for such a size in a constant.
 *
 * @module
 */

import { DataType } from "./runtime.ts";
import { readHandle } from "./values.ts";

/**
 * Primes of which no usual constant (a width, a vocabulary, a year taken as seed) is a multiple;
 * the first unknown dimension gets the first.
 */
const STAND_INS = [1171, 2137, 3109, 4111, 5113, 6113, 7109, 8111] as const;

/**
 * A stand-in size for each named dimension.
 *
 * @throws when there are more names than stand-ins.
 */
export function standIns(names: Iterable<string>): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const name of names) {
    if (sizes.has(name)) continue;
    const size = STAND_INS[sizes.size];
    if (size === undefined) {
      throw new Error(`Cannot declare more than ${STAND_INS.length} unknown dimensions.`);
    }
    sizes.set(name, size);
  }
  return sizes;
}

/** Constants longer than this are weights, not sizes. */
const LONGEST_SIZES = 64;

/** The name of the dimension whose stand-in size is in a constant, or null. */
export function bakedSize(
  handle: { pointer: Deno.PointerValue; type: number; shape: readonly number[] },
  sizes: ReadonlyMap<string, number>,
): string | null {
  if (sizes.size === 0) return null;
  const inShape = find(handle.shape, sizes);
  if (inShape) return inShape;
  const count = handle.shape.reduce((product, size) => product * size, 1);
  const numeric = handle.type === DataType.int32 || handle.type === DataType.int64 ||
    handle.type === DataType.float32;
  if (!numeric || count > LONGEST_SIZES) return null;
  const values = Array.from(readHandle(handle.pointer) as ArrayLike<number | bigint>, Number);
  if (handle.type !== DataType.float32) return find(values, sizes);
  return find([...values, ...values.map((value) => 1 / value)], sizes, 2e-7); // 24 bits are kept
}

/** The name of a size of which some value is a multiple, to within `tolerance` of it. */
function find(
  values: readonly number[],
  sizes: ReadonlyMap<string, number>,
  tolerance = 0,
): string | null {
  for (const [name, size] of sizes) {
    const hit = values.some((value) => {
      const multiple = Math.abs(value) / size;
      const whole = Math.round(multiple);
      // beyond a hundred thousand multiples anything would look like a hit
      return whole >= 1 && whole <= 1e5 &&
        Math.abs(Math.abs(value) - whole * size) <= tolerance * whole * size;
    });
    if (hit) return name;
  }
  return null;
}
