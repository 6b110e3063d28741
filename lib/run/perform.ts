/**
 * Performs one run of an experiment: network, training, evaluation after each epoch, results.
 *
 * @module
 */

import { collectGarbage } from "../base/garbage.ts";
import { saveCheckpoint } from "../model/checkpoint.ts";
import { createNetwork, type Network } from "../model/network.ts";
import type { Values } from "../model/parameters.ts";
import { createRandom, split } from "../base/random.ts";
import type { RunSummary } from "../report/runs.ts";
import { outputsOf } from "../train/task.ts";
import { NonFiniteStep } from "../train/step.ts";
import { createTrainer, type TrainingTask } from "../train/trainer.ts";
import type { Step } from "../types.ts";
import type { RunFolder } from "./folder.ts";
import { savingClock, type SavingPolicy } from "./checkpoints.ts";
import type { RunPlan } from "./plan.ts";
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

/** Reads the encoder's values: they are held no longer than it takes to put them into a network. */
export type StartingValues = () => Promise<Readonly<Record<string, Values>>>;

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
  values: StartingValues,
  folder: RunFolder,
  { reporter, signal, saving }: RunControl,
): Promise<RunOutcome> {
  using course = await startCourse(plan, values, folder);
  const { trainer } = course;
  const { totalSteps: steps, dropped: tooLong } = trainer;
  const due = savingClock(saving, trainer.done);
  reporter.started(steps, trainer.done);
  try {
    await course.score(reporter, signal); // where it was stopped before that
    for await (const step of trainer.steps(signal)) {
      folder.log(step);
      reporter.step(step);
      course.count(step);
      await course.score(reporter, signal);
      if (trainer.done < steps && due(trainer.done)) await course.save();
    }
  } catch (error) {
    if (signal?.aborted && error === signal.reason && trainer.done > 0) await course.save();
    throw error instanceof NonFiniteStep ? withCheckpoint(error, folder) : error;
  }
  const { best, skipped, seconds, resumed } = course.progress();
  const { epoch: bestEpoch, scores } = best!; // a trainer has at least one step
  const summaries = summariesOf(plan, scores, steps);
  return { summaries, steps, bestEpoch, tooLong, skipped, seconds, resumed };
}

/** A run under way: network and trainer, and all that a checkpoint keeps beside them. */
async function startCourse(plan: RunPlan, values: StartingValues, folder: RunFolder) {
  const { resumed: from } = folder;
  const started = performance.now();
  const owned = new DisposableStack();
  const own = <T extends { dispose(): void }>(it: T) => owned.adopt(it, () => it.dispose());
  try {
    const network = own(await networkOf(plan, values));
    if (from) network.load(from.parameters);
    const tasks = plan.tasks as readonly TrainingTask[];
    const trainer = own(createTrainer(network, tasks, plan.training, from?.training));
    const scoring = own(createScoring(plan, network));
    const { totalSteps: steps, stepsPerEpoch } = trainer;
    const resumed = from ? [...from.resumed, trainer.done] : [];
    let { best, scored, skipped } = from ?? { best: null, scored: 0, skipped: 0 };
    const progress = () => {
      const seconds = (from?.seconds ?? 0) + (performance.now() - started) / 1000;
      return { best, scored, skipped, seconds, resumed };
    };
    return {
      trainer,
      progress,
      count: ({ loss }: Step) => void (skipped += loss === null ? 1 : 0),
      /** Scores where an epoch or the run has ended, and keeps what is better than all before. */
      score: async (reporter: RunReporter, signal: AbortSignal | undefined) => {
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
      },
      save: () => {
        const parameters = network.values();
        return folder.save({ parameters, training: trainer.state(), ...progress() });
      },
      [Symbol.dispose]: () => owned.dispose(),
    };
  } catch (error) {
    owned.dispose();
    throw error;
  }
}

async function networkOf(plan: RunPlan, values: StartingValues): Promise<Network> {
  const start = async () => createNetwork(plan.config, await values());
  const network = await start();
  collectGarbage(); // of the arrays that were read
  const random = split(createRandom(plan.seed), "heads");
  try {
    for (const { task, head } of plan.tasks) {
      network.addHead(task.headOf, head, outputsOf(task), random, plan.starting);
    }
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
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
