import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  compare,
  type ComparedValues,
  meanValues,
  verdict,
} from "../../../lib/dev/switches/compare.ts";

/** Scores of seeds 1, 2, ... */
function scores(...values: (number | null)[]): ComparedValues {
  return new Map(values.map((value, i) => [i + 1, value]));
}

Deno.test("a comparison pairs by seed: its mean, spread and p are those of the differences", () => {
  const found = compare(scores(60, 64, 62), scores(61, 66, 65))!;
  assertEquals([found.seeds, found.fixed, found.variant], [[1, 2, 3], 62, 64]);
  assertEquals([found.difference, found.spread, found.same], [2, 1, false]);
  // scipy.stats.ttest_rel([61, 66, 65], [60, 64, 62]).pvalue
  assertAlmostEquals(found.p!, 0.07417990022744858, 1e-12);
});

Deno.test("seeds that only one side has, or without a score, count for neither", () => {
  const fixed = new Map([[3, 50], [1, 60], [2, 70]]);
  const variant = new Map([[2, null], [1, 63], [3, 51], [4, 99]]);
  const found = compare(fixed, variant)!;
  assertEquals([found.seeds, found.fixed, found.variant], [[1, 3], 55, 57]);
  assertEquals(compare(fixed, new Map([[9, 1]])), null);
  assertEquals(compare(fixed, scores(null)), null);
});

Deno.test("the mean of the tasks lacks a seed that lacks a task's score", () => {
  const means = meanValues([scores(60, 70, null), scores(70, 90, 50), new Map([[1, 80], [2, 80]])]);
  assertEquals([...means], [[1, 70], [2, 80], [3, null]]);
});

Deno.test("a verdict says whether another seed would do as much", () => {
  const of = (fixed: ComparedValues, variant: ComparedValues) => verdict(compare(fixed, variant));
  assertEquals(of(scores(1, 2, 3), scores(2, 4, 6)), "within noise (p = 0.074)");
  assertEquals(of(scores(1, 2, 3), scores(2, 3.1, 4.3)), "more than noise (p = 0.006)");
  assertEquals(of(scores(1, 2, 3), scores(2.0, 3.001, 4)), "more than noise (p < 0.001)");
  assertEquals(of(scores(1), scores(5)), "one seed can't tell");
  assertEquals(of(scores(1, 2), scores(2, 3)), "no spread, can't tell");
  assertEquals(of(scores(1, 2), scores(1, 2)), "the same scores");
  assertEquals(of(scores(1), scores(1)), "the same scores");
  assertEquals(verdict(null), "-");
});

Deno.test("a difference that is lost by the other one's mean is none", () => {
  const { difference, same } = compare(scores(60, 62), scores(62, 60))!;
  assertEquals(difference, 0);
  assert(!same);
});
