import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { plotLabels } from "../../../lib/report/plots/labels.ts";

const labels = ["contradiction", "neutral", "entailment"];

Deno.test("shares are of the rows that have a target", () => {
  const { data } = plotLabels([
    { task: "mnli", split: "dev", labels, targets: Float32Array.of(0, 2, 2, NaN, 1, 2) },
  ]);
  assertEquals(data.map(({ name, x }) => [name, x]), [
    ["contradiction", [20]],
    ["neutral", [20]],
    ["entailment", [60]],
  ]);
});

Deno.test("scores are cut into five ranges, the greatest one in the last", () => {
  const { data } = plotLabels([
    { task: "stsb", split: "train", labels: [], targets: [0, 0.99, 1, 2.5, 5] },
  ]);
  assertEquals(data.map(({ name }) => name), ["0 to 1", "1 to 2", "2 to 3", "3 to 4", "4 to 5"]);
  assertEquals(data.map(({ x }) => (x as number[])[0]), [40, 20, 20, 0, 20]);
});

Deno.test("every bar adds up to 100 %", () => {
  const splits = ["train", "dev"].map((split) => ({
    task: "mnli",
    split,
    labels,
    targets: [0, 1, 1],
  }));
  const { data } = plotLabels(splits);
  for (const bar of ["mnli train", "mnli dev"]) {
    const own = data.filter(({ y }) => (y as string[])[0] === bar);
    assertAlmostEquals(own.reduce((sum, { x }) => sum + (x as number[])[0]!, 0), 100, 1e-3);
  }
});

Deno.test("a short part has no words that would stick out", () => {
  const targets = [...new Array<number>(98).fill(0), 1, 2];
  const { data } = plotLabels([{ task: "mnli", split: "dev", labels, targets }]);
  assertEquals(data.map(({ text }) => (text as string[])[0]), ["contradiction: 98 %", "", ""]);
});

Deno.test("scores that are all the same are a range of their own", () => {
  const { says } = plotLabels([{ task: "stsb", split: "dev", labels: [], targets: [2, 2] }]);
  assertEquals(says.startsWith("Shares of labels: stsb dev has 2 to 2.2 100 %"), true);
});

Deno.test("a split without targets is refused by name", () => {
  assertThrows(
    () => plotLabels([{ task: "rte", split: "test", labels, targets: [NaN] }]),
    RangeError,
    "Cannot plot the labels of rte test: no row has a target",
  );
});
