/**
 * The training loop: batches of several tasks in Algorithm 1's order, one compiled step each
 * (MT-DNN, Algorithm 1). It yields plain records; the caller logs, draws, saves and stops.
 *
 * @module
 */

import { collate } from "../input/batches.ts";
import type { Head } from "../model/heads.ts";
import type { Network } from "../model/network.ts";
import type { Task } from "./task.ts";
import { createRandom } from "../base/random.ts";
import type { Batch, Features, Step } from "../types.ts";
import { shardSeeds, stepInputs } from "./inputs.ts";
import { planMixture } from "./mixture.ts";
import { checkTrainingOptions, type TrainingOptions } from "./options.ts";
import { createState, optimizers, stateValues, type TrainingState } from "./optimizers.ts";
import { createParts } from "./progress.ts";
import {
  type CompiledStep,
  compileStep,
  isFinite,
  nonFiniteStep,
  type StepSettings,
} from "./step.ts";
import { schedules } from "./schedule.ts";
import { createWordDropout } from "./word_dropout.ts";

/** One task's share of a run. */
export interface TrainingTask {
  readonly task: Task;
  readonly head: Head;
  readonly features: Features;
}

/** A run that can be stepped through. */
export interface Trainer {
  /** Steps of the whole run. */
  readonly totalSteps: number;
  /** Steps of one epoch; the last epoch of a run that is cut short has fewer. */
  readonly stepsPerEpoch: number;
  /** Training rows left out because they are longer than `maxLength`, by task. */
  readonly dropped: Readonly<Record<string, number>>;
  /**
   * The steps still to do, in order; stops between steps when the signal is aborted. It can be
   * asked again, and goes on.
   */
  steps(signal?: AbortSignal): AsyncGenerator<Step>;
  /** Steps done so far. */
  readonly done: number;
  /**
   * What to start a trainer with that goes on where this one stands, the network's values apart.
   *
   * @throws when the last step failed halfway.
   */
  state(): TrainingState;
  /** Frees compiled functions and optimiser state. */
  dispose(): void;
}

/**
 * Prepares a run over the given tasks; the network needs a head for each. From the state of another
 * trainer with the same tasks and options, over a network with the values of that moment, it goes on
 * to the same bits.
 *
 * @throws when no task has a batch; when the state is of another optimiser or network.
 *
 * @example
 * ```ts ignore
 * const trainer = createTrainer(network, [{ task: tasks.rte, head: classify, features }], options);
 * for await (const step of trainer.steps()) console.log(step.step, step.loss);
 * trainer.dispose();
 * ```
 */
export function createTrainer(
  network: Network,
  trainingTasks: readonly TrainingTask[],
  options: TrainingOptions,
  from?: TrainingState,
): Trainer {
  checkTrainingOptions(options, {
    optimizer: Object.keys(optimizers),
    schedule: Object.keys(schedules),
    precision: ["float32", "bfloat16"],
  });
  const byName = new Map(trainingTasks.map((entry) => [entry.task.name, entry]));
  const random = createRandom(options.seed);
  const mixture = planMixture(
    new Map(trainingTasks.map(({ task, features }) => [task.name, features])),
    {
      random,
      mixing: options.mixing,
      epochs: options.epochs,
      batchSize: options.batchSize,
      maxLength: options.maxLength,
      ...(options.reshuffle !== undefined && { reshuffle: options.reshuffle }),
      ...(options.pool !== undefined && { pool: options.pool }),
    },
  );
  const { stepsPerEpoch, dropped } = mixture;
  const totalSteps = Math.min(stepsPerEpoch * options.epochs, options.maxSteps ?? Infinity);
  if (totalSteps < 1) throw new Error("Cannot train: no task has a batch.");
  const withoutWords = createWordDropout(options, random);

  let done = from?.step ?? 0;
  let broken = false;
  const state = createState(network, optimizers[options.optimizer], from?.optimizer);
  const steps = new Map<string, CompiledStep>();
  const parts = createParts(network, state, options, totalSteps, from);
  const settingsOf = (entry: TrainingTask) => stepSettings(entry, options);
  const stepOf = (entry: TrainingTask) => {
    const { name } = entry.task;
    const found = steps.get(name) ?? compileStep(network, state, settingsOf(entry));
    steps.set(name, found);
    return found;
  };

  /** The steps to do with their batches. */
  function* schedule(): Generator<{ task: string; epoch: number; batch: Batch }> {
    let step = done;
    for (const { task, epoch, positions } of mixture.steps().take(totalSteps).drop(done)) {
      const batch = collate(byName.get(task)!.features, positions);
      yield { task, epoch, batch: withoutWords(batch, step++) };
    }
  }

  async function* run(signal?: AbortSignal): AsyncGenerator<Step> {
    const planned = schedule();
    let next = planned.next();
    while (!next.done) {
      signal?.throwIfAborted();
      const started = performance.now();
      const step = done;
      broken = true; // until it is whole
      const { task, epoch, batch } = next.value;
      const entry = byName.get(task)!;
      const { rates, counts } = parts.before(settingsOf(entry));
      const inputs = stepInputs(batch, shardSeeds(random, step), rates, counts);
      const running = stepOf(entry)(inputs);
      next = planned.next(); // the next batch is put together while this one is learned
      const { loss, norm } = await running
        .finally(() => Object.values(inputs).forEach((tensor) => tensor.dispose()));
      const [lossValue, normValue] = [loss.dataSync()[0]!, norm.dataSync()[0]!];
      [loss, norm].forEach((tensor) => tensor.dispose());
      await parts.after(settingsOf(entry));
      const found = { loss: lossValue, norm: normValue };
      const skipped = !isFinite(found);
      if (skipped && options.nonFinite !== "skip") {
        throw nonFiniteStep(step, task, found, batch, entry.features);
      }
      done++;
      broken = false;
      yield {
        step,
        epoch,
        task,
        loss: skipped ? null : lossValue,
        gradientNorm: skipped ? null : normValue,
        learningRate: rates[0]!,
        rows: batch.size,
        tokens: batch.mask.reduce((sum, value) => sum + value, 0),
        seconds: (performance.now() - started) / 1000,
      };
    }
  }

  return {
    totalSteps,
    stepsPerEpoch,
    dropped,
    steps: run,
    get done() {
      return done;
    },
    state: () => {
      if (broken) throw new Error(`Cannot save the run: step ${done} failed halfway.`);
      return { step: done, updates: parts.updates(), optimizer: stateValues(state) };
    },
    dispose: () => {
      steps.forEach((step) => step.dispose());
      parts.dispose();
      Object.values(state).flat().forEach((variable) => variable.dispose());
    },
  };
}

function stepSettings(
  { task, head, features }: TrainingTask,
  options: TrainingOptions,
): StepSettings {
  return {
    task,
    head,
    candidates: features.candidates,
    dropout: options.headDropout ?? task.dropout,
    optimizer: optimizers[options.optimizer],
    weightDecay: options.weightDecay,
    decayEverything: options.decayEverything ?? false,
    clip: options.clip,
    skipNonFinite: options.nonFinite === "skip",
    precision: options.precision,
  };
}
