import { assertEquals, assertThrows } from "@std/assert";
import { collectRows, compareTasks, percentage, runName } from "../../lib/report/runs.ts";
import { exampleRun, seedRuns } from "./example_runs.ts";

Deno.test("runs of one task share a row, plain and refined apart, by seed", () => {
  const [row, ...more] = collectRows([
    ...seedRuns([70, 71]).reverse(),
    ...seedRuns([80, 82], { encoder: "refined" }),
  ]);
  assertEquals(more, []);
  assertEquals(row!.plain, [{ seed: 1, value: 70 }, { seed: 2, value: 71 }]);
  assertEquals(row!.refined, [{ seed: 1, value: 80 }, { seed: 2, value: 82 }]);
});

Deno.test("runs that differ in configuration, head or training rows never share a row", () => {
  const changes = [
    {},
    { precision: "bfloat16" },
    { preset: "faithful" },
    { size: "small" },
    { encoderName: "all-MiniLM-L6-v2" },
    { head: "answer" },
    { rows: { train: 100, trainOfficial: 2490, dev: 277 } },
    { split: "test" },
    { fraction: 0.1 },
  ];
  const rows = collectRows(changes.map((change) => exampleRun(change)));
  assertEquals(rows.length, changes.length);
});

Deno.test("rows do not depend on the order of the runs", () => {
  const runs = [
    exampleRun({ task: "zebra" }),
    exampleRun({ task: "cola", scores: { matthews: 40, accuracy: 80 } }),
    exampleRun({ task: "snli", experiment: "adapt", fraction: 0.1 }),
    exampleRun({ task: "snli", experiment: "adapt", fraction: 0.001 }),
    exampleRun({ task: "mnli", experiment: "refine" }),
    exampleRun({ encoder: "refined" }),
  ];
  const rows = collectRows(runs);
  assertEquals(collectRows(runs.toReversed()), rows);
  assertEquals(rows.map(({ task, metric, fraction }) => [task, metric, fraction]), [
    ["mnli", "accuracy", undefined],
    ["cola", "matthews", undefined],
    ["cola", "accuracy", undefined],
    ["rte", "accuracy", undefined],
    ["zebra", "accuracy", undefined],
    ["snli", "accuracy", 0.001],
    ["snli", "accuracy", 0.1],
  ]);
});

Deno.test("a number that is not finite is refused with the name of its run", () => {
  assertThrows(
    () => collectRows([exampleRun({ seed: 7, scores: { accuracy: NaN } })]),
    RangeError,
    "Cannot put run finetune/rte/seed-7 (plain encoder, dev) in a table: accuracy is NaN",
  );
  assertThrows(() => collectRows([exampleRun({ steps: Infinity })]), RangeError, "steps is Inf");
  const rows = { train: NaN, dev: 277 };
  assertThrows(() => collectRows([exampleRun({ rows })]), RangeError, "rows.train is NaN");
});

Deno.test("the same run twice is refused, even with another result", () => {
  const twice = [exampleRun(), exampleRun({ scores: { accuracy: 71 } })];
  assertThrows(() => collectRows(twice), RangeError, "finetune/rte/seed-1 (plain encoder, dev)");
});

Deno.test("a run without one of the metrics is left out of that metric, not called undefined", () => {
  const rows = collectRows([
    exampleRun({ scores: { accuracy: 70 } }),
    exampleRun({ seed: 2, scores: { accuracy: 71, f1: null } }),
  ]);
  assertEquals(rows.map(({ metric, plain }) => [metric, plain]), [
    ["accuracy", [{ seed: 1, value: 70 }, { seed: 2, value: 71 }]],
    ["f1", [{ seed: 2, value: null }]],
  ]);
});

Deno.test("draws of the two encoders are kept once where they are the same", () => {
  const adapt = { experiment: "adapt", task: "scitail", fraction: 0.001 } as const;
  const [row] = collectRows([
    exampleRun({ ...adapt, chosenRows: [4, 2] }),
    exampleRun({ ...adapt, chosenRows: [4, 2], encoder: "refined" }),
    exampleRun({ ...adapt, chosenRows: [5, 6], seed: 2 }),
  ]);
  assertEquals([...row!.draws], [[1, [[4, 2]]], [2, [[5, 6]]]]);
});

Deno.test("names say experiment, task, seed, encoder, split and fraction", () => {
  assertEquals(
    runName(exampleRun({ experiment: "adapt", task: "snli", fraction: 0.001 })),
    "adapt/snli/seed-1 (plain encoder, dev, 0.1 %)",
  );
  assertEquals([0.001, 0.07, 1].map(percentage), ["0.1 %", "7 %", "100 %"]);
  assertEquals(["b", "rte", "a", "mnli"].sort(compareTasks), ["mnli", "rte", "a", "b"]);
});
