/**
 * How far each part of the network has come in its schedule. Under `fixed` all parts share the
 * run's steps, and a part without a gradient stays put. The reference program counts each part's
 * steps from its first gradient, and goes on moving parts that have none.
 *
 * @module
 */

import type { Network } from "../model/network.ts";
import { tf } from "../tensorflow/backend.ts";
import type { Compiled, Tensors } from "../tensorflow/trace.ts";
import { type Part, partOf } from "../model/parameters.ts";
import { schedules } from "./schedule.ts";
import type { OptimizerState, TrainingState } from "./optimizers.ts";
import { compileDrift, type StepSettings } from "./step.ts";
import type { TrainingOptions } from "./options.ts";

/** Rates and counts of encoder, pooler and the step's head. */
export interface PartInputs {
  readonly rates: [number, number, number];
  readonly counts: [number, number, number];
}

/** Keeps the counts of a run. */
export interface Parts {
  /** Updates of each part so far. */
  updates(): Record<Part, number>;
  /** What the step about to run needs. */
  before(settings: StepSettings): PartInputs;
  /** Takes note that it has run, and lets idle parts drift where the options say so. */
  after(settings: StepSettings): Promise<void>;
  dispose(): void;
}

/** Starts counting at zero, or where a run that goes on had come to. */
export function createParts(
  network: Network,
  state: OptimizerState,
  options: Pick<
    TrainingOptions,
    "learningRate" | "schedule" | "warmUp" | "idlePartsDrift" | "stepsPerPart"
  >,
  totalSteps: number,
  from: Pick<TrainingState, "step" | "updates"> = { step: 0, updates: {} },
): Parts {
  const { learningRate, warmUp } = options;
  const schedule = schedules[options.schedule];
  const done = new Map(Object.entries(from.updates) as [Part, number][]);
  const drifts = new Map<string, Compiled<Tensors, Tensors>>();
  let run = from.step;
  const updates = (part: Part) => done.get(part) ?? 0;
  const progress = (part: Part) => (options.stepsPerPart ? updates(part) : run) / totalSteps;
  const inputsFor = (parts: readonly [Part, Part, Part]): PartInputs => ({
    rates: parts.map((part) =>
      learningRate * schedule(progress(part), warmUp)
    ) as PartInputs["rates"],
    // Whatever the schedule counts, a part's optimiser state is as old as its own updates.
    counts: parts.map((part) => updates(part) + 1) as PartInputs["counts"],
  });
  const touched = (settings: StepSettings): Part[] => {
    const head: Part = `heads/${settings.task.headOf}`;
    return settings.head.reads === "pooled" ? ["encoder", "pooler", head] : ["encoder", head];
  };
  const drift = async (settings: StepSettings, part: Part) => {
    const paths = Object.keys(network.variables)
      .filter((path) => partOf(path) === part && !settings.frozen?.(path));
    const move = drifts.get(part) ?? compileDrift(network, state, settings, paths);
    drifts.set(part, move);
    const { rates, counts } = inputsFor(["encoder", "pooler", part]);
    const inputs = { rates: tf.tensor1d(rates), counts: tf.tensor1d(counts) };
    await move(inputs);
    Object.values(inputs).forEach((tensor) => tensor.dispose());
  };
  return {
    updates: () => Object.fromEntries(done) as Record<Part, number>,
    before: (settings) => inputsFor(["encoder", "pooler", `heads/${settings.task.headOf}`]),
    after: async (settings) => {
      const moved = touched(settings);
      const idle = options.idlePartsDrift
        ? [...done.keys()].filter((part) => !moved.includes(part))
        : [];
      for (const part of idle) await drift(settings, part);
      for (const part of [...moved, ...idle]) done.set(part, updates(part) + 1);
      run++;
    },
    dispose: () => drifts.forEach((move) => move.dispose()),
  };
}
