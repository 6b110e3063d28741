import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { accuracy, matthews } from "../../lib/metrics/metrics.ts";
import { createRandom } from "../../lib/base/random.ts";
import {
  mcnemarTest,
  pairedBootstrap,
  pairedPermutationTest,
  pairedTTest,
} from "../../lib/metrics/significance.ts";
import fixture from "../fixtures/metrics/statistics.json" with { type: "json" };

const unused = () => {
  throw new Error("an exact test draws nothing");
};

Deno.test("the paired t test and its interval equal scipy's", () => {
  for (const { first, second, ...row } of fixture.pairs) {
    const result = pairedTTest(first, second);
    assertAlmostEquals(result.difference, row.difference, 1e-12);
    assertAlmostEquals(result.p!, row.ttest, 1e-10);
    assertAlmostEquals(result.interval!.low, row.low, 1e-9);
    assertAlmostEquals(result.interval!.high, row.high, 1e-9);
  }
});

Deno.test("the exact permutation test equals scipy's and draws nothing", () => {
  for (const { first, second, permutation } of fixture.pairs) {
    const result = pairedPermutationTest(first, second, unused);
    assertAlmostEquals(result.p, permutation, 1e-12);
    assert(result.exact);
  }
});

Deno.test("five pairs that all agree reach p = 0.0625 and no less", () => {
  const { p } = pairedPermutationTest([90, 91, 92, 93, 94], [10, 11, 12, 13, 14], unused);
  assertEquals(p, 0.0625);
});

Deno.test("the drawn permutation test repeats with its seed and finds what the t test finds", () => {
  const random = createRandom(1);
  const first = Array.from({ length: 60 }, () => 70 + random.normal());
  const second = first.map((value) => value - 0.3 + random.normal());
  const run = () => pairedPermutationTest(first, second, createRandom(2).uniform);
  assertEquals(run(), run());
  assert(!run().exact);
  assertAlmostEquals(run().p, pairedTTest(first, second).p!, 0.02);
});

Deno.test("pairs that never differ give p = 1, and a t test has none", () => {
  assertEquals(pairedPermutationTest([1, 2], [1, 2], unused).p, 1);
  assertEquals(pairedTTest([1, 2], [1, 2]).p, null);
  assertEquals(pairedTTest([3], [1]), { difference: 2, interval: null, p: null, pairs: 1 });
});

Deno.test("McNemar's exact test equals scipy's binomtest down to 1e-44", () => {
  for (const { firstOnly, secondOnly, p } of fixture.mcnemar) {
    const n = firstOnly + secondOnly;
    const targets = new Uint8Array(n + 10);
    const first = targets.map((_, i) => i >= firstOnly && i < n ? 1 : 0);
    const second = targets.map((_, i) => i < firstOnly ? 1 : 0);
    const result = mcnemarTest(first, second, targets);
    assertEquals([result.firstOnly, result.secondOnly], [firstOnly, secondOnly]);
    assert(Math.abs(result.p - p) <= 1e-9 * p, `${firstOnly} ${secondOnly}: ${result.p} not ${p}`);
  }
});

Deno.test("the bootstrap takes any metric and finds a clear difference", () => {
  const random = createRandom(3);
  const targets = Array.from({ length: 400 }, () => random.integer(2));
  const noisy = (wrong: number) => targets.map((y) => random.uniform() < wrong ? 1 - y : y);
  const [first, second] = [noisy(0.1), noisy(0.3)];
  const pick = (rows: Int32Array, from: number[]) => Array.from(rows, (row) => from[row]!);
  const compare = (rows: Int32Array) =>
    matthews.compute(pick(rows, first), pick(rows, targets))! -
    matthews.compute(pick(rows, second), pick(rows, targets))!;
  const run = () => pairedBootstrap(400, compare, createRandom(4).uniform, { draws: 300 });
  const result = run();
  assertEquals(result, run());
  assert(result.interval.low < result.difference && result.difference < result.interval.high);
  assert(result.interval.low > 0);
  assertAlmostEquals(result.p, 2 / 301, 1e-12);
});

Deno.test("the bootstrap interval of a mean is near Student's", () => {
  const random = createRandom(5);
  const gains = Array.from({ length: 200 }, () => 0.5 + random.normal());
  const meanOf = (rows: Int32Array) => rows.reduce((sum, row) => sum + gains[row]!, 0) / 200;
  const { interval } = pairedBootstrap(200, meanOf, random.uniform, { draws: 2000 });
  const student = pairedTTest(gains, gains.map(() => 0)).interval!;
  assertAlmostEquals(interval.low, student.low, 0.02);
  assertAlmostEquals(interval.high, student.high, 0.02);
});

Deno.test("the bootstrap counts draws without a value and refuses when there is none", () => {
  const rare = (rows: Int32Array) => rows.includes(0) ? accuracy.compute(rows, rows) : null;
  const { undefinedDraws } = pairedBootstrap(5, rare, createRandom(6).uniform, { draws: 100 });
  assert(undefinedDraws > 0 && undefinedDraws < 100);
  assertThrows(
    () => pairedBootstrap(5, () => null, Math.random),
    RangeError,
    "Cannot bootstrap over 5 rows: the difference is undefined on all rows together",
  );
});

Deno.test("paired tests refuse lists of different length", () => {
  assertThrows(() => pairedTTest([1, 2], [1]), RangeError, "on 2 and 1 values");
  assertThrows(() => pairedPermutationTest([], [], unused), RangeError, "one pair at least");
  assertThrows(() => mcnemarTest([1], [1, 0], [1, 0]), RangeError, "1 and 2 predictions on 2");
});
