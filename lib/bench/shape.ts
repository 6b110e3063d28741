/**
 * Measures a training step at one shape.
 *
 * @module
 */

import { createNetwork } from "../model/network.ts";
import type { Pretrained } from "../model/pretrained.ts";
import type { EncoderConfig } from "../model/config.ts";
import { createRandom, type Random, split } from "../random.ts";
import { outputsOf, tasks } from "../tasks.ts";
import { createState } from "../train/state.ts";
import type { Batch } from "../types.ts";
import type { Measured, ShapeMeasurement, Window } from "./measurement.ts";
import { runStep, stepSettings, type Way, ways } from "./steps.ts";

/** Steps after the first and before the windows: memory pools and threads find their sizes. */
const WARM_UP = 1;

/** Runs MNLI's step with a linear head; `onFirst` is called after the first step. */
export async function measureShape(
  { config, parameters }: Pick<Pretrained, "config" | "parameters">,
  measurement: ShapeMeasurement,
  way: Way,
  onFirst: () => void,
): Promise<Omit<Measured, "peakMemory">> {
  const { batch: rows, length, precision, seed, windows: count, windowSeconds } = measurement;
  const random = createRandom(seed);
  const network = createNetwork(config, parameters);
  network.addHead("mnli", tasks.mnli.head, outputsOf(tasks.mnli), split(random, "head"));
  const settings = { ...stepSettings(tasks.mnli, tasks.mnli.head, 1, precision), dropout: 0.1 };
  const step = ways[way](network, createState(network, settings.optimizer), settings);
  const batch = randomBatch(rows, length, config, split(random, "batch"));
  let steps = 0;
  const run = () => runStep(step, batch, random, steps++);

  const started = performance.now();
  const loss = await run();
  const firstSeconds = (performance.now() - started) / 1000;
  onFirst();
  for (let i = 0; i < WARM_UP; i++) await run();
  step.settle();
  const windows: Window[] = [];
  while (windows.length < count) {
    windows.push(await window(rows, rows * length, windowSeconds, run, step.settle));
  }
  return { windows, firstSeconds, loss, tracing: step.tracing() };
}

/** Runs `one` until `least` seconds have passed, once at least. */
export async function window(
  rows: number,
  tokens: number,
  least: number,
  one: () => Promise<unknown>,
  settle: () => void = () => {},
): Promise<Window> {
  const started = performance.now();
  const passed = () => (performance.now() - started) / 1000;
  let steps = 0;
  do {
    await one();
    steps++;
  } while (passed() < least);
  settle();
  return { steps, rows: steps * rows, tokens: steps * tokens, seconds: passed(), first: false };
}

/** Random pieces from the upper part of the vocabulary, without padding; half of each in segment 1. */
function randomBatch(size: number, length: number, config: EncoderConfig, random: Random): Batch {
  const lowest = Math.min(1000, config.vocabulary >> 1); // special tokens lie below
  const count = size * length;
  return {
    size,
    length,
    tokens: Int32Array.from(
      { length: count },
      () => lowest + random.integer(config.vocabulary - lowest),
    ),
    segments: Int32Array.from({ length: count }, (_, i) => i % length < length / 2 ? 0 : 1),
    mask: new Float32Array(count).fill(1),
    targets: Float32Array.from({ length: size }, (_, i) => i % 3),
    positions: Int32Array.from({ length: size }, (_, i) => i),
  };
}
