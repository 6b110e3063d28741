import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { lengthsOf, plotLengths } from "../../../lib/report/plots/lengths.ts";

const lengths = Int32Array.from({ length: 1000 }, (_, i) => 3 + i % 50);

Deno.test("lengthsOf() counts the pieces of every sequence, a ranking row's candidates too", () => {
  assertEquals([...lengthsOf({ offsets: Int32Array.of(0, 3, 3, 10) })], [3, 0, 7]);
});

Deno.test("a split's shares add up to its rows", () => {
  const { data } = plotLengths([{ task: "rte", split: "train", lengths }]);
  const shares = (data[0]!.y as number[]).slice(0, -1); // the last one only ends the line
  assertAlmostEquals(shares.reduce((sum, share) => sum + share), 100, 1e-3);
});

Deno.test("the axis ends where 99.5 % of the rows do; the longest is told", () => {
  const long = Int32Array.from([...lengths, 5000]);
  const { data, says } = plotLengths([{ task: "rte", split: "train", lengths: long }]);
  assert((data[0]!.x as number[]).at(-1)! < 100);
  assertEquals(says, "Pieces of a row: rte has a median of 28 and at most 5,000.");
});

Deno.test("a split has one look and one entry in the legend, whatever the task", () => {
  const splits = ["cola", "rte"].flatMap((task) =>
    ["train", "dev"].map((split) => ({ task, split, lengths }))
  );
  const { data } = plotLengths(splits);
  assertEquals(data.map(({ showlegend }) => showlegend), [true, true, false, false]);
  assertEquals(data[0]!.line, data[2]!.line);
  assertEquals(data[1]!.line, data[3]!.line);
  assert(data[0]!.line !== data[1]!.line);
});

Deno.test("the maximum is a line where a panel reaches so far", () => {
  const marked = (maxLength: number) =>
    plotLengths([{ task: "rte", split: "train", lengths }], { maxLength }).layout.shapes;
  assertEquals([(marked(32) as unknown[]).length, (marked(512) as unknown[]).length], [1, 0]);
});

Deno.test("empty splits and too many names are refused by name", () => {
  const empty = { task: "rte", split: "dev", lengths: [] };
  assertThrows(() => plotLengths([empty]), RangeError, "rte dev: it has no rows");
  const many = ["a", "b", "c", "d", "e"].map((split) => ({ task: "rte", split, lengths }));
  assertThrows(() => plotLengths(many), RangeError, "a, b, c, d, e: expected at most 4 names");
  assertThrows(() => plotLengths([]), RangeError, "no splits");
});
