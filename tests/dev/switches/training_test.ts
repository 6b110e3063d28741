import { assert, assertEquals, assertRejects } from "@std/assert";
import { answer } from "../../../lib/model/heads.ts";
import type { RunReporter } from "../../../lib/run/perform.ts";
import { precisionOf, presetOf, type VariantName } from "../../../lib/dev/switches/settings.ts";
import { type TrainingPlan, trainOnce } from "../../../lib/dev/switches/training.ts";
import { tasks } from "../../../lib/tasks.ts";
import { experiments } from "../../../lib/recipes.ts";
import type { Step } from "../../../lib/types.ts";
import { leavingNothing } from "../../tensorflow/support.ts";
import { toyConfig, toyFeatures, toyTokenizer, toyValues } from "../../support/toy.ts";

const stsb = { task: tasks.stsb, head: tasks.stsb.head };
const mnli = { task: tasks.mnli, head: answer({ weightNorm: true }) };

/** Two tasks, four steps each; what is scored tells any two networks apart by its Pearson. */
function toyPlan(variant?: VariantName): TrainingPlan {
  return {
    ...{ config: toyConfig, values: toyValues(), specials: toyTokenizer.specials, seed: 1 },
    tasks: [
      { ...stsb, features: toyFeatures(32, 3), dev: toyFeatures(12, 3, 2) },
      { ...mnli, features: toyFeatures(32, 3, 3), dev: toyFeatures(12, 3, 4) },
    ],
    recipe: {
      ...experiments.sample.refine.recipe,
      ...{ epochs: 2, batchSize: 16, learningRate: 1e-2, wordDropout: 0.2 },
    },
    preset: presetOf(variant),
    precision: precisionOf(variant, "float32"),
  };
}

/** What a training tells and gives. */
async function trained(plan: TrainingPlan) {
  const steps: Step[] = [];
  const reporter: RunReporter = {
    started: (total) => assertEquals(total, 8),
    step: (step) => steps.push(step),
    message: () => {},
  };
  const { scores, steps: count } = await trainOnce(plan, reporter);
  assertEquals([count, steps.length], [8, 8]);
  return { scores, losses: steps.map(({ loss }) => loss) };
}

/** The training that the others are compared with, made once. */
let made: ReturnType<typeof trained> | undefined;
const fixed = () => made ??= trained(toyPlan());

Deno.test("the same plan gives the same scores, each task's own metrics", () =>
  leavingNothing(async () => {
    const again = await trained(toyPlan());
    assertEquals(again, await fixed());
    assertEquals(Object.keys(again.scores), ["stsb", "mnli"]);
    assertEquals(Object.keys(again.scores.stsb!), ["pearson", "spearman"]);
  }));

for (
  const variant of [
    ...["decayEverything", "sameDropoutForAllTasks", "shuffleRowsOnce", "unsortedBatches"] as const,
    ...["idlePartsDrift", "stepsPerPart", "scheduleJumps", "wordDropoutHitsSpecials"] as const,
    ...["weightNormSkipsInitialisation", "bfloat16"] as const,
  ]
) {
  Deno.test(`what is learned depends on ${variant}`, () =>
    leavingNothing(async () => {
      const { losses, scores } = await trained(toyPlan(variant));
      const { losses: before, scores: beside } = await fixed();
      assert(losses.join() !== before.join());
      assert(scores.stsb!.pearson !== beside.stsb!.pearson);
    }));
}

Deno.test("dropout of linear heads while evaluating changes their scores and nothing learned", () =>
  leavingNothing(async () => {
    const { losses, scores } = await trained(toyPlan("headDropoutAtEvaluation"));
    const { losses: before, scores: beside } = await fixed();
    assertEquals(losses, before);
    assert(scores.stsb!.pearson !== beside.stsb!.pearson);
    assertEquals(scores.mnli, beside.mnli); // the answer head has none there
  }));

Deno.test("a training that is stopped ends with the reason and leaves nothing behind", () =>
  leavingNothing(async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const reporter: RunReporter = {
      started: () => {},
      step: ({ step }) => {
        seen.push(step);
        if (step === 1) controller.abort(new Error("enough"));
      },
      message: () => {},
    };
    await assertRejects(() => trainOnce(toyPlan(), reporter, controller.signal), Error, "enough");
    assertEquals(seen, [0, 1]);
  }));
