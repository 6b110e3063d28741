import { assertEquals } from "@std/assert";
import { createPace } from "../../lib/run/pace.ts";
import type { RunPlan, RunTask } from "../../lib/run/plan.ts";
import { inFolder } from "../model/small.ts";
import { writeRun } from "../support/toy_runs.ts";
import { toyFeatures } from "../support/toy.ts";

/** A run over as many rows, all equally long. */
function planOf(name: string, rows: number, start: RunPlan["start"] | null = null): RunPlan {
  const one = toyFeatures(1);
  const features = {
    ...one,
    tokens: new Int32Array(rows * one.tokens.length),
    targets: new Float32Array(rows),
  };
  const tasks = [{ features, evaluated: [] } as unknown as RunTask];
  const training = { epochs: 1, batchSize: 8 };
  const plan = { name, identity: "abc", tasks, training, start: start ?? { from: "plain" } };
  return plan as unknown as RunPlan;
}

Deno.test("runs that are there don't count, those that others start from do", () =>
  inFolder(async (results) => {
    await writeRun(results, "toy/rte/seed-1");
    const refined = planOf("toy/multitask/seed-1", 10);
    const start = { from: "refined", run: refined } as const;
    const plans = [
      planOf("toy/rte/seed-1", 10),
      planOf("toy/rte/seed-2", 10, start),
      planOf("toy/rte/seed-3", 10, start),
    ];
    let clock = 0;
    const pace = await createPace(plans, results, () => clock);
    assertEquals(pace.next("toy/multitask/seed-1"), "run 1 of 3");
    clock += 60_000;
    assertEquals(pace.next("toy/rte/seed-2"), "run 2 of 3, 2:00 left");
    clock += 30_000;
    assertEquals(pace.next("toy/rte/seed-3"), "run 3 of 3, 0:45 left");
  }));

Deno.test("the time left is by the pieces that runs learn", () =>
  inFolder(async (results) => {
    let clock = 0;
    const plans = [planOf("a/a/seed-1", 10), planOf("a/a/seed-2", 40)];
    const pace = await createPace(plans, results, () => clock);
    assertEquals(pace.next("a/a/seed-1"), "run 1 of 2");
    clock += 10_000;
    assertEquals(pace.next("a/a/seed-2"), "run 2 of 2, 0:40 left");
  }));
