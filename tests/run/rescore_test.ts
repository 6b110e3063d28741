import { assert, assertEquals, assertRejects } from "@std/assert";
import { accuracy, macroF1, pearson, spearman } from "../../lib/metrics/metrics.ts";
import type { RunPlan, RunTask } from "../../lib/run/plan.ts";
import { withEveryMetric } from "../../lib/run/rescore.ts";
import { readRecord } from "../../lib/run/results.ts";
import type { Task } from "../../lib/train/task.ts";
import { tasks } from "../../lib/tasks.ts";
import { inFolder } from "../model/small.ts";
import { writeRun } from "../support/toy_runs.ts";

const name = "toy/rte/seed-1";

/** A plan of one task that is scored on dev. */
function planOf(task: Task): RunPlan {
  const evaluated = [{ task, split: "dev" }] as unknown as RunTask["evaluated"];
  return { name, tasks: [{ task, evaluated } as RunTask] } as unknown as RunPlan;
}

const lines = (...rows: readonly string[]) => rows.map((row) => `${row}\n`).join("");

Deno.test("a metric that is new is computed from kept predictions, and kept", () =>
  inFolder(async (results) => {
    const scores = { accuracy: 75 };
    const record = await writeRun(results, name, { task: "rte", split: "dev", scores });
    const [no, yes] = tasks.rte.labels;
    await Deno.writeTextFile(
      `${results}/${name}/predictions-dev.tsv`,
      lines(
        "id\ttarget\tprediction",
        ...[`0\t${no}\t${no}`, `1\t${yes}\t${yes}`, `2\t${no}\t${no}`, `3\t${yes}\t${no}`],
      ),
    );
    const plan = planOf({ ...tasks.rte, metrics: [accuracy, macroF1] });
    const { summaries: [summary] } = await withEveryMetric(record, plan, results);
    assertEquals(summary!.scores.accuracy, 75);
    assert(Math.abs(summary!.scores[macroF1.name]! - 100 * (0.8 + 2 / 3) / 2) < 1e-9);
    const kept = await readRecord(`${results}/${name}/run.json`);
    assertEquals(kept.summaries[0]!.scores, summary!.scores);
    const file = JSON.parse(await Deno.readTextFile(`${results}/${name}/scores.json`));
    assertEquals(file, { "rte/dev": summary!.scores });
    assertEquals(await withEveryMetric(kept, plan, results), kept);
  }));

Deno.test("scores that are numbers are computed anew from their text", () =>
  inFolder(async (results) => {
    const scores = { pearson: 0 };
    const record = await writeRun(results, name, { task: "stsb", split: "dev", scores });
    await Deno.writeTextFile(
      `${results}/${name}/predictions-dev.tsv`,
      lines("id\ttarget\tprediction", "0\t1\t1.5", "1\t2\t2.5", "2\t\t9", "3\t4.5\t3"),
    );
    const plan = planOf({ ...tasks.stsb, metrics: [pearson, spearman] });
    await assertRejects(() => withEveryMetric(record, plan, results)); // a row without a target
    await Deno.writeTextFile(
      `${results}/${name}/predictions-dev.tsv`,
      lines("id\ttarget\tprediction", "0\t1\t1.5", "1\t2\t2.5", "3\t4.5\t3"),
    );
    const { summaries: [summary] } = await withEveryMetric(record, plan, results);
    assert(Math.abs(summary!.scores.spearman! - 100) < 1e-9);
  }));

Deno.test("a run that has every score is left as it is, predictions or not", () =>
  inFolder(async (results) => {
    const record = await writeRun(results, name, {
      task: "rte",
      split: "dev",
      scores: { accuracy: 1 },
    });
    const plan = planOf({ ...tasks.rte, metrics: [accuracy] });
    assertEquals(await withEveryMetric(record, plan, results), record);
    const more = planOf({ ...tasks.rte, metrics: [accuracy, macroF1] });
    await assertRejects(() => withEveryMetric(record, more, results), Error, "predictions-dev.tsv");
  }));
