import { assertAlmostEquals, assertEquals } from "@std/assert";
import { seriesOf, smoothed, thin, topOf } from "../../../lib/report/plots/series.ts";

const series = (y: readonly number[]) => ({ x: y.map((_, i) => i), y });

Deno.test("thin() keeps a short series, and always the last point", () => {
  assertEquals(thin(series([5, 6, 7]), 3), series([5, 6, 7]));
  for (const most of [1, 2, 3, 7, 50]) {
    const { x } = thin(series(Array.from({ length: 100 }, (_, i) => i)), most);
    assertEquals([x.at(-1), x.length <= most], [99, true]);
  }
});

Deno.test("thin() of nothing is nothing", () => {
  assertEquals(thin(series([]), 10), series([]));
});

Deno.test("smoothed() is the mean of each window, by a plain sum", () => {
  const y = [3, 1, 4, 1, 5, 9, 2, 6];
  const expected = y.map((_, i) => {
    const around = y.slice(Math.max(0, i - 2), i + 3);
    return around.reduce((sum, value) => sum + value) / around.length;
  });
  const found = smoothed(series(y), { window: 5, most: 100 }).y;
  found.forEach((value, i) => assertAlmostEquals(value, expected[i]!, 1e-12));
});

Deno.test("smoothed() with a window of one changes nothing", () => {
  assertEquals(smoothed(series([3, 1]), { window: 1, most: 10 }), series([3, 1]));
});

Deno.test("seriesOf() leaves out what has no value", () => {
  const steps = [{ step: 4, loss: 1 }, { step: 5, loss: null }, { step: 6, loss: 0 }];
  assertEquals(seriesOf(steps, ({ loss }) => loss), { x: [4, 6], y: [1, 0] });
});

Deno.test("topOf() holds the line, but not what is wild", () => {
  const points = Array.from({ length: 200 }, () => 1);
  assertAlmostEquals(topOf(points, [2, 1]), 2.2, 1e-12);
  assertEquals(topOf([...points, 1e9], [5e7, 1]), 4);
  assertEquals([topOf([], []), topOf([0, 0], [0])], [1, 1]);
});
