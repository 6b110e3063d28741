import { assertAlmostEquals, assertEquals } from "@std/assert";
import { createPanels } from "../../../lib/report/plots/panels.ts";
import type { JsonObject } from "../../../lib/report/figure.ts";

const domains = (count: number, columns: number) =>
  createPanels(count, { columns, gapX: 0.1, gapY: 0.2 }).map((panel) =>
    Object.values(panel.layout({}, {})).map((axis) => (axis as JsonObject).domain as number[])
  );

Deno.test("panels fill the figure without touching each other", () => {
  const [first, second, third, fourth] = domains(4, 2);
  const expected = [[0, 0.45], [0.6, 1], [0.55, 1], [0.6, 1], [0, 0.45], [0, 0.4], [0.55, 1], [
    0,
    0.4,
  ]];
  const found = [first!, second!, third!, fourth!].flat();
  found.forEach((domain, i) => {
    assertAlmostEquals(domain[0]!, expected[i]![0]!, 1e-12);
    assertAlmostEquals(domain[1]!, expected[i]![1]!, 1e-12);
  });
});

Deno.test("axes belong to each other by their names", () => {
  const [first, second] = createPanels(2, { columns: 2 });
  assertEquals(Object.keys(first!.layout({}, {})), ["xaxis", "yaxis"]);
  const { xaxis2, yaxis2 } = second!.layout({}, {}) as Record<string, JsonObject>;
  assertEquals([xaxis2!.anchor, yaxis2!.anchor], ["y2", "x2"]);
});

Deno.test("only the lowest of a column and the first of a row are to be titled", () => {
  const panels = createPanels(5, { columns: 3 });
  assertEquals(panels.map(({ lowest }) => lowest), [false, false, true, true, true]);
  assertEquals(panels.map(({ first }) => first), [true, false, false, true, false]);
});

Deno.test("a heading is text, whatever the task is called", () => {
  const [panel] = createPanels(1, { columns: 1 });
  assertEquals(String(panel!.heading("a<b").text), "<b>a&lt;b</b>");
});
