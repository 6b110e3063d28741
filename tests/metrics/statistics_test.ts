import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  average,
  meanInterval,
  median,
  quantile,
  standardDeviation,
  studentQuantile,
  studentTail,
} from "../../lib/metrics/statistics.ts";
import fixture from "../fixtures/metrics/statistics.json" with { type: "json" };

function assertClose(value: number, expected: number, what: string, tolerance = 1e-9): void {
  const gap = Math.abs(value - expected);
  assert(gap <= tolerance * Math.max(1e-3, Math.abs(expected)), `${what}: ${value}, ${expected}`);
}

Deno.test("mean, spread, median and t interval equal numpy's and scipy's", () => {
  for (const { values, ...row } of fixture.samples) {
    const what = values.join(" ");
    assertClose(average(values)!, row.mean, what);
    assertClose(standardDeviation(values)!, row.sd, what);
    assertClose(median(values)!, row.median, what);
    const interval = meanInterval(values)!;
    assertClose(interval.low, row.low, what);
    assertClose(interval.high, row.high, what);
  }
});

Deno.test("a quantile lies between its neighbours; of nothing there is none", () => {
  assertEquals([quantile([4, 1, 3, 2], 0.25), quantile([4, 1, 2, 3], 0.5)], [1.75, 2.5]);
  assertEquals([quantile([5], 0.25), quantile([7], 0.9)], [5, 7]);
  assertEquals([quantile([1, 3], 0), quantile([1, 3], 1)], [1, 3]);
  assertEquals(quantile([], 0.5), null);
});

Deno.test("t quantiles equal scipy's from 1 to a million degrees of freedom", () => {
  for (const { df, level, t } of fixture.quantiles) {
    assertClose(studentQuantile(level, df), t, `${df}, ${level}`);
    assertClose(studentTail(t, df), 1 - level, `tail ${df}, ${level}`, 1e-8);
  }
});

Deno.test("a mean of no values and a spread of one are null", () => {
  assertEquals(average([]), null);
  assertEquals(median([]), null);
  assertEquals(standardDeviation([5]), null);
  assertEquals(meanInterval([5]), null);
  assertEquals(average([5]), 5);
});

Deno.test("the spread survives an offset a billion times larger", () => {
  const values = Array.from({ length: 1001 }, (_, i) => 1e9 + i / 1000);
  assertAlmostEquals(standardDeviation(values)!, Math.sqrt(1001 * 1002 / 12) / 1000, 1e-7);
});

Deno.test("equal values have a spread of exactly 0", () => {
  assertEquals(standardDeviation([0.1, 0.1, 0.1]), 0);
});

Deno.test("t quantiles refuse a level of 1 and no degrees of freedom", () => {
  assertThrows(() => studentQuantile(1, 4), RangeError, "at level 1, expected between 0 and 1");
  assertThrows(() => studentQuantile(0.95, 0), RangeError, "0 degrees of freedom");
});

Deno.test("studentTail() is 1 at t = 0 and 0 at infinity", () => {
  assertEquals(studentTail(0, 5), 1);
  assertEquals(studentTail(Infinity, 5), 0);
  assertEquals(studentTail(1e200, 5), 0);
});
