/**
 * Measures the first steps of an epoch of the multi-task mixture: eight tasks in Algorithm 1's
 * order, real lengths, the answer head where the paper uses it.
 *
 * @module
 */

import { collate } from "../input/batches.ts";
import type { Tokenizer } from "../input/tokenizer.ts";
import { createNetwork } from "../model/network.ts";
import type { Pretrained } from "../model/pretrained.ts";
import { prepareSplit } from "../prepare.ts";
import { presets } from "../presets.ts";
import { createRandom, split } from "../random.ts";
import { outputsOf, refinementTasks, type Task, taskNamed } from "../tasks.ts";
import { planMixture } from "../train/mixture.ts";
import { optimizers } from "../train/optimizers.ts";
import { createState } from "../train/state.ts";
import type { Features } from "../types.ts";
import type { Measured, MixtureMeasurement, Tracing, Window } from "./measurement.ts";
import { type MeasuredStep, runStep, stepSettings, type Way, ways } from "./steps.ts";

/** One task and its training rows. */
export interface TaskRows {
  readonly task: Task;
  readonly features: Features;
}

/** Training rows of the eight tasks, from the feature cache where they are there. */
export async function mixtureRows(
  { data, maxLength }: Pick<MixtureMeasurement, "data" | "maxLength">,
  tokenizer: Tokenizer,
): Promise<TaskRows[]> {
  const rows: TaskRows[] = [];
  for (const name of refinementTasks) {
    const task = taskNamed(name);
    const options = { data, tokenizer, maxLength, preset: presets.fixed };
    rows.push({ task, features: (await prepareSplit(task, "train", options)).features });
  }
  return rows;
}

/** Runs the first steps; each is a window of its own. `onFirst` is called after the first step. */
export async function measureMixture(
  { config, parameters }: Pick<Pretrained, "config" | "parameters">,
  rows: readonly TaskRows[],
  measurement: MixtureMeasurement,
  way: Way,
  onFirst: () => void,
): Promise<Omit<Measured, "peakMemory">> {
  const random = createRandom(measurement.seed);
  const network = createNetwork(config, parameters);
  for (const { task } of rows) {
    network.addHead(task.headOf, task.refineHead, outputsOf(task), split(random, "heads"));
  }
  const state = createState(network, optimizers.adamax);
  const byName = new Map(rows.map((entry) => [entry.task.name, entry]));
  const steps = new Map<string, MeasuredStep>();
  const windows: Window[] = [];
  let loss: number | null = null;
  const mixture = planMixture(new Map(rows.map(({ task, features }) => [task.name, features])), {
    ...{ random, batchSize: measurement.batch, maxLength: measurement.maxLength },
    mixing: { mode: "all" },
  });
  for (const { task: name, positions } of mixture.steps().take(measurement.steps)) {
    const { task, features } = byName.get(name)!;
    const first = !steps.has(name);
    const started = performance.now();
    const settings = stepSettings(
      task,
      task.refineHead,
      features.candidates,
      measurement.precision,
    );
    const step = steps.get(name) ?? ways[way](network, state, settings);
    steps.set(name, step);
    const batch = collate(features, positions);
    const found = await runStep(step, batch, random, windows.length);
    step.settle();
    const seconds = (performance.now() - started) / 1000;
    const tokens = batch.mask.reduce((sum, value) => sum + value, 0);
    windows.push({ steps: 1, rows: batch.size, tokens, seconds, first });
    loss ??= found;
    if (windows.length === 1) onFirst();
  }
  if (windows.length === 0) throw new Error("Cannot measure the mixture: no task has a batch.");
  const tracing = [...steps.values()].map((step) => step.tracing());
  return { windows, firstSeconds: windows[0]!.seconds, loss, tracing: sum(tracing) };
}

function sum(all: readonly (Tracing | null)[]): Tracing | null {
  const traced = all.filter((one) => one !== null);
  if (traced.length === 0) return null;
  return traced.reduce((total, { traces, nodes, seconds }) => ({
    traces: total.traces + traces,
    nodes: total.nodes + nodes,
    seconds: total.seconds + seconds,
  }));
}
