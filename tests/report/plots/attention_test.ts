import { assert, assertEquals, assertThrows } from "@std/assert";
import { plotAttention } from "../../../lib/report/plots/attention.ts";
import type { JsonObject } from "../../../lib/report/figure.ts";

const attention = {
  ...{ hypothesis: ["it", "rains"], start: [0.25, 0.75], premise: ["wet", "wet", "streets"] },
  turns: [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]],
};

Deno.test("there is a strip for the start and one for each turn, with the weights as bars", () => {
  const { data } = plotAttention(attention);
  assertEquals(data.map(({ name, y }) => [name, y]), [
    ["start", [0.25, 0.75]],
    ["turn 1", [0.2, 0.3, 0.5]],
    ["turn 2", [0.6, 0.3, 0.1]],
  ]);
});

Deno.test("the same word twice is two bars", () => {
  assertEquals(plotAttention(attention).data[1]!.x, [0, 1, 2]);
});

Deno.test("the start and the last turn have their pieces below, and all one scale", () => {
  const { layout } = plotAttention(attention);
  const axes = ["xaxis", "xaxis2", "xaxis3"].map((name) => layout[name] as JsonObject);
  assertEquals(axes.map(({ showticklabels }) => showticklabels), [true, false, true]);
  assertEquals(axes[2]!.ticktext, ["wet", "wet", "streets"]);
  assertEquals((layout.yaxis as JsonObject).range, (layout.yaxis3 as JsonObject).range);
});

Deno.test("the greatest weight of each strip is written", () => {
  const { data } = plotAttention(attention);
  assertEquals(data.map(({ text }) => text), [["", "0.75"], ["", "", "0.50"], ["0.60", "", ""]]);
});

Deno.test("a start is not needed; answers stand beside their turns", () => {
  const { hypothesis, premise, turns } = attention;
  const answers = ["neutral 51 %", "entailment 83 %"];
  const { data, layout } = plotAttention({ hypothesis, premise, turns, answers });
  assertEquals(data.length, 2);
  const words = (layout.annotations as JsonObject[]).map(({ text }) => text);
  assertEquals(words, ["<b>turn 1</b>", answers[0], "<b>turn 2</b>", answers[1]]);
});

Deno.test("a long premise makes the figure wider, not its words smaller", () => {
  const premise = Array.from({ length: 100 }, (_, i) => `piece${i}`);
  const turns = [premise.map(() => 0.01)];
  const { layout } = plotAttention({ hypothesis: ["it"], premise, turns });
  assert(layout.width > 1300, `${layout.width}`);
});

Deno.test("weights that don't fit the pieces are refused", () => {
  assertThrows(
    () => plotAttention({ ...attention, turns: [[1]] }),
    RangeError,
    "Cannot plot the attention of turn 1: it has 1 weights for 3 pieces",
  );
  assertThrows(() => plotAttention({ ...attention, turns: [] }), RangeError, "no turns");
});
