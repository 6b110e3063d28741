import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../lib/base/random.ts";
import { createNetwork } from "../../lib/model/network.ts";
import { tasks } from "../../lib/tasks.ts";
import { createEvaluator } from "../../lib/train/evaluator.ts";
import { forward } from "../../lib/train/forward.ts";
import { outputsOf } from "../../lib/train/task.ts";
import { toyConfig, toyFeatures, toyPairs, toyValues } from "../support/toy.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { toyNetwork, toyOptions, toyTask, train } from "./toy_training.ts";

for (
  const [what, task, features] of [
    ["a label", tasks.mnli, toyFeatures(6, 3)],
    [
      "a label by the answer head",
      { ...tasks.mnli, head: tasks.mnli.refineHead },
      toyFeatures(6, 3),
    ],
    ["a number", tasks.stsb, toyFeatures(6, 3)],
    ["one of two candidates", tasks.qnli_rank, toyPairs(6)],
  ] as const
) {
  Deno.test(`the logits are those of the evaluator, whatever is decided: ${what}`, () =>
    leavingNothing(async () => {
      const network = toyNetwork([toyTask(task, { features })]);
      const { candidates } = features;
      const settings = { task, head: task.head, candidates, precision: "float32" } as const;
      const evaluator = createEvaluator(network, settings);
      const expected = (await evaluator.predict(features)).logits;
      const positions = [4, 0, 5];
      const { batch, hidden, pooled, logits, losses } = forward(
        { network },
        task,
        features,
        positions,
      );
      const [b, s, c] = [positions.length, positions.length * candidates, logits.shape[1]!];
      assertEquals(hidden.shape, [s, batch.length, toyConfig.width]);
      assertEquals(pooled.shape, [s, toyConfig.width]);
      assertEquals([logits.shape[0], losses.length], [b, b]);
      positions.forEach((position, row) => {
        for (let i = 0; i < c; i++) {
          const found = logits.values[row * c + i]!;
          assertAlmostEquals(found, expected[position * c + i]!, 2e-6);
        }
      });
      evaluator.dispose();
      network.dispose();
    }));
}

Deno.test("the mean of the losses is what the first step of training without dropout tells", () =>
  leavingNothing(async () => {
    const features = toyFeatures(8);
    const config = { ...toyConfig, dropout: 0, attentionDropout: 0 };
    const network = createNetwork(config, toyValues());
    network.addHead("rte", tasks.rte.head, outputsOf(tasks.rte), createRandom(1));
    const { losses, logits } = forward({ network }, tasks.rte, features, [...features.rows.keys()]);
    const options = toyOptions({ batchSize: 8, maxSteps: 1, headDropout: 0 });
    const [step] = await train(network, [toyTask(tasks.rte, { features })], options);
    const mean = losses.reduce((sum, loss) => sum + loss / losses.length, 0);
    assertAlmostEquals(mean, step!.loss!, 1e-6);
    const [first, second] = logits.values;
    const shares = [first!, second!].map(Math.exp);
    const p = shares[features.targets[0]!]! / (shares[0]! + shares[1]!);
    assertAlmostEquals(losses[0]!, -Math.log(p), 1e-6);
    network.dispose();
  }));

Deno.test("a row without a target has no loss, and the rows beside it have theirs", () =>
  leavingNothing(() => {
    const network = toyNetwork([toyTask(tasks.rte)]);
    const features = toyFeatures(2);
    const [, known] = forward({ network }, tasks.rte, features, [0, 1]).losses;
    const targets = Float32Array.of(NaN, features.targets[1]!);
    const { losses } = forward({ network }, tasks.rte, { ...features, targets }, [0, 1]);
    assert(Number.isNaN(losses[0]));
    assertEquals(losses[1], known);
    network.dispose();
  }));

Deno.test("a task without a head, and a row that isn't there, are told in one sentence", () =>
  leavingNothing(() => {
    const network = toyNetwork([toyTask(tasks.rte)]);
    const run = (task: keyof typeof tasks, position: number) => () =>
      forward({ network }, tasks[task], toyFeatures(2), [position]);
    assertThrows(run("mnli", 0), Error, 'Cannot run task "mnli": the model has no head "mnli".');
    assertThrows(run("rte", 2), RangeError, "Cannot collate row 2: expected 0 to 1");
    network.dispose();
  }));
