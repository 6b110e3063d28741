/**
 * One training of a comparison: a fresh network learns the drawn rows and is scored once, at the end.
 *
 * @module
 */

import type { Recipe } from "../../recipes.ts";
import type { EncoderConfig } from "../../model/encoder.ts";
import type { Head } from "../../model/heads.ts";
import { createNetwork } from "../../model/network.ts";
import type { Values } from "../../model/parameters.ts";
import { type Preset, presetOptions } from "../../presets.ts";
import { createRandom, split } from "../../base/random.ts";
import type { RunReporter } from "../../run/perform.ts";
import { outputsOf, type Task } from "../../train/task.ts";
import type { Precision } from "../../tensorflow/operations/matmul.ts";
import { createEvaluator } from "../../train/evaluator.ts";
import type { TrainingOptions } from "../../train/options.ts";
import { createTrainer } from "../../train/trainer.ts";
import type { Features, Scores, Specials } from "../../types.ts";

/** One task with the rows to learn and to be scored on. */
export interface TrainedTask {
  readonly task: Task;
  readonly head: Head;
  readonly features: Features;
  readonly dev: Features;
}

/** Everything a training depends on. */
export interface TrainingPlan {
  readonly config: EncoderConfig;
  readonly values: Readonly<Record<string, Values>>;
  readonly tasks: readonly TrainedTask[];
  readonly recipe: Recipe;
  /** Ids of the tokenizer's special pieces, for word dropout. */
  readonly specials: Specials<number>;
  readonly seed: number;
  readonly preset: Preset;
  readonly precision: Precision;
  readonly maxSteps?: number;
}

/** What came of a training. */
export interface TrainedSetting {
  readonly steps: number;
  /** Scores on the dev rows by task. */
  readonly scores: Readonly<Record<string, Scores>>;
}

/**
 * Trains and scores as a run of an experiment does.
 *
 * @throws when a loss is not finite; the signal's reason when it is aborted.
 *
 * @example
 * ```ts ignore
 * const { scores } = await trainOnce(plan, runReporter("rte"));
 * ```
 */
export async function trainOnce(
  plan: TrainingPlan,
  reporter: RunReporter,
  signal?: AbortSignal,
): Promise<TrainedSetting> {
  const { precision, seed, maxSteps } = plan;
  const { starting, training, scoring } = presetOptions(plan.preset);
  using owned = new DisposableStack();
  const own = <T extends { dispose(): void }>(it: T) => owned.adopt(it, () => it.dispose());
  const network = own(createNetwork(plan.config, plan.values));
  const random = split(createRandom(seed), "heads");
  for (const { task, head } of plan.tasks) {
    network.addHead(task.headOf, head, outputsOf(task), random, starting);
  }
  const options: TrainingOptions = {
    ...plan.recipe,
    ...training,
    seed,
    precision,
    specials: plan.specials,
    ...(maxSteps !== undefined && { maxSteps }),
  };
  const trainer = own(createTrainer(network, plan.tasks, options));
  reporter.started(trainer.totalSteps, 0);
  for await (const step of trainer.steps(signal)) reporter.step(step);
  const scores: Record<string, Scores> = {};
  for (const { task, head, dev } of plan.tasks) {
    const evaluator = own(createEvaluator(network, {
      task,
      head,
      precision,
      ...(dev.candidates > 1 && { candidates: dev.candidates }),
      headDropout: scoring.headDropout,
    }));
    scores[task.name] = (await evaluator.evaluate(dev, { signal })).scores;
  }
  return { steps: trainer.totalSteps, scores };
}
