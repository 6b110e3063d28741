/**
 * Measures the first steps of an epoch of the multi-task mixture: eight tasks in Algorithm 1's
 * order, real lengths, the answer head where the paper uses it.
 *
 * @module
 */

import { collate } from "../../input/batches.ts";
import type { Tokenizer } from "../../input/tokenizer.ts";
import type { Network } from "../../model/network.ts";
import { prepareSplit } from "../../run/dataset.ts";
import { createRandom, split } from "../../base/random.ts";
import { outputsOf, type Task } from "../../train/task.ts";
import { refinementTasks, taskNamed } from "../../tasks.ts";
import { planMixture, type PlannedStep } from "../../train/mixture.ts";
import { createState, optimizers } from "../../train/optimizers.ts";
import type { Batch, Features } from "../../types.ts";
import type { MixtureMeasurement, Proof, Running, Tracing, Window } from "./measurement.ts";
import { lossWithoutDropout } from "./proof.ts";
import { type MeasuredStep, runBenchStep, stepSettings, type StepWay, stepWays } from "./steps.ts";

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
    const options = { data, tokenizer, maxLength };
    rows.push({ task, features: (await prepareSplit(task, "train", options)).features });
  }
  return rows;
}

/**
 * All steps that are measured. With a `pool` of 1 rows aren't sorted by length, as the reference
 * program has it; order of the tasks and sizes of the batches stay the same.
 */
export function plannedSteps(
  rows: readonly TaskRows[],
  { seed, batch, maxLength, steps }: MixtureMeasurement,
  pool?: number,
): PlannedStep[] {
  const mixture = planMixture(new Map(rows.map(({ task, features }) => [task.name, features])), {
    random: createRandom(seed),
    batchSize: batch,
    maxLength,
    mixing: { mode: "all" },
    ...(pool !== undefined && { pool }),
  });
  const planned = [...mixture.steps().take(steps)];
  if (planned.length > 0) return planned;
  throw new Error("Cannot measure the mixture: no task has a batch.");
}

/** Runs the first step; a window is the next `windowSteps`, each batch being put together in it. */
export async function startMixture(
  network: Network,
  rows: readonly TaskRows[],
  measurement: MixtureMeasurement,
  way: StepWay,
): Promise<Running> {
  const { precision, seed, windowSteps } = measurement;
  const random = createRandom(seed);
  for (const { task } of rows) {
    network.addHead(task.headOf, task.refineHead, outputsOf(task), split(random, "heads"));
  }
  const state = createState(network, optimizers.adamax);
  const byName = new Map(rows.map((entry) => [entry.task.name, entry]));
  const planned = plannedSteps(rows, measurement);
  const made = new Map<string, MeasuredStep>();
  const settingsOf = ({ task, features: { candidates } }: TaskRows) =>
    stepSettings(task, task.refineHead, candidates, precision);
  const batchOf = ({ task, positions }: PlannedStep) =>
    collate(byName.get(task)!.features, positions);

  let done = 0;
  const runSome = async (count: number): Promise<Window> => {
    const started = performance.now();
    const batches: Batch[] = [];
    const before = made.size;
    for (const one of planned.slice(done, done + count)) {
      const step = made.get(one.task) ??
        stepWays[way](network, state, settingsOf(byName.get(one.task)!));
      made.set(one.task, step);
      const batch = batchOf(one);
      await runBenchStep(step, batch, random, done++);
      batches.push(batch);
    }
    made.get(planned[done - 1]!.task)!.settle();
    const seconds = (performance.now() - started) / 1000;
    return { ...sizeOf(batches), seconds, first: made.size > before, ...memory() };
  };
  return {
    first: await runSome(1),
    prove: async () => {
      const proof: Record<string, number> = {};
      for (const one of planned) {
        if (one.task in proof) continue;
        const settings = settingsOf(byName.get(one.task)!);
        proof[one.task] = await lossWithoutDropout(network, settings, [batchOf(one)]);
      }
      return proof satisfies Proof;
    },
    next: () => runSome(windowSteps),
    tracing: () => sum([...made.values()].map((step) => step.tracing())),
  };
}

function sizeOf(batches: readonly Batch[]): Pick<Window, "steps" | "rows" | "tokens"> {
  return {
    steps: batches.length,
    rows: batches.reduce((sum, { size }) => sum + size, 0),
    tokens: batches.reduce((sum, { mask }) => mask.reduce((a, b) => a + b, sum), 0),
  };
}

function memory(): Pick<Window, "memory"> {
  return { memory: Deno.memoryUsage().rss };
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
