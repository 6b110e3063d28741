/**
 * That training in bfloat16 ends where training in float32 does: the default encoder, trained for
 * forty steps on two tasks of the sample, once in each precision from the same seed, with the same
 * batches in the same order and the same dropout.
 *
 * What counts as the same was laid down before any run. The two scores of a pair may be as far
 * apart as two equally good networks, each scored on as many rows drawn by chance, are in 95 of 100
 * cases, which is two standard errors of the difference:
 *
 * - accuracies: 2 sqrt(2 p (1 - p) / n), p their mean, n rows (binomial);
 * - correlations: 2 sqrt(2 / (n - 3)) between their inverse hyperbolic tangents (Fisher).
 *
 * And both have to have learned: they lie five standard errors or more above what the share of the
 * commonest label, or no correlation, would give.
 */

import { assert, assertGreater, assertLess, assertNotEquals } from "@std/assert";
import { loadTokenizer } from "../lib/input/tokenizer.ts";
import { bert } from "../lib/model/bert.ts";
import { createNetwork } from "../lib/model/network.ts";
import { loadPretrained, type Pretrained } from "../lib/model/pretrained.ts";
import { prepareSplit } from "../lib/run/dataset.ts";
import { createRandom } from "../lib/base/random.ts";
import { outputsOf, type Task } from "../lib/train/task.ts";
import { tasks } from "../lib/tasks.ts";
import type { Precision } from "../lib/tensorflow/operations/matmul.ts";
import { createEvaluator, type Evaluation } from "../lib/train/evaluator.ts";
import type { TrainingOptions } from "../lib/train/options.ts";
import { createTrainer } from "../lib/train/trainer.ts";
import type { Features } from "../lib/types.ts";
import { encoderFolder, noEncoder } from "./input/encoder.ts";
import { leavingNothing } from "./tensorflow/support.ts";

const data = new URL("../data/sample", import.meta.url).pathname;
const recipe: Omit<TrainingOptions, "precision"> = {
  ...{ seed: 1, epochs: 2, batchSize: 16, maxSteps: 40, maxLength: 64, learningRate: 5e-4 },
  ...{ schedule: "triangle", optimizer: "adamax", weightDecay: 0.01, clip: 1 },
  ...{ mixing: { mode: "all" } },
};

/** Rows of a task, for training and for scoring. */
async function rowsOf(
  task: Task,
  encoder: Pretrained,
): Promise<{ train: Features; dev: Features }> {
  const cache = await Deno.makeTempDir();
  try {
    const tokenizer = await loadTokenizer(encoder.tokenizerFile, bert.specials);
    const { maxLength } = recipe;
    const read = async (split: string) =>
      (await prepareSplit(task, split, { data, tokenizer, maxLength, cache })).features;
    return { train: await read("train"), dev: await read("dev") };
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** Trains the encoder on a task and scores it, all in one precision. */
async function trained(
  task: Task,
  encoder: Pretrained,
  { train, dev }: { readonly train: Features; readonly dev: Features },
  precision: Precision,
): Promise<Evaluation> {
  using owned = new DisposableStack();
  const own = <T extends { dispose(): void }>(it: T) => owned.adopt(it, () => it.dispose());
  const { head } = task;
  const network = own(createNetwork(encoder.config, encoder.parameters));
  network.addHead(task.headOf, head, outputsOf(task), createRandom(recipe.seed));
  const entries = [{ task, head, features: train }];
  const trainer = own(createTrainer(network, entries, { ...recipe, precision }));
  for await (const step of trainer.steps()) assert(Number.isFinite(step.loss));
  return await own(createEvaluator(network, { task, head, precision })).evaluate(dev);
}

/** Scores of both precisions on the same rows. */
async function pairOf(task: Task): Promise<{ full: number; low: number; targets: Float32Array }> {
  const encoder = await loadPretrained(encoderFolder);
  const rows = await rowsOf(task, encoder);
  const found: Evaluation[] = [];
  for (const precision of ["float32", "bfloat16"] as const) {
    await leavingNothing(async () => {
      found.push(await trained(task, encoder, rows, precision));
    });
  }
  assertNotEquals(found[0]!.logits, found[1]!.logits, "both runs had the same precision");
  const [full, low] = found.map(({ scores }) => scores[task.metrics[0].name]! / 100);
  return { full: full!, low: low!, targets: rows.dev.targets };
}

Deno.test({
  name: "classification learned in bfloat16 scores as in float32, within the noise of the dev rows",
  ignore: noEncoder,
  fn: async () => {
    const { full, low, targets } = await pairOf(tasks.scitail);
    const [n, p] = [targets.length, (full + low) / 2];
    const ones = targets.reduce((sum, target) => sum + target, 0) / n;
    const chance = Math.max(ones, 1 - ones);
    const learned = chance + 5 * Math.sqrt(chance * (1 - chance) / n);
    assertGreater(Math.min(full, low), learned, `float32 ${full}, bfloat16 ${low}`);
    assertLess(Math.abs(full - low), 2 * Math.sqrt(2 * p * (1 - p) / n), `${full} and ${low}`);
  },
});

Deno.test({
  name: "regression learned in bfloat16 scores as in float32, within the noise of the dev rows",
  ignore: noEncoder,
  fn: async () => {
    const { full, low, targets } = await pairOf(tasks.stsb);
    const error = 1 / Math.sqrt(targets.length - 3);
    assertGreater(Math.atanh(Math.min(full, low)), 5 * error, `float32 ${full}, bfloat16 ${low}`);
    const apart = Math.abs(Math.atanh(full) - Math.atanh(low));
    assertLess(apart, 2 * Math.SQRT2 * error, `float32 ${full}, bfloat16 ${low}`);
  },
});
