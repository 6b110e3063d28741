import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { correlation, ranks } from "../../lib/metrics/correlation.ts";

Deno.test("ranks() gives equal values the mean of the ranks they fill", () => {
  assertEquals([...ranks([10, 30, 20, 30])], [1, 3.5, 2, 3.5]);
  assertEquals([...ranks([5, 5, 5])], [2, 2, 2]);
  assertEquals([...ranks([0, -0, 1])], [1.5, 1.5, 3]);
  assertEquals([...ranks([])], []);
});

Deno.test("correlation() stays within -1 and 1 and is not lost under a large offset", () => {
  const x = Array.from({ length: 1000 }, (_, i) => 1e9 + (i * 7919) % 1000);
  const y = x.map((value) => 3e9 - value);
  assertAlmostEquals(correlation(x, x)!, 1, 1e-12);
  assertAlmostEquals(correlation(x, y)!, -1, 1e-12);
});

Deno.test("correlation() does not depend on scale, even where squares would vanish", () => {
  const [x, y] = [[1, 2, 4, 3], [2, 1, 5, 4]];
  const expected = correlation(x, y)!;
  for (const scale of [1e-200, 1e-30, 1e30, 1e200]) {
    assertAlmostEquals(correlation(x.map((value) => value * scale), y)!, expected, 1e-12);
  }
});

Deno.test("correlation() refuses lists of different length", () => {
  assertThrows(() => correlation([1, 2], [1]), RangeError, "Cannot correlate 2 values with 1");
});
