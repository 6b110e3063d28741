import { assertEquals } from "@std/assert";
import {
  comparisonFindings,
  type EncoderComparison,
  lossChanges,
  runFindings,
} from "../../lib/notebook/findings.ts";
import { tasks } from "../../lib/tasks.ts";
import type { Step } from "../../lib/types.ts";

/** A comparison of one seed by accuracy on dev, all rows trained on. */
function comparison(
  task: string,
  difference: number | null,
  more: Partial<EncoderComparison> = {},
) {
  const [plain, refined] = [50, difference === null ? null : 50 + difference];
  const interval = { low: null, high: null, p: null, n: difference === null ? 0 : 1 };
  const place = { task, split: "dev", share: "100 %", metric: "accuracy" };
  return { ...place, plain, refined, difference, ...interval, ...more };
}

Deno.test("who is ahead and behind is told by the first metric of each task alone", () => {
  const found = comparisonFindings([
    comparison("RTE", 10.83),
    comparison("MRPC", 5),
    comparison("MRPC", -30, { metric: "f1" }),
    comparison("WNLI", -1.67),
    comparison("CoLA", 0),
    comparison("QQP", null),
  ]);
  assertEquals(
    found,
    "- By the first metric the refined encoder is ahead in 2 of 4 comparisons (most on RTE, " +
      "accuracy +10.8), and behind in 1 (WNLI, accuracy -1.7).\n" +
      "- With one seed each (n = 1) no difference can be told from luck: `--seeds` has more.",
  );
});

Deno.test("how a difference changes with the rows is told only where there are several shares", () => {
  const some = (differences: readonly number[]) =>
    comparisonFindings(
      differences.map((difference, i) =>
        comparison("SNLI", difference, { share: ["0.1 %", "1 %", "10 %"][i]!, n: 2, p: 0.5 })
      ),
    ).split("\n").slice(1);
  const luck = "- None of them has a p below 0.05 (from 2 pairs it can't be below 0.5).";
  const shares = "- SNLI, refined - plain: +30.0 at 0.1 %, +7.0 at 1 %, +2.0 at 10 %";
  assertEquals(some([30, 7, 2]), [`${shares}; it shrinks as rows are added.`, luck]);
  assertEquals(some([1, 2])[0]!.split("; ")[1], "it grows as rows are added.");
  assertEquals(some([1, 3, 2])[0]!.split("; ")[1], "it goes up and down.");
  assertEquals(some([30]), [luck]);
});

Deno.test("differences that are hardly luck are named", () => {
  const found = comparisonFindings([
    comparison("SNLI", 20, { share: "1 %", n: 10, p: 0.002 }),
    comparison("SciTail", 1, { share: "1 %", n: 10, p: 0.4 }),
  ]);
  assertEquals(found.split("\n").at(-1), "- p is below 0.05 in 1 of 2: SNLI at 1 %.");
  const none = comparisonFindings([comparison("SNLI", 1, { n: 10, p: 0.4 })]);
  assertEquals(none.split("\n").at(-1), "- None of them has a p below 0.05.");
});

Deno.test("runs from one encoder compare with nothing", () => {
  const found = comparisonFindings([comparison("RTE", null)]);
  assertEquals(found, "- No task was run from both encoders.");
});

Deno.test("a task's loss is the mean of the first and of the last fifth of its own steps", () => {
  const step = (task: string, loss: number | null) => ({ task, loss }) as Step;
  const losses = [9, 7, 5, null, 5, 5, 5, 5, 5, 3, 1];
  const steps = losses.flatMap((loss) => [step("rte", loss), step("cola", 1)]);
  assertEquals(lossChanges(steps), [
    { task: "rte", steps: 11, first: 8, last: 2 },
    { task: "cola", steps: 11, first: 1, last: 1 },
  ]);
  assertEquals(lossChanges([step("rte", null)]), [
    { task: "rte", steps: 1, first: null, last: null },
  ]);
});

Deno.test("what a run learned is told against its first losses and the commonest labels", () => {
  const changes = [
    { task: "mnli", steps: 5, first: 1.1, last: 1.0 },
    { task: "rte", steps: 5, first: 0.6, last: 0.7 },
  ];
  const result = (
    task: keyof typeof tasks,
    split: string,
    accuracy: number,
    commonest: number,
  ) => ({
    ...{ task: tasks[task], split, rows: 10, scores: { accuracy }, commonest },
  });
  const results = [
    result("mnli", "dev_matched", 52, 33.33),
    result("rte", "dev", 50, 50),
    { task: tasks.stsb, split: "dev", rows: 10, scores: { pearson: 80 }, commonest: null },
  ];
  assertEquals(
    runFindings(changes, results),
    "- The loss fell on mnli (1.100 to 1.000).\n" +
      "- The loss did not fall on rte (0.600 to 0.700).\n" +
      "- Accuracy is above the share of the commonest label on MNLI dev_matched (52.0 against " +
      "33.3).\n" +
      "- Accuracy is not above the share of the commonest label on RTE (50.0 against 50.0).",
  );
  assertEquals(runFindings([], []), "");
});
