/**
 * Plain arrays in double precision: formulas written with these know nothing of TensorFlow, so an
 * operation that agrees with its formula is right for another reason than itself.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/** Numbers in row-major order with their shape. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The array whose element at each index is what `element` gives for it. */
export function build(
  shape: readonly number[],
  element: (...index: number[]) => number,
): Values {
  const data = new Float64Array(count(shape));
  const index = shape.map(() => 0);
  for (let place = 0; place < data.length; place++) {
    data[place] = element(...index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** The element at an index; a size of 1 answers for every index, as broadcasting does. */
export function at(values: Values, ...index: number[]): number {
  const { shape, data } = values;
  const skipped = index.length - shape.length;
  const place = shape.reduce(
    (sum, size, axis) => sum * size + (size === 1 ? 0 : index[axis + skipped]!),
    0,
  );
  return data[place]!;
}

/** Applies `f` element by element, broadcasting. */
export function each(f: (...elements: number[]) => number, ...inputs: Values[]): Values {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  const shape = Array.from(
    { length: rank },
    (_, axis) =>
      Math.max(...inputs.map((input) => input.shape[axis - rank + input.shape.length] ?? 1)),
  );
  return build(shape, (...index) => f(...inputs.map((input) => at(input, ...index))));
}

/** Applies `f` to each row of the last axis. */
export function eachRow(f: (row: number[]) => number[], x: Values): Values {
  const width = x.shape.at(-1)!;
  const rows = Array.from(
    { length: x.data.length / width },
    (_, i) => f([...x.data.subarray(i * width, (i + 1) * width)]),
  );
  const data = Float64Array.from(rows.flat());
  return { shape: [...x.shape.slice(0, -1), rows[0]!.length], data };
}

/** Sum of `f` over 0, 1, .. length - 1. */
export function total(length: number, f: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += f(i);
  return sum;
}

/** Sum over some axes, which are left out of the result. */
export function sumOver(x: Values, axes: readonly number[]): Values {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const summed = axes.map((axis) => x.shape[axis]!);
  return build(kept.map((axis) => x.shape[axis]!), (...index) => {
    const place = x.shape.map(() => 0);
    kept.forEach((axis, i) => place[axis] = index[i]!);
    const terms = build(summed, (...inner) => {
      axes.forEach((axis, i) => place[axis] = inner[i]!);
      return at(x, ...place);
    });
    return total(terms.data.length, (i) => terms.data[i]!);
  });
}

/** The same numbers with another shape. */
export function shaped(x: Values, shape: readonly number[]): Values {
  assertEquals(count(shape), x.data.length);
  return { shape, data: x.data };
}

/** Number of elements of a shape. */
export function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A stream of numbers in (0, 1), the same for the same seed (splitmix32). */
export function stream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (((mixed ^ (mixed >>> 15)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** A number drawn from the standard normal distribution (Box and Muller). */
export function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}
