import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import type { FinishedRun } from "../../lib/notebook/finished.ts";
import { openStudy } from "../../lib/notebook/study.ts";
import { parseReproduce } from "../../lib/run/options.ts";
import { startTensorFlow } from "../../lib/tensorflow/backend.ts";
import { argumentsIn, makeWorld, type World } from "../support/toy_world.ts";

await startTensorFlow();
const world: World = await makeWorld({ train: 40, dev: 12 });
const cache = Deno.env.get("XDG_CACHE_HOME");
Deno.test.beforeAll(() => Deno.env.set("XDG_CACHE_HOME", `${world.folder}/cache`));
Deno.test.afterAll(async () => {
  if (cache === undefined) Deno.env.delete("XDG_CACHE_HOME");
  else Deno.env.set("XDG_CACHE_HOME", cache);
  await Deno.remove(world.folder, { recursive: true });
});

/** The multi-task run of the world. */
async function refined(): Promise<FinishedRun> {
  const quiet = { started: () => {}, step: () => {}, message: () => {} };
  const study = await openStudy(parseReproduce(argumentsIn(world, "--steps", "2"))!, {
    report: () => ({ ...quiet, finished: () => {}, failed: () => {} }),
  });
  const [run] = await study.runs("refine");
  return run!;
}

Deno.test("a run of many tasks tells them with the heads they had, and is of the first", async () => {
  const run = await refined();
  assertEquals([run.task.name, run.split, run.encoder], ["mnli", "dev_matched", "refined"]);
  assertEquals([run.seed, run.fraction, run.drawnRows], [1, 1, []]);
  assertEquals(run.tasks.length, 8);
  const reading = run.tasks.filter(({ head }) => head.reads === "hidden");
  assertEquals(reading.map(({ name }) => name), ["mrpc"]);
});

Deno.test("each result has its task, and the share of the commonest label", async () => {
  const run = await refined();
  const results = await run.results();
  const { summaries } = run.record;
  assertEquals(
    results.map(({ task, split, scores }) => ({ task: task.name, split, scores })),
    summaries.map(({ task, split, scores }) => ({ task, split, scores })),
  );
  for (const { task, rows, commonest } of results) {
    if (task.labels.length === 0) assertEquals(commonest, null);
    else {
      assert(commonest! >= 100 / task.labels.length && commonest! <= 100);
      assertAlmostEquals(commonest! * rows / 100, Math.round(commonest! * rows / 100), 1e-9);
    }
  }
});

Deno.test("a confusion matrix holds every row once, and its diagonal is the accuracy", async () => {
  const run = await refined();
  const matrix = await run.confusion({ task: "rte" });
  const total = matrix.flat().reduce((sum, count) => sum + count, 0);
  const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
  const rte = (await run.results()).find(({ task }) => task.name === "rte")!;
  assertEquals(total, rte.rows);
  assertAlmostEquals(100 * right / total, rte.scores.accuracy!, 1e-9);
  assertEquals((await run.confusion()).length, 3);
  await assertRejects(() => run.predictions({ split: "other" }), Error, "predictions-mnli-other");
});
