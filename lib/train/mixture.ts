/**
 * The order of a run: which rows of which task make up each step, epoch by epoch (MT-DNN,
 * Algorithm 1).
 *
 * @module
 */

import { type BatchPlan, planBatches } from "../input/batches.ts";
import { countSteps, type Mixing, planEpoch } from "../input/sampling.ts";
import { type Random, split } from "../base/random.ts";
import type { Features } from "../types.ts";

/** How a mixture is made. */
export interface MixtureOptions {
  /** Stream that everything is drawn from; it stays where it is. */
  readonly random: Random;
  /** Rows in a batch. */
  readonly batchSize: number;
  /** Rows of more pieces than this are left out. */
  readonly maxLength: number;
  /** How the batches of several tasks are mixed. */
  readonly mixing: Mixing;
  /** How many epochs the run has; only annealed mixing asks. */
  readonly epochs?: number;
  /** Shuffle the rows anew each epoch (true when left out) or once. */
  readonly reshuffle?: boolean;
  /** Batches per length-sorted pool; 32 when left out, 1 sorts nothing. */
  readonly pool?: number;
}

/** One step of a run, before its batch is put together. */
export interface PlannedStep {
  /** The task whose batch it is. */
  readonly task: string;
  /** Pass over the mixture, counted from 0. */
  readonly epoch: number;
  /** Positions of its rows in the task's features. */
  readonly positions: Int32Array;
}

/** A mixture of tasks. */
export interface Mixture {
  /** The same in every epoch. */
  readonly stepsPerEpoch: number;
  /** Rows left out because they are longer than `maxLength`, by task. */
  readonly dropped: Readonly<Record<string, number>>;
  /** The steps from the first epoch on, without end; none where no task has a batch. */
  steps(): Generator<PlannedStep>;
}

/**
 * Plans a mixture of the tasks' rows. It depends on the random stream's path only, so a run that
 * is made again has the same steps.
 *
 * @example
 * ```ts
 * import { createRandom } from "../base/random.ts";
 * import { loadEncoder } from "../run/model.ts";
 * import { readFeatures } from "../run/learn.ts";
 * import { tasks } from "../tasks.ts";
 * import { planMixture } from "./mixture.ts";
 * const { train } = await readFeatures(tasks.rte, await loadEncoder(), { data: "data/sample" });
 * const options = { batchSize: 32, maxLength: 128, mixing: { mode: "all" } } as const;
 * const mixture = planMixture(new Map([["rte", train!]]), { random: createRandom(1), ...options });
 * mixture.steps().next().value!.positions.length; // 32 rows in the first batch
 * ```
 */
export function planMixture(
  tasks: ReadonlyMap<string, Features>,
  options: MixtureOptions,
): Mixture {
  const { random, mixing, epochs, batchSize, maxLength, reshuffle = true, pool = 32 } = options;
  const plan = (epoch: number): Map<string, BatchPlan> =>
    new Map([...tasks].map(([name, features]) => [
      name,
      planBatches(features, {
        batchSize,
        maxLength,
        reshuffle,
        pool,
        epoch,
        random: split(random, `rows ${name}`),
      }),
    ]));
  const first = plan(0);
  const counts = Object.fromEntries(
    [...first].map(([name, { batches }]) => [name, batches.length]),
  );
  const stepsPerEpoch = countSteps(counts, mixing);
  return {
    stepsPerEpoch,
    dropped: Object.fromEntries([...first].map(([name, { dropped }]) => [name, dropped])),
    *steps() {
      for (let epoch = 0; stepsPerEpoch > 0; epoch++) {
        const plans = epoch === 0 ? first : plan(epoch);
        const order = planEpoch(counts, mixing, {
          random: split(random, "mixture"),
          epoch,
          ...(epochs !== undefined && { epochs }),
        });
        for (const { task, batch } of order) {
          yield { task, epoch, positions: plans.get(task)!.batches[batch]! };
        }
      }
    },
  };
}
