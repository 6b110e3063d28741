import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { selectRows } from "../../lib/input/features.ts";
import { accuracy, f1, matthews } from "../../lib/metrics/metrics.ts";
import type { Network } from "../../lib/model/network.ts";
import type { Task } from "../../lib/train/task.ts";
import { tasks } from "../../lib/tasks.ts";
import {
  createEvaluator,
  type EvaluationSettings,
  type Evaluator,
} from "../../lib/train/evaluator.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { toyFeatures, toyPairs } from "../support/toy.ts";
import { toyNetwork, toyTask } from "./toy_training.ts";

/** Lends an untrained network with a task's head, and the evaluator of it. */
function withEvaluator(
  task: Task,
  changes: Partial<EvaluationSettings>,
  use: (evaluator: Evaluator, network: Network) => unknown,
): Promise<void> {
  return leavingNothing(async () => {
    const head = changes.head ?? task.head;
    const network = toyNetwork([toyTask(task, { head, features: toyFeatures(1) })]);
    const evaluator = createEvaluator(network, { task, head, precision: "float32", ...changes });
    await use(evaluator, network);
    evaluator.dispose();
    network.dispose();
  });
}

/** Whether two lists of numbers are equal to `tolerance`. */
function assertClose(actual: Float32Array, expected: readonly number[], tolerance: number): void {
  assertEquals(actual.length, expected.length);
  actual.forEach((value, i) => assertAlmostEquals(value, expected[i]!, tolerance));
}

for (
  const [what, task, changes, features] of [
    ["linear head", tasks.mnli, {}, toyFeatures(20, 3)],
    ["answer head", tasks.mnli, { head: tasks.mnli.refineHead }, toyFeatures(20, 3)],
    ["ranking head", tasks.qnli_rank, { candidates: 2 }, toyPairs(12)],
  ] as const
) {
  Deno.test(`a row's logits don't depend on the rows beside it: ${what}`, () =>
    withEvaluator(task, changes, async (evaluator) => {
      const together = await evaluator.evaluate(features);
      const alone: number[] = [];
      for (const row of features.rows.keys()) {
        alone.push(...(await evaluator.evaluate(selectRows(features, [row]))).logits);
      }
      assertClose(together.logits, alone, 2e-6);
    }));
}

Deno.test("predictions come in the order of the rows, and scores are made of them", () =>
  withEvaluator(tasks.mrpc, {}, async (evaluator) => {
    const features = toyFeatures(24);
    const { predictions, logits, scores } = await evaluator.evaluate(features);
    const values = predictions.flatMap(({ values }) => values);
    assertEquals(values, values.map((_, row) => logits[2 * row]! >= logits[2 * row + 1]! ? 0 : 1));
    assertEquals(scores, {
      accuracy: accuracy.compute(values, features.targets),
      f1: f1.compute(values, features.targets),
    });
    const backwards = await evaluator.evaluate(selectRows(features, [...features.rows].reverse()));
    assertClose(backwards.logits.slice(0, 2), [...logits.slice(-2)], 2e-6);
  }));

Deno.test("a task that shares the head is scored by metrics of its own", () =>
  withEvaluator(tasks.mnli, {}, async (evaluator) => {
    const { scores } = await evaluator.evaluate(toyFeatures(12, 3), { metrics: [matthews] });
    assertEquals(Object.keys(scores), ["matthews"]);
  }));

Deno.test("scores are predicted as numbers", () =>
  withEvaluator(tasks.stsb, {}, async (evaluator) => {
    const { predictions, logits } = await evaluator.evaluate(toyFeatures(5, 3));
    assertEquals(predictions, [...logits].map((value) => ({ values: [value], probabilities: [] })));
  }));

Deno.test("nothing is left to chance, unless the head's dropout stays on", () =>
  withEvaluator(tasks.rte, {}, async (evaluator, network) => {
    const features = toyFeatures(16);
    const { logits } = await evaluator.evaluate(features);
    assertEquals((await evaluator.evaluate(features)).logits, logits);
    const settings = { task: tasks.rte, head: tasks.rte.head, precision: "float32" } as const;
    const faithful = createEvaluator(network, { ...settings, headDropout: 0.5 });
    const dropped = await faithful.evaluate(features);
    assert(dropped.logits.some((value, i) => Math.abs(value - logits[i]!) > 1e-3));
    assertEquals((await faithful.evaluate(features)).logits, dropped.logits);
    faithful.dispose();
  }));

Deno.test("the network's present values are used", () =>
  withEvaluator(tasks.rte, {}, async (evaluator, network) => {
    const features = toyFeatures(4);
    const before = await evaluator.evaluate(features);
    const path = "heads/rte/output/bias";
    network.load({ [path]: { shape: [2], values: Float32Array.of(3, -3) } });
    const after = await evaluator.evaluate(features);
    const expected = [...before.logits].map((value, i) => value + (i % 2 === 0 ? 3 : -3));
    assertClose(after.logits, expected, 1e-5);
  }));

Deno.test("bfloat16 gives nearly the same logits", () =>
  withEvaluator(tasks.rte, {}, async (evaluator, network) => {
    const features = toyFeatures(16);
    const settings = { task: tasks.rte, head: tasks.rte.head } as const;
    const rough = createEvaluator(network, { ...settings, precision: "bfloat16" });
    const { logits } = await evaluator.evaluate(features);
    const found = (await rough.evaluate(features)).logits;
    assertClose(found, [...logits], 0.01);
    assert(found.some((value, i) => value !== logits[i]));
    rough.dispose();
  }));

Deno.test("it tells how many rows are done and stops between batches when it is aborted", () =>
  withEvaluator(tasks.rte, {}, async (evaluator) => {
    const features = toyFeatures(600); // more than one batch
    const seen: number[] = [];
    await evaluator.evaluate(features, { onRows: (done) => seen.push(done) });
    assertEquals(seen, [102, 215, 335, 463, 600]); // 2,048 pieces each, the longest rows first
    const controller = new AbortController();
    const stopped = evaluator.evaluate(features, {
      signal: controller.signal,
      onRows: () => controller.abort(new Error("enough")),
    });
    await assertRejects(() => stopped, Error, "enough");
  }));
