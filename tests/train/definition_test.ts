import { assertEquals } from "@std/assert";
import { heads } from "../../lib/model/heads.ts";
import { macroF1 } from "../../lib/metrics/metrics.ts";
import { objectives } from "../../lib/model/objectives.ts";
import { defineTask } from "../../lib/train/definition.ts";

const parts = { name: "own", files: { train: "a.csv", dev: "b.tsv.gz" }, text: "t", label: "l" };

Deno.test("what is left out follows from the labels", () => {
  const found = [
    defineTask({ ...parts, labels: ["no", "yes"] }),
    defineTask({ ...parts, labels: ["x", "y", "z"], separator: ";" }),
    defineTask({ ...parts, labels: [], range: [1, 10] }),
  ].map(({ head, objective, metrics }) => [head, objective, metrics[0].name]);
  assertEquals(found, [
    [heads.classify, objectives.crossEntropy, "accuracy"],
    [heads.classifySeveral, objectives.binaryCrossEntropy, "microF1"],
    [heads.regress, objectives.squaredError, "pearson"],
  ]);
});

Deno.test("files are read by their endings, and each has the columns", () => {
  const { splits, title, refineHead, head } = defineTask({
    ...{ ...parts, labels: ["no", "yes"], hypothesis: "h", id: "i" },
  });
  assertEquals([title, refineHead], ["own", head]);
  const layout = { premise: "t", hypothesis: "h", target: "l", id: "i" };
  assertEquals(splits, {
    train: { candidates: ["a.csv"], layout: { ...layout, format: "csv" } },
    dev: { candidates: ["b.tsv.gz"], layout: { ...layout, format: "tsv" } },
  });
});

Deno.test("what is said wins over what follows", () => {
  const head = heads.answer();
  const task = defineTask({
    ...{ ...parts, labels: ["no", "yes"], hypothesis: "h", title: "Own" },
    ...{ refineHead: head, metrics: [macroF1], dropout: 0.3 },
  });
  assertEquals([task.title, task.refineHead, task.metrics, task.dropout], [
    ...["Own", head, [macroF1], 0.3],
  ]);
});
