import { assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  createRandom,
  hash32,
  type Random,
  seedPair,
  split,
  xoshiro128,
} from "../../lib/base/random.ts";

/** What a stream draws next. */
const drawn = (random: Random) => Array.from({ length: 4 }, () => random.integer(WORD)).join();

/** The raw 32-bit words, which integer(2^32) gives unchanged. */
const WORD = 0x100000000;

Deno.test("a stream follows the published xoshiro128** sequence", () => {
  // From the C reference program with these four words as state.
  const small = xoshiro128([1, 2, 3, 4]);
  assertEquals(
    Array.from({ length: 8 }, small),
    [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849],
  );
  const large = xoshiro128([0x964d4a0c, 0xd40ab895, 0xad7fdecb, 0x3006f0f0]);
  assertEquals(
    Array.from({ length: 4 }, large),
    [0xf1391922, 0x6fe53806, 0xa5be2840, 0xf510ee70],
  );
});

Deno.test("hash32() gives the published MurmurHash3 values", () => {
  assertEquals(hash32("", 0), 0);
  assertEquals(hash32("", 1), 0x514e28b7);
  assertEquals(hash32("", 0xffffffff), 0x81f16f39);
  assertEquals(hash32("test", 0x9747b28c), 0x704b81dc);
  assertEquals(hash32("Hello, world!", 0x9747b28c), 0x24884cba);
  assertEquals(
    hash32("The quick brown fox jumps over the lazy dog", 0x9747b28c),
    0x2fa826cd,
  );
});

const PERMUTATION_2018 = [0, 9, 8, 3, 4, 7, 5, 1, 6, 2];

Deno.test("the same seed gives the same numbers, as number or text, on every machine", () => {
  assertEquals([...createRandom(2018).permutation(10)], [...createRandom("2018").permutation(10)]);
  assertEquals([...createRandom(2018).permutation(10)], PERMUTATION_2018);
  assertNotEquals([...createRandom(2019).permutation(10)], PERMUTATION_2018);
});

Deno.test("split() depends on the path alone, not on what was drawn", () => {
  const fresh = createRandom(7);
  const used = createRandom(7);
  used.permutation(100);
  split(used, "another consumer").uniform();
  assertEquals(drawn(split(fresh, "rows")), drawn(split(used, "rows")));
  assertEquals(drawn(fresh), drawn(createRandom(7)));
});

Deno.test("streams of different paths differ, also where the joined labels are alike", () => {
  const root = createRandom(7);
  const streams = [
    root,
    split(root, "a"),
    split(root, "b"),
    split(root, "ab"),
    split(root, "a/b"),
    split(split(root, "a"), "b"),
    split(createRandom(8), "a"),
    createRandom('7","a'),
  ];
  assertEquals(new Set(streams.map((each) => drawn(each))).size, streams.length);
});

Deno.test("uniform() lies in [0, 1) with mean 1/2 and variance 1/12", () => {
  const random = createRandom(11);
  const draws = Array.from({ length: 100_000 }, () => random.uniform());
  assertEquals(draws.every((draw) => draw >= 0 && draw < 1), true);
  assertAlmostEquals(mean(draws), 1 / 2, 0.004);
  assertAlmostEquals(mean(draws.map((draw) => (draw - 1 / 2) ** 2)), 1 / 12, 0.001);
});

Deno.test("integer() is unbiased, also where n is no power of two", () => {
  const random = createRandom(12);
  const counts = new Array(7).fill(0);
  for (let i = 0; i < 70_000; i++) counts[random.integer(7)]++;
  // Chi-square with 6 degrees of freedom: above 22.5 with probability 0.001.
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assertEquals(chiSquare < 22.5, true);
  // Three quarters of 2^32: a plain remainder would put 62.5 % into the lower half.
  const n = 2 ** 31 + 2 ** 30;
  const low = Array.from({ length: 10_000 }, () => random.integer(n)).filter((i) => i < n / 2);
  assertAlmostEquals(low.length, 5000, 200);
});

Deno.test("integer() refuses bounds it cannot draw below", () => {
  for (const n of [0, -1, 1.5, NaN, 2 ** 32 + 1]) {
    assertThrows(() => createRandom(1).integer(n), RangeError, String(n));
  }
});

Deno.test("normal() has the moments of N(0, 1)", () => {
  const random = createRandom(13);
  const draws = Array.from({ length: 100_000 }, () => random.normal());
  assertEquals(draws.every(Number.isFinite), true);
  assertAlmostEquals(mean(draws), 0, 0.015);
  assertAlmostEquals(mean(draws.map((draw) => draw ** 2)), 1, 0.02);
  assertAlmostEquals(mean(draws.map((draw) => draw ** 4)), 3, 0.15);
});

Deno.test("shuffle() gives a new array with the same items", () => {
  const items = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const shuffled = createRandom(1).shuffle(items);
  assertEquals(items.join(""), "abcdefgh");
  assertNotEquals(shuffled, items);
  assertEquals(shuffled.toSorted(), items);
  assertEquals(createRandom(1).shuffle([]), []);
});

Deno.test("permutation() reaches every order equally often", () => {
  const random = createRandom(14);
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const key = random.permutation(4).join("");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assertEquals(counts.size, 24);
  // Chi-square with 23 degrees of freedom: above 49.7 with probability 0.001.
  const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
  assertEquals(chiSquare < 49.7, true);
});

Deno.test("choice() nests: fewer numbers are the first of more", () => {
  const most = [...createRandom(5).permutation(1000)];
  for (const count of [0, 1, 23, 235, 1000]) {
    assertEquals([...createRandom(5).choice(1000, count)], most.slice(0, count));
  }
  assertEquals(new Set(most).size, 1000);
  assertThrows(() => createRandom(5).choice(3, 4), RangeError, "4 of 3");
});

Deno.test("seedPair() gives two int32 by path and label and leaves the stream alone", () => {
  const random = createRandom(2018);
  const pair = seedPair(random, "step 1");
  assertEquals(pair, seedPair(createRandom(2018), "step 1"));
  assertNotEquals(pair, seedPair(random, "step 2"));
  assertEquals(drawn(random), drawn(createRandom(2018)));
  assertEquals(pair.every((value) => value === (value | 0)), true);
});

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
