import { assertEquals, assertThrows } from "@std/assert";
import { plotConfusion } from "../../../lib/report/plots/confusion.ts";
import type { JsonObject } from "../../../lib/report/figure.ts";

const labels = ["contradiction", "neutral", "entailment"];
const matrix = [[8, 2, 0], [1, 1, 2], [0, 0, 0]];

Deno.test("each cell has its share of the row and its count", () => {
  const { layout } = plotConfusion(matrix, labels);
  const words = (layout.annotations as JsonObject[]).slice(0, 9)
    .map(({ x, y, text }) => [x, y, String(text).replaceAll(/<[^>]*>/g, " ").trim()]);
  assertEquals(words.slice(0, 4), [
    [0, 0, "80 %   8"],
    [1, 0, "20 %   2"],
    [2, 0, "0 %   0"],
    [0, 1, "25 %   1"],
  ]);
});

Deno.test("a target without rows has dashes, not NaN", () => {
  const { layout, says } = plotConfusion(matrix, labels);
  assertEquals(String((layout.annotations as JsonObject[])[8]!.text).startsWith("<b>-</b>"), true);
  assertEquals(
    says,
    "Of 14 rows 64 % are predicted right: contradiction 80 %, neutral 25 %, entailment -.",
  );
});

Deno.test("cells are shapes, the darker the greater the share", () => {
  const shapes = plotConfusion(matrix, labels).layout.shapes as JsonObject[];
  assertEquals(shapes.length, 9);
  const light = shapes.map(({ fillcolor }) => parseInt(String(fillcolor).slice(1, 3), 16));
  assertEquals(light[0]! < light[1]! && light[1]! < light[2]!, true);
});

Deno.test("a matrix that doesn't fit the labels is refused", () => {
  assertThrows(
    () => plotConfusion([[1, 0]], ["no", "yes"]),
    RangeError,
    "Cannot plot a confusion matrix of 1 rows for 2 labels",
  );
  assertThrows(() => plotConfusion([], []), RangeError);
});
