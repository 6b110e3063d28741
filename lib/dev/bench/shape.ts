/**
 * Measures a training step at one shape.
 *
 * @module
 */

import type { EncoderConfig } from "../../model/encoder.ts";
import type { Network } from "../../model/network.ts";
import { createRandom, type Random, split } from "../../base/random.ts";
import { outputsOf } from "../../train/task.ts";
import { tasks } from "../../tasks.ts";
import { createState } from "../../train/optimizers.ts";
import type { Batch } from "../../types.ts";
import { type Running, type ShapeMeasurement, timeWindow } from "./measurement.ts";
import { lossWithoutDropout } from "./proof.ts";
import { runBenchStep, stepSettings, type StepWay, stepWays } from "./steps.ts";

/** Steps after the first and before the windows: memory pools and threads find their sizes. */
const WARM_UP = 1;

/** Runs the first step: MNLI's with a linear head and dropout of 0.1. */
export async function startShape(
  network: Network,
  measurement: ShapeMeasurement,
  way: StepWay,
): Promise<Running> {
  const { batch: rows, length, precision, seed, windowSeconds } = measurement;
  const random = createRandom(seed);
  network.addHead("mnli", tasks.mnli.head, outputsOf(tasks.mnli), split(random, "heads"));
  const settings = { ...stepSettings(tasks.mnli, tasks.mnli.head, 1, precision), dropout: 0.1 };
  const step = stepWays[way](network, createState(network, settings.optimizer), settings);
  const batch = shapeBatch(measurement, network.config);
  let steps = 0;
  const run = () => runBenchStep(step, batch, random, steps++);
  const size = { rows, tokens: rows * length };
  return {
    first: { ...await timeWindow(size, 0, run, step.settle), first: true },
    prove: async () => {
      const proof = { mnli: await lossWithoutDropout(network, settings, [batch]) };
      for (let i = 0; i < WARM_UP; i++) await run();
      step.settle();
      return proof;
    },
    next: () => timeWindow(size, windowSeconds, run, step.settle),
    tracing: step.tracing,
  };
}

/** The batch of every step: random pieces without padding, the second half of each on side 1. */
export function shapeBatch(
  { batch: size, length, seed }: Pick<ShapeMeasurement, "batch" | "length" | "seed">,
  { vocabulary }: Pick<EncoderConfig, "vocabulary">,
): Batch {
  const random: Random = split(createRandom(seed), "batch");
  const lowest = Math.min(1000, vocabulary >> 1); // special tokens lie below
  const count = size * length;
  return {
    size,
    length,
    tokens: Int32Array.from({ length: count }, () => lowest + random.integer(vocabulary - lowest)),
    sides: Int32Array.from({ length: count }, (_, i) => i % length < length / 2 ? 0 : 1),
    mask: new Float32Array(count).fill(1),
    targets: Float32Array.from({ length: size }, (_, i) => i % 3),
    positions: Int32Array.from({ length: size }, (_, i) => i),
  };
}
