/**
 * Performs one run of an experiment: network, training, evaluation after each epoch, results.
 *
 * @module
 */

import { saveCheckpoint } from "../model/checkpoint.ts";
import { createNetwork, type Network } from "../model/network.ts";
import { createRandom, split } from "../random.ts";
import type { RunSummary } from "../report/runs.ts";
import { outputsOf } from "../tasks.ts";
import { NonFiniteStep } from "../train/finite.ts";
import type { TrainingOptions } from "../train/options.ts";
import { createTrainer, type TrainingTask } from "../train/train.ts";
import type { Step } from "../types.ts";
import type { RunFolder } from "./folder.ts";
import type { RunPlan } from "./plan.ts";
import { savingClock, type SavingPolicy } from "./saving.ts";
import {
  createScoring,
  type Evaluations,
  scoresOf,
  summariesOf,
  worthOf,
  writeEvaluations,
} from "./scoring.ts";

/** What a run tells while it goes on. */
export interface RunReporter {
  /** `done` steps of `totalSteps` are done already where the run goes on after a stop. */
  started(totalSteps: number, done: number): void;
  step(step: Step): void;
  message(text: string): void;
}

/** What came of a run. */
export interface RunOutcome {
  readonly summaries: RunSummary[];
  readonly training: TrainingOptions;
  readonly steps: number;
  readonly bestEpoch: number;
  /** Rows longer than the greatest length, left out of training, by task. */
  readonly tooLong: Readonly<Record<string, number>>;
  /** Steps that changed nothing because their loss or gradient was not finite. */
  readonly skipped: number;
  /** Seconds it took, pauses not counted. */
  readonly seconds: number;
  /** Steps at which it went on after a stop. */
  readonly resumed: readonly number[];
}

/** How a run is carried out; its numbers don't depend on it. */
export interface RunControl {
  readonly reporter: RunReporter;
  /** Stops before the next step, and saves a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /** When to save a checkpoint. */
  readonly saving?: SavingPolicy;
}

/**
 * Trains and scores; writes log, scores and predictions to `folder`, and where the plan keeps
 * weights those of the chosen epoch. Goes on where the folder's run was left.
 *
 * @throws when the loss is no longer finite, or when the signal is aborted.
 */
export async function performRun(
  plan: RunPlan,
  folder: RunFolder,
  { reporter, signal, saving }: RunControl,
): Promise<RunOutcome> {
  using owned = new DisposableStack();
  const own = <T extends { dispose(): void }>(it: T) => owned.adopt(it, () => it.dispose());
  const { resumed: from } = folder;
  const network = own(createNetwork(plan.config, plan.values));
  const random = split(createRandom(plan.seed), "heads");
  for (const { task, head } of plan.tasks) {
    const skipNormed = plan.preset.weightNormSkipsInitialisation;
    network.addHead(task.headOf, head, outputsOf(task), random, { skipNormed });
  }
  if (from) network.load(from.parameters);
  const training = trainingOf(plan);
  const trainingTasks = plan.tasks as readonly TrainingTask[];
  const trainer = own(createTrainer(network, trainingTasks, training, from?.training));
  const scoring = own(createScoring(plan, network));
  const { totalSteps: steps, stepsPerEpoch, dropped: tooLong } = trainer;
  const due = savingClock(saving, trainer.done);
  const started = performance.now();
  const resumed = from ? [...from.resumed, trainer.done] : [];
  let { best, scored, skipped } = from ?? { best: null, scored: 0, skipped: 0 };
  const seconds = () => (from?.seconds ?? 0) + (performance.now() - started) / 1000;

  const scoreWhenDue = async () => {
    const { done } = trainer;
    if (done === scored || (done % stepsPerEpoch !== 0 && done !== steps)) return;
    const epoch = Math.ceil(done / stepsPerEpoch) - 1;
    reporter.message(`scoring epoch ${epoch + 1}`);
    const found = await scoring.run(signal);
    const worth = worthOf(plan, found);
    if (!best || worth > best.worth) {
      best = { epoch, worth, scores: scoresOf(found) };
      await writeBest(plan, folder, { epoch, steps, network, found });
    }
    scored = done;
  };
  const save = async () => {
    const progress = { best, scored, skipped, seconds: seconds(), resumed };
    const state = { parameters: network.values(), training: trainer.state() };
    return await folder.save({ ...state, ...progress });
  };

  reporter.started(steps, trainer.done);
  try {
    await scoreWhenDue();
    for await (const step of trainer.steps(signal)) {
      folder.log(step);
      reporter.step(step);
      if (step.loss === null) skipped++;
      await scoreWhenDue();
      if (trainer.done < steps && due(trainer.done)) await save();
    }
  } catch (error) {
    if (signal?.aborted && error === signal.reason && trainer.done > 0) await save();
    throw error instanceof NonFiniteStep ? withCheckpoint(error, folder) : error;
  }
  const { epoch: bestEpoch, scores } = best!; // a trainer has at least one step
  const summaries = summariesOf(plan, scores, steps);
  return {
    ...{ summaries, training, steps, bestEpoch, tooLong, skipped },
    ...{ seconds: seconds(), resumed },
  };
}

function trainingOf(plan: RunPlan): TrainingOptions {
  return {
    ...plan.experiment.recipe,
    ...{ seed: plan.seed, schedule: "triangle", optimizer: "adamax", weightDecay: 0.01, clip: 1 },
    ...{ precision: plan.precision, mixing: { mode: "all" }, preset: plan.preset },
    ...(plan.maxSteps !== undefined && { maxSteps: plan.maxSteps }),
    ...(plan.nonFinite === "skip" && { nonFinite: plan.nonFinite }),
    ...(plan.experiment.recipe.wordDropout && plan.unk !== undefined && { unk: plan.unk }),
  };
}

/** The error, and where the run's values of before lie. */
function withCheckpoint(error: NonFiniteStep, { checkpoint }: RunFolder): NonFiniteStep {
  const last = checkpoint() ?? null;
  return new NonFiniteStep(
    `${error.message} ${
      last ? `The last checkpoint is "${last}".` : "No checkpoint was saved yet."
    }`,
  );
}

/** Files of the epoch that is the best so far; a later one's take their place. */
async function writeBest(
  plan: RunPlan,
  folder: RunFolder,
  { epoch, steps, network, found }: {
    epoch: number;
    steps: number;
    network: Network;
    found: Evaluations;
  },
): Promise<void> {
  if (plan.keepWeights) {
    await saveCheckpoint(`${folder.path}/checkpoint`, {
      parameters: network.values(),
      state: { epoch, steps, encoder: plan.encoderName },
    });
  }
  await writeEvaluations(plan, folder, found);
}
