/**
 * One training step, run in two ways: as one compiled function, and operation by operation. Both
 * run the same code of train/step.ts.
 *
 * @module
 */

import type { Network } from "../../model/network.ts";
import type { Random } from "../../base/random.ts";
import { tf } from "../../tensorflow/backend.ts";
import type { Tensors } from "../../tensorflow/trace.ts";
import { shardSeeds, stepInputs } from "../../train/inputs.ts";
import { optimizers, type OptimizerState } from "../../train/optimizers.ts";
import { compileStep, learnedBy, type StepSettings, trainingStep } from "../../train/step.ts";
import type { Head } from "../../model/heads.ts";
import type { Task } from "../../train/task.ts";
import type { Batch } from "../../types.ts";
import type { Precision, Tracing } from "./measurement.ts";

/** A step that can be run and measured; what it holds is freed with its process. */
export interface MeasuredStep {
  /** One update; gives its loss, for which everything up to the loss must be done. */
  run(inputs: Tensors): Promise<number>;
  /** Waits until the last update is done. */
  settle(): void;
  /** What tracing took so far; null for a step that isn't traced. */
  tracing(): Tracing | null;
}

/** Makes a measured step. */
export type StepMaker = (
  network: Network,
  state: OptimizerState,
  settings: StepSettings,
) => MeasuredStep;

/** Ways to run a step, by name. */
export const stepWays = { compiled, eager } as const satisfies Record<string, StepMaker>;

/** Name of a way. */
export type StepWay = keyof typeof stepWays;

function compiled(network: Network, state: OptimizerState, settings: StepSettings): MeasuredStep {
  const step = compileStep(network, state, settings);
  let seconds = 0;
  return {
    run: async (inputs) => {
      const before = step.traces();
      const started = performance.now();
      const running = step(inputs);
      running.catch(() => {}); // is awaited below, but not at once
      // tracing keeps this thread busy: a timer fires when it is over and TensorFlow at work
      if (before === 0) {
        await new Promise((resolve) => setTimeout(resolve));
        if (step.traces() > 0) seconds += (performance.now() - started) / 1000;
      }
      return takeLoss(await running);
    },
    settle: () => settle(network, settings),
    tracing: () => ({ traces: step.traces(), nodes: step.nodes(), seconds }),
  };
}

function eager(network: Network, state: OptimizerState, settings: StepSettings): MeasuredStep {
  const step = trainingStep(network, state, settings);
  return {
    run: (inputs) => Promise.resolve(takeLoss(tf.tidy(() => step(inputs)))),
    settle: () => settle(network, settings),
    tracing: () => null,
  };
}

function takeLoss(outputs: Tensors): number {
  const loss = outputs.loss!.dataSync()[0]!;
  for (const tensor of Object.values(outputs)) tensor.dispose();
  return loss;
}

/** Reads the parameter that is updated last; on a GPU the updates run behind the loss. */
function settle(network: Network, settings: StepSettings): void {
  network.variables[learnedBy(network, settings).at(-1)!]!.values();
}

/** The settings a task is trained with, Adamax and clipping as in the paper. */
export function stepSettings(
  task: Task,
  head: Head,
  candidates: number,
  precision: Precision,
): StepSettings {
  return {
    task,
    head,
    candidates,
    precision,
    dropout: task.dropout,
    optimizer: optimizers.adamax,
    weightDecay: 0.01,
    decayEverything: false,
    clip: 1,
  };
}

/**
 * Runs one step on a batch, from its arrays on. The rate of step 0 is 0, as the reference program's
 * warm-up has it: the network is afterwards what it was, and can prove what it started from.
 */
export async function runBenchStep(
  step: MeasuredStep,
  batch: Batch,
  random: Random,
  number: number,
): Promise<number> {
  const rates = Array(3).fill(number === 0 ? 0 : 5e-5);
  const counts = Array(3).fill(number + 1);
  const inputs = stepInputs(batch, shardSeeds(random, number), rates, counts);
  try {
    const loss = await step.run(inputs);
    if (!Number.isFinite(loss)) throw new Error(`The loss of step ${number} is ${loss}.`);
    return loss;
  } finally {
    Object.values(inputs).forEach((tensor) => tensor.dispose());
  }
}
