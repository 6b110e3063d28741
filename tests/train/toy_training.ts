/** Trains the toy encoder on toy tasks, for the tests of this folder. */
import { createNetwork, type Network } from "../../lib/model/network.ts";
import { createRandom } from "../../lib/base/random.ts";
import { outputsOf, type Task } from "../../lib/train/task.ts";
import { tasks } from "../../lib/tasks.ts";
import { createEvaluator } from "../../lib/train/evaluator.ts";
import type { TrainingOptions } from "../../lib/train/options.ts";
import { createTrainer, type TrainingTask } from "../../lib/train/trainer.ts";
import type { Features, Scores, Step } from "../../lib/types.ts";
import { toyConfig, toyFeatures, toyValues } from "../support/toy.ts";

/** Settings that learn a toy task in 48 steps of 128 rows; tests change what they are about. */
export function toyOptions(changes: Partial<TrainingOptions> = {}): TrainingOptions {
  return {
    ...{ seed: 1, epochs: 6, batchSize: 16, maxLength: 64, learningRate: 1e-2 },
    ...{ schedule: "triangle", optimizer: "adamax", weightDecay: 0.01, clip: 1 },
    ...{ precision: "float32", mixing: { mode: "all" } },
    ...changes,
  };
}

/** Toy rows under the name, head and objective of a task. */
export function toyTask(
  task: Task = tasks.rte,
  changes: Partial<TrainingTask> = {},
): TrainingTask {
  return { task, head: task.head, features: toyFeatures(128, outputsOf(task)), ...changes };
}

/** A network of the toy encoder with a head for each task. */
export function toyNetwork(trained: readonly TrainingTask[]): Network {
  const network = createNetwork(toyConfig, toyValues());
  for (const { task, head } of trained) {
    network.addHead(task.headOf, head, outputsOf(task), createRandom(1));
  }
  return network;
}

/** All steps of a training run. */
export async function train(
  network: Network,
  trained: readonly TrainingTask[],
  options: TrainingOptions,
  signal?: AbortSignal,
): Promise<Step[]> {
  const trainer = createTrainer(network, trained, options);
  try {
    return await Array.fromAsync(trainer.steps(signal));
  } finally {
    trainer.dispose();
  }
}

/** Scores of one task on rows that were not trained on. */
export async function score(
  network: Network,
  { task, head, features: { candidates } }: TrainingTask,
  features: Features,
): Promise<Scores> {
  const settings = { task, head, precision: "float32" as const };
  const evaluator = createEvaluator(
    network,
    candidates > 1 ? { ...settings, candidates } : settings,
  );
  const { scores } = await evaluator.evaluate(features);
  evaluator.dispose();
  return scores;
}
