/**
 * Seeded streams of random numbers. A stream is named by a path (a seed, then labels), and its
 * numbers depend on that path alone: whoever needs randomness splits off a stream under a label of
 * its own, so a new consumer never shifts another's numbers.
 *
 * Generator: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47(4), 2021). Its four words of state come from the path by MurmurHash3
 * (x86, 32 bits, Austin Appleby), once per word with another hash seed.
 *
 * @module
 */

/** One stream of random numbers; drawing from it moves it on, splitting it does not. */
export interface Random {
  /** The seed as text, then the labels it was split by. */
  readonly path: readonly string[];
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number;
  /** An integer in [0, n), each equally likely; throws a RangeError unless n is 1 to 2^32. */
  integer(n: number): number;
  /** A number from N(0, 1), by the transform of Box and Muller (1958). */
  normal(): number;
  /** A new array with the items in random order (Fisher and Yates). */
  shuffle<T>(items: ArrayLike<T>): T[];
  /** [n] the numbers 0 to n - 1 in random order. */
  permutation(n: number): Int32Array;
  /**
   * [count] different numbers out of 0 to n - 1, in random order. They are the first `count` of
   * what `permutation(n)` would give in the same state, so subsets of growing size nest.
   */
  choice(n: number, count: number): Int32Array;
}

/**
 * Starts the stream of a seed; a number and its decimal text are the same seed.
 *
 * @example
 * ```ts
 * import { createRandom } from "./random.ts";
 * const random = createRandom(2018);
 * random.permutation(5); // always the same five numbers
 * ```
 */
export function createRandom(seed: number | string): Random {
  return streamAt([String(seed)]);
}

/**
 * The stream under a label of its own. It depends on the path only: not on what was drawn from
 * `random`, which stays where it is, nor on which other labels exist.
 *
 * @example
 * ```ts
 * import { createRandom, split } from "./random.ts";
 * const rows = split(createRandom(2018), "rows");
 * const epoch3 = split(rows, 3);
 * epoch3.path; // ["2018", "rows", "3"]
 * ```
 */
export function split(random: Random, label: string | number): Random {
  return streamAt([...random.path, String(label)]);
}

/**
 * Two int32 values for TensorFlow's stateless operations, from the stream's path and a label; the
 * stream stays where it is, so a resumed run asks again and gets the same pair.
 *
 * @example
 * ```ts
 * import { createRandom, seedPair } from "./random.ts";
 * const [first, second] = seedPair(createRandom(2018), "dropout/step 12/layer 0");
 * ```
 */
export function seedPair(random: Random, label: string | number): [number, number] {
  const key = keyOf([...random.path, String(label)]);
  // Hash seeds 4 and 5: the stream split off under the same label uses 0 to 3.
  return [hash32(key, 4) | 0, hash32(key, 5) | 0];
}

/**
 * MurmurHash3_x86_32 of some bytes, or of a text's UTF-8: 32 unsigned bits. It spreads well and is
 * no protection against anyone.
 *
 * @example
 * ```ts
 * import { hash32 } from "./random.ts";
 * hash32("test", 0).toString(16); // "ba6bd213"
 * ```
 */
export function hash32(data: string | Uint8Array, seed: number): number {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const scramble = (k: number): number => {
    k = Math.imul(k, 0xcc9e2d51);
    return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  };
  const at = (i: number): number => bytes[i] ?? 0;
  const whole = bytes.length & ~3;
  let h = seed | 0;
  for (let i = 0; i < whole; i += 4) {
    h ^= scramble(at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24));
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  // Bytes past the end read as 0, and scramble(0) is 0, so a missing tail changes nothing.
  h ^= scramble(at(whole) | (at(whole + 1) << 8) | (at(whole + 2) << 16));
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** JSON keeps ["a", "b"] and ["a/b"] apart, which joining them would not. */
function keyOf(path: readonly string[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(path));
}

function streamAt(path: readonly string[]): Random {
  const key = keyOf(path);
  const words = [hash32(key, 0), hash32(key, 1), hash32(key, 2), hash32(key, 3)] as const;
  // All zero is the one state that the generator never leaves.
  return stream(path, xoshiro128(words.some((word) => word !== 0) ? words : [1, 0, 0, 0]));
}

/**
 * xoshiro128** 1.1: each call draws the next unsigned 32 bits.
 *
 * @param words the state to start from, four unsigned 32-bit words that are not all zero.
 *
 * @example
 * ```ts
 * import { xoshiro128 } from "./random.ts";
 * xoshiro128([1, 2, 3, 4])(); // 11520
 * ```
 */
export function xoshiro128(words: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = words;
  return () => {
    const product = Math.imul(b, 5);
    const drawn = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return drawn;
  };
}

function stream(path: readonly string[], next: () => number): Random {
  const uniform = () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
  const integer = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 0x100000000) {
      throw new RangeError(`Cannot draw an integer below ${n}: expected 1 to 4294967296`);
    }
    // Numbers past the last whole multiple of n would favour small results: draw again.
    const limit = 0x100000000 - (0x100000000 % n);
    let drawn = next();
    while (drawn >= limit) drawn = next();
    return drawn % n;
  };
  const choice = (n: number, count: number): Int32Array => {
    if (!Number.isInteger(n) || !Number.isInteger(count) || count < 0 || count > n) {
      throw new RangeError(`Cannot choose ${count} of ${n}: expected whole numbers, 0 to ${n}`);
    }
    const all = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const j = i + integer(n - i);
      const taken = all[j]!;
      all[j] = all[i]!;
      all[i] = taken;
    }
    return all.slice(0, count);
  };
  return {
    path,
    uniform,
    integer,
    choice,
    permutation: (n) => choice(n, n),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    shuffle: <T>(items: ArrayLike<T>): T[] =>
      Array.from(choice(items.length, items.length), (i) => items[i]!),
  };
}
