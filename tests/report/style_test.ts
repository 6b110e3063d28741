import { assert, assertEquals } from "@std/assert";
import { axis, legendNames, marks, tint, topWithLegend } from "../../lib/report/style.ts";

Deno.test("plain, refined and published marks differ in colour, and in mark or line", () => {
  const all = Object.values(marks);
  for (const one of all) {
    for (const other of all) {
      if (one === other) continue;
      assert(one.color !== other.color, `${one.name} and ${other.name}`);
      assert(one.symbol !== other.symbol || one.dash !== other.dash);
    }
  }
});

Deno.test("tint() mixes with white", () => {
  assertEquals([tint("#0072b2", 1), tint("#0072b2", 0)], ["#0072b2", "#ffffff"]);
});

Deno.test("topWithLegend() leaves room for every row of the legend", () => {
  const names = ["ours, plain encoder", "ours, refined encoder", "published BERT, base"];
  assertEquals(topWithLegend(names, 800) + 22, topWithLegend(names, 420));
});

Deno.test("legendNames() leaves out what has no entry", () => {
  const traces = [{ type: "bar", name: "a" }, {
    type: "bar",
    name: "b",
    showlegend: false,
  }] as const;
  assertEquals(legendNames(traces), ["a"]);
});

Deno.test("axis() without a title has none", () => {
  assertEquals("title" in axis(""), false);
});
