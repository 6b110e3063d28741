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
  readonly random: Random;
  readonly batchSize: number;
  readonly maxLength: number;
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
  readonly task: string;
  readonly epoch: number;
  /** Positions of its rows in the task's features. */
  readonly positions: Int32Array;
}

/** A mixture of tasks. */
export interface Mixture {
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
 * ```ts ignore
 * const mixture = planMixture(new Map([["rte", features]]), {
 *   random: createRandom(1), batchSize: 32, maxLength: 128, mixing: { mode: "all" },
 * });
 * for (const { task, positions } of mixture.steps()) break;
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
        ...{ batchSize, maxLength, reshuffle, pool, epoch },
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
          ...{ random: split(random, "mixture"), epoch },
          ...(epochs !== undefined && { epochs }),
        });
        for (const { task, batch } of order) {
          yield { task, epoch, positions: plans.get(task)!.batches[batch]! };
        }
      }
    },
  };
}
