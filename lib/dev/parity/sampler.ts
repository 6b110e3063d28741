/**
 * Parity of sampling. Orders come from another generator and are not compared; numbers of batches
 * and their sizes are.
 *
 * @module
 */

import { planBatches } from "../../input/batches.ts";
import { countSteps, type Mixing, planEpoch } from "../../input/sampling.ts";
import { createRandom } from "../../base/random.ts";
import { type ComparisonRow, createMeter, failedRow, type Meter } from "./compare.ts";
import { taskOf } from "./mini_files.ts";
import type { Reference } from "./reference.ts";

interface RecordedEpoch {
  readonly batches_per_task_id: Readonly<Record<string, number>>;
  /** Number of the task of each batch. */
  readonly order_of_task_ids: readonly number[];
  /** Sequences in each batch. */
  readonly batch_sizes: readonly number[];
}

interface RecordedRun {
  readonly name: string;
  readonly tasks: readonly string[];
  /** Rows of each task. */
  readonly task_sizes: Readonly<Record<string, number>>;
  /** Pieces of each row, where the run drops long ones. */
  readonly token_lengths: Readonly<Record<string, readonly number[]>> | null;
  /** Command line of the reference program. */
  readonly arguments: readonly string[];
  readonly updates: number;
  readonly epochs: readonly RecordedEpoch[];
}

interface RecordedSampling {
  readonly sampler: { readonly runs: readonly RecordedRun[] };
  /** By task and batch size. */
  readonly batches_per_epoch: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly official_train_sizes: Readonly<Record<string, number>>;
  /** By task and part of the training rows. */
  readonly subset_sizes: Readonly<
    Record<
      string,
      Readonly<
        Record<string, {
          readonly samples: number;
          readonly batches_of_32: number;
          readonly updates_in_5_epochs: number;
        }>
      >
    >
  >;
}

/** Compares the counts of every recorded run, of whole epochs and of subsets. */
export async function checkSampler(reference: Reference): Promise<ComparisonRow[]> {
  const recorded = await reference.json<RecordedSampling>("schedule.json");
  const runs = recorded.sampler.runs.map((run) => {
    try {
      return checkRun(run);
    } catch (error) {
      return failedRow("sampler", run.name, error);
    }
  });
  return [...runs, checkEpochs(recorded), checkSubsets(recorded)];
}

function checkRun(run: RecordedRun): ComparisonRow {
  const meter = createMeter("exact");
  const argument = (name: string) => run.arguments[run.arguments.indexOf(name) + 1];
  const given = (name: string) => run.arguments.includes(name);
  const plans = new Map(run.tasks.map((task) => [
    task,
    planBatches(
      Int32Array.from(run.token_lengths?.[task] ?? new Int32Array(run.task_sizes[task]!)),
      {
        batchSize: given("--batch_size") ? Number(argument("--batch_size")) : usualSize(run),
        random: createRandom(task),
        ...(given("--max_seq_len") && { maxLength: Number(argument("--max_seq_len")) }),
      },
    ).batches,
  ]));
  const counts = Object.fromEntries([...plans].map(([task, { length }]) => [task, length]));
  const mixing = mixingOf(run.tasks[0]!, {
    mixed: given("--mix_opt") && argument("--mix_opt") !== "0",
    ratio: given("--ratio") ? Number(argument("--ratio")) : 0,
  });
  meter.add("updates", countSteps(counts, mixing) * run.epochs.length, run.updates);
  // Heads shared by number of outputs are not reproduced: only the updates are alike.
  if (given("--mtl_opt")) return meter.row("sampler", run.name, "updates");
  run.epochs.forEach((epoch, i) => {
    const order = planEpoch(counts, mixing, { random: createRandom(1), epoch: i });
    const sizes = order.map(({ task, batch }) =>
      plans.get(task)![batch]!.length * (taskOf(task).pairing ? 2 : 1)
    );
    const ids = order.map(({ task }) => run.tasks.indexOf(task));
    compareEpoch(meter, `epoch ${i}`, { ids, sizes }, epoch, mixing);
  });
  return meter.row("sampler", run.name, "counts");
}

function compareEpoch(
  meter: Meter,
  name: string,
  { ids, sizes }: { readonly ids: readonly number[]; readonly sizes: readonly number[] },
  epoch: RecordedEpoch,
  mixing: Mixing,
): void {
  const { order_of_task_ids: order, batch_sizes: batches } = epoch;
  meter.add(`${name}, batches`, ids.length, order.length);
  const isMain = (id: number) => id === 0 ? 1 : 0;
  const extrasFirst = mixing.mode === "mix" ||
    (mixing.mode === "ratio" && mixing.order === "extras first");
  if (extrasFirst) meter.add(`${name}, order`, ids.map(isMain), order.map(isMain));
  // Which extra batches a ratio draws is chance, and so are their sizes.
  const compared = mixing.mode === "ratio"
    ? [0]
    : Object.keys(epoch.batches_per_task_id).map(Number);
  for (const id of compared) {
    const of = (ids: readonly number[], sizes: readonly number[]) =>
      sizes.filter((_, i) => ids[i] === id).sort((a, b) => a - b);
    meter.add(`${name}, sizes of task ${id}`, of(ids, sizes), of(order, batches));
  }
}

/** Rows per batch without an argument: not recorded, so that of the first task's full batches. */
function usualSize({ epochs }: RecordedRun): number {
  const { order_of_task_ids: order, batch_sizes: sizes } = epochs[0]!;
  return Math.max(...sizes.filter((_, i) => order[i] === 0));
}

function mixingOf(main: string, { mixed, ratio }: { mixed: boolean; ratio: number }): Mixing {
  if (ratio > 0) {
    return { mode: "ratio", main, ratio, order: mixed ? "extras first" : "shuffled" };
  }
  return mixed ? { mode: "mix", main } : { mode: "all" };
}

function batchesOf(rows: number, batchSize: number): number {
  const random = createRandom(1);
  return planBatches(new Int32Array(rows), { batchSize, random, pool: 1 }).batches.length;
}

function checkEpochs({ batches_per_epoch, official_train_sizes }: RecordedSampling): ComparisonRow {
  const meter = createMeter("exact");
  for (const [task, bySize] of Object.entries(batches_per_epoch)) {
    const rows = official_train_sizes[task]!;
    for (const [size, expected] of Object.entries(bySize)) {
      meter.add(`${task} by ${size}`, batchesOf(rows, Number(size)), expected);
    }
    const official = task.includes(" ") ? undefined : taskOf(task).official.train;
    if (official !== undefined) meter.add(`rows of ${task}`, official, rows);
  }
  return meter.row("sampler", "official training rows", "batches");
}

function checkSubsets({ subset_sizes }: RecordedSampling): ComparisonRow {
  const meter = createMeter("exact");
  for (const [task, parts] of Object.entries(subset_sizes)) {
    for (const [part, found] of Object.entries(parts)) {
      const counts = { [task]: batchesOf(found.samples, 32) };
      const steps = countSteps(counts, { mode: "all" });
      const rows = Math.floor(parseFloat(part) / 100 * (taskOf(task).official.train ?? 0));
      meter.add(`${task} ${part}`, [rows, counts[task]!, 5 * steps], [
        found.samples,
        found.batches_of_32,
        found.updates_in_5_epochs,
      ]);
    }
  }
  return meter.row("sampler", "subsets for adaptation", "rows and updates");
}
