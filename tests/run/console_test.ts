import { assertEquals, assertMatch } from "@std/assert";
import type { Prepared } from "../../lib/run/dataset.ts";
import { tasks } from "../../lib/tasks.ts";
import { reportPrepared, runReporter } from "../../lib/run/console.ts";
import { exampleRun } from "../report/example_runs.ts";
import { captured, toyFeatures } from "../support/toy.ts";

/** A split of three rows; tests change what they are about. */
function prepared(changes: Partial<Prepared> = {}): Prepared {
  return {
    features: toyFeatures(3),
    file: "RTE/dev.tsv",
    digest: "",
    subset: false,
    dropped: [],
    empty: 0,
    truncated: 0,
    fromCache: false,
    problem: undefined,
    ...changes,
  };
}

Deno.test("preprocessing ends with a line for each split and their sum", () => {
  const report = [
    { task: tasks.rte, split: "dev", prepared: prepared() },
    { task: tasks.cola, split: "train", prepared: prepared({ features: toyFeatures(1200) }) },
  ];
  assertEquals(reportPrepared(report, 1.23).split("\n"), [
    "Preprocessed",
    "  RTE             dev                     3 rows  RTE/dev.tsv",
    "  CoLA            train               1,200 rows  RTE/dev.tsv",
    "  1,203 rows in 1.2 s",
  ]);
});

Deno.test("what became of a split's rows is said behind it", () => {
  const split = prepared({
    subset: true,
    dropped: [{ reason: "no label", count: 2 }],
    empty: 1,
    truncated: 4,
    fromCache: true,
    problem: "the cache is full",
  });
  const text = reportPrepared([{ task: tasks.snli, split: "train", prepared: split }], 0);
  assertMatch(
    text,
    /\(2 left out: no label; 1 with an empty text; 4 cut; part of the official split; from the cache; the cache is full\)/,
  );
});

Deno.test("a run shows its steps and ends with its scores", async () => {
  const { errors } = await captured(() => {
    const reporter = runReporter("sample-refine/multitask/seed-1");
    reporter.started(2, 0);
    const step = { epoch: 0, task: "rte", loss: 0.7, gradientNorm: 1, learningRate: 0, tokens: 90 };
    for (const at of [0, 1]) reporter.step({ step: at, ...step, rows: 8, seconds: 0.1 });
    reporter.message("scoring epoch 1");
    const scores = { pearson: null, spearman: 12.345 };
    reporter.finished([exampleRun({ task: "stsb", scores })]);
  });
  assertMatch(errors, /sample-refine\/multitask\/seed-1 {2}1\/2 steps \(50 %\) {2}loss rte 0\.7/);
  assertMatch(errors, /^scoring epoch 1$/m);
  assertMatch(errors, /2\/2 steps.*: stsb dev pearson -, spearman 12\.3\n$/);
});

Deno.test("a run that fails says that it stopped, even before its first step", async () => {
  const { errors } = await captured(() => {
    const reporter = runReporter("early");
    reporter.failed(); // before it started: there is nothing to end
    reporter.started(5, 0);
    reporter.failed();
  });
  assertMatch(errors, /^early {2}0\/5 steps.*early: stopped\n$/);
});
