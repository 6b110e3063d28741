import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { plotMixture } from "../../../lib/report/plots/mixture.ts";

const steps = ["rte", "mnli", "mnli", "rte", "mnli"].map((task) => ({ task }));

Deno.test("tasks are counted, the greatest first", () => {
  const { data, says } = plotMixture(steps);
  assertEquals([data[0]!.x, data[0]!.text], [[3, 2], ["3 (60 %)", "2 (40 %)"]]);
  assertEquals(says, "An epoch of 5 steps: mnli 3, rte 2.");
});

Deno.test("the order is a mark for each of the first steps, in its task's row", () => {
  const { data, layout } = plotMixture(steps, { order: 4 });
  assertEquals([data[1]!.x, data[1]!.y], [[0, 1, 2, 3], [1, 0, 0, 1]]);
  assertStringIncludes(JSON.stringify(layout.annotations), "first 4 steps");
});

Deno.test("no steps are refused", () => {
  assertThrows(() => plotMixture([]), RangeError, "no steps");
});
