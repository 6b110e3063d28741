import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { presetOptions, presets } from "../../lib/presets.ts";
import type { Task } from "../../lib/train/task.ts";
import { tasks } from "../../lib/tasks.ts";
import type { TrainingOptions } from "../../lib/train/options.ts";
import { createTrainer } from "../../lib/train/trainer.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { toyFeatures, toyPairs } from "../support/toy.ts";
import { score, toyNetwork, toyOptions, toyTask, train } from "./toy_training.ts";

/** Trains on one toy task and gives its first score on other rows. */
async function learned(
  entry: ReturnType<typeof toyTask>,
  options: Partial<TrainingOptions>,
  dev = toyFeatures(60, Math.max(2, entry.task.labels.length), 2),
): Promise<number> {
  let found: number | null | undefined;
  await leavingNothing(async () => {
    const network = toyNetwork([entry]);
    await train(network, [entry], toyOptions(options));
    found = (await score(network, entry, dev))[entry.task.metrics[0].name];
    network.dispose();
  });
  return found ?? NaN;
}

Deno.test("a task whose labels one word decides is learned", async () => {
  assertGreater(await learned(toyTask(), {}), 95);
});

Deno.test("three labels are learned with the answer head", async () => {
  const entry = toyTask(tasks.snli, { head: tasks.snli.refineHead });
  assertGreater(await learned(entry, { epochs: 14 }), 95);
});

Deno.test("a task is learned in bfloat16", async () => {
  assertGreater(await learned(toyTask(), { precision: "bfloat16" }), 95);
});

Deno.test("a task is learned with the defects of the reference program", async () => {
  assertGreater(await learned(toyTask(), presetOptions(presets.faithful).training), 95);
});

Deno.test("scores are learned", async () => {
  const features = toyFeatures(128, 3);
  const options = { epochs: 20 };
  assertGreater(
    await learned(toyTask(tasks.stsb, { features }), options, toyFeatures(60, 3, 2)),
    90,
  );
});

Deno.test("ranking is learned from pairs of candidates", async () => {
  const entry = toyTask(tasks.qnli_rank, { features: toyPairs(64) });
  assertGreater(await learned(entry, { epochs: 12 }, toyPairs(30, 2)), 95);
});

/** A short run of two tasks; its steps without their times, and the network's last values. */
async function shortRun(changes: Partial<TrainingOptions> = {}) {
  const entries = [
    toyTask(tasks.rte, { features: toyFeatures(40) }),
    toyTask(tasks.stsb, { features: toyFeatures(20, 3) }),
  ];
  const network = toyNetwork(entries);
  const steps = await train(network, entries, toyOptions({ epochs: 2, batchSize: 8, ...changes }));
  const values = network.values();
  network.dispose();
  return { steps: steps.map(({ seconds: _, ...step }) => step), values };
}

Deno.test("the same seed gives the same steps and values to the bit, another one others", () =>
  leavingNothing(async () => {
    const first = await shortRun({ maxSteps: 6 });
    assertEquals(await shortRun({ maxSteps: 6 }), first);
    const other = await shortRun({ maxSteps: 6, seed: 2 });
    assert(other.steps[0]!.loss !== first.steps[0]!.loss);
  }));

Deno.test("an epoch has every batch of every task once, in mixed order", () =>
  leavingNothing(async () => {
    const { steps } = await shortRun();
    assertEquals(steps.map(({ step }) => step), [...Array(16).keys()]);
    for (const epoch of [0, 1]) {
      const own = steps.filter((step) => step.epoch === epoch);
      const rows = (task: string) =>
        own.filter((step) => step.task === task).map((step) => step.rows).sort();
      assertEquals([rows("rte"), rows("stsb")], [[8, 8, 8, 8, 8], [4, 8, 8]]);
    }
    const order = (epoch: number) =>
      steps.filter((step) => step.epoch === epoch).map(({ task }) => task).join();
    assert(order(0) !== order(1));
  }));

