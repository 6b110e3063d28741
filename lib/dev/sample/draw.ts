/**
 * Small ways to draw from a stream of random numbers.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";

/**
 * One item, each equally likely.
 *
 * Throws a RangeError when there is nothing to pick from.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { pick } from "./draw.ts";
 * pick(createRandom(1), ["red", "blue"]);
 * ```
 */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)]!;
}

/**
 * True with probability p.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { chance } from "./draw.ts";
 * chance(createRandom(1), 1); // true
 * ```
 */
export function chance(random: Random, p: number): boolean {
  return random.uniform() < p;
}

/**
 * `count` different items in random order.
 *
 * Throws a RangeError when there are fewer items than that.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { pickSome } from "./draw.ts";
 * const [a, b] = pickSome(createRandom(1), ["red", "blue", "green"], 2); // a differs from b
 * ```
 */
export function pickSome<T>(random: Random, items: readonly T[], count: number): T[] {
  return Array.from(random.choice(items.length, count), (i) => items[i]!);
}

/**
 * One key of a table of weights, as often as its weight says.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { pickKey } from "./draw.ts";
 * pickKey(createRandom(1), { common: 9, rare: 1 });
 * ```
 */
export function pickKey<K extends string>(random: Random, weights: Readonly<Record<K, number>>): K {
  const entries = Object.entries(weights) as [K, number][];
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.uniform() * total;
  for (const [key, weight] of entries) {
    left -= weight;
    if (left < 0) return key;
  }
  return entries.at(-1)![0];
}