Deno.test("the rate starts at 0, rises for a tenth of the steps and falls to the end", () =>
  leavingNothing(async () => {
    const entry = toyTask(tasks.rte, { features: toyFeatures(40) });
    const network = toyNetwork([entry]);
    const options = toyOptions({ epochs: 10, batchSize: 20, learningRate: 1 });
    const rates = (await train(network, [entry], options)).map(({ learningRate }) => learningRate);
    const expected = Array.from({ length: 20 }, (_, i) => i < 2 ? i / 2 : (1 - i / 20) / 0.9);
    assertEquals(rates.map((rate) => rate.toFixed(9)), expected.map((rate) => rate.toFixed(9)));
    network.dispose();
  }));

Deno.test("a run of fewer steps ends there, with the schedule stretched over them", () =>
  leavingNothing(async () => {
    const { steps } = await shortRun({ maxSteps: 3, learningRate: 1 });
    const rates = steps.map(({ learningRate }) => learningRate.toFixed(3));
    assertEquals(rates, ["0.000", "0.741", "0.370"]);
  }));

Deno.test("a trainer tells its steps, and how many rows are too long to train on", () =>
  leavingNothing(() => {
    const entry = toyTask(tasks.rte, { features: toyFeatures(40) });
    const network = toyNetwork([entry]);
    const trainer = createTrainer(network, [entry], toyOptions({ epochs: 3, maxLength: 14 }));
    const long = trainer.dropped.rte!;
    assert(long > 0 && long < 40, `${long} of 40 rows`);
    assertEquals(trainer.stepsPerEpoch, Math.ceil((40 - long) / 16));
    assertEquals(trainer.totalSteps, 3 * trainer.stepsPerEpoch);
    trainer.dispose();
    network.dispose();
  }));

Deno.test("a run without a batch is refused", () =>
  leavingNothing(() => {
    const entry = toyTask();
    const network = toyNetwork([entry]);
    const none = () => createTrainer(network, [entry], toyOptions({ maxLength: 4 }));
    assertThrows(none, Error, "Cannot train: no task has a batch.");
    network.dispose();
  }));

/** The largest change of a head's values while other tasks are trained after one step of its own. */
async function drift(changes: Partial<TrainingOptions>): Promise<number> {
  const entries = [toyTask(tasks.rte, { features: toyFeatures(8) }), toyTask(tasks.cola)];
  const network = toyNetwork(entries);
  const trainer = createTrainer(network, entries, toyOptions({ epochs: 1, ...changes }));
  const values = () => network.values("heads/rte/output/kernel")["heads/rte/output/kernel"]!.values;
  let after: Float32Array | undefined;
  for await (const { task } of trainer.steps()) if (task === "rte") after = values();
  const last = values();
  trainer.dispose();
  network.dispose();
  return Math.max(...last.map((value, i) => Math.abs(value - after![i]!)));
}

Deno.test("a head stays put on other tasks' batches, unless the reference is repeated", () =>
  leavingNothing(async () => {
    assertEquals(await drift({}), 0);
    assertGreater(await drift(presetOptions(presets.faithful).training), 0);
  }));

Deno.test("a loss that is no number stops the run and names task, step and rows", () =>
  leavingNothing(async () => {
    const entry = toyTask(tasks.rte as Task, { features: toyFeatures(4) });
    const network = toyNetwork([entry]);
    const options = toyOptions({ learningRate: 1e30, batchSize: 2 });
    const { message } = await assertRejects(() => train(network, [entry], options), Error);
    assertMatch(
      message,
      /^Training stopped at step \d: the loss of task "rte" is NaN and the gradient's norm NaN; rows row \d, row \d\. Try a smaller learning rate, or skip such steps with --non-finite skip\.$/,
    );
    network.dispose();
  }));

Deno.test("an aborted run stops before the next step", () =>
  leavingNothing(async () => {
    const entry = toyTask();
    const network = toyNetwork([entry]);
    const trainer = createTrainer(network, [entry], toyOptions());
    const controller = new AbortController();
    const steps: number[] = [];
    const run = async () => {
      for await (const { step } of trainer.steps(controller.signal)) {
        steps.push(step);
        if (step === 2) controller.abort(new Error("enough"));
      }
    };
    await assertRejects(run, Error, "enough");
    assertEquals(steps, [0, 1, 2]);
    trainer.dispose();
    network.dispose();
  }));
