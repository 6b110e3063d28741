/**
 * The stages one after another: what `deno task reproduce` does.
 *
 * @module
 */

import { currentCommit } from "./circumstances.ts";
import { experiments, selection } from "./experiments.ts";
import { ensureEncoder } from "./input/download.ts";
import { loadTokenizer } from "./input/tokenizer.ts";
import { loadCheckpoint } from "./model/checkpoint.ts";
import type { Values } from "./model/parameters.ts";
import { loadPretrained, withFreshPooler } from "./model/pretrained.ts";
import { findSplit } from "./prepare.ts";
import { createRandom } from "./random.ts";
import { openResults, writeTables } from "./results.ts";
import { type TaskName, tasks } from "./tasks.ts";
import { startTensorFlow } from "./tensorflow/backend.ts";
import { reportPrepared } from "./terminal.ts";
import {
  findRun,
  folderName,
  perform,
  prepare,
  prepareScored,
  type ReproduceOptions,
  type Run,
  runTask,
  seedsOf,
  tasksOf,
  type Workshop,
} from "./workshop.ts";

export { type ReproduceOptions, type StageName, stageNames } from "./workshop.ts";

/** The stages that train, in their order. */
const trainingStages = ["refine", "finetune", "adapt"] as const;

/**
 * Runs the chosen stages; finished runs of the same configuration, data and encoder are kept. The
 * signal stops before the next step; a run that is stopped leaves nothing behind, and what was
 * there before stays.
 *
 * @throws one sentence that says what to do, when something is missing or can't be read or written;
 * the signal's reason when it is aborted.
 *
 * @example
 * ```ts ignore
 * await reproduce(parseReproduce(["--only", "refine,tables"])!);
 * ```
 */
export async function reproduce(options: ReproduceOptions, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  checkTasks(options);
  const wants = (stage: ReproduceOptions["stages"][number]) => options.stages.includes(stage);
  if (options.stages.some((stage) => stage !== "tables")) {
    const workshop = await openWorkshop(options, signal);
    if (wants("preprocess")) await preprocess(workshop);
    if (wants("adapt")) await checkDraws(workshop);
    if (trainingStages.some(wants)) {
      const { threads } = options;
      await unlessAborted(startTensorFlow(threads === undefined ? {} : { threads }), signal);
    }
    if (wants("refine")) {
      for (const seed of seedsOf(workshop, "refine")) {
        await perform(workshop, await refinement(workshop, seed));
      }
    }
    if (wants("finetune")) await finetune(workshop);
    if (wants("adapt")) await adapt(workshop);
  }
  if (wants("tables")) await tables(options);
}

/** A task that is asked for by name and that no stage would train is a mistake. */
function checkTasks(options: ReproduceOptions): void {
  const stages = (["finetune", "adapt"] as const).filter((stage) => options.stages.includes(stage));
  if (stages.length === 0) return;
  const trained = stages.flatMap((stage) => tasksOf(options, stage));
  const left = options.tasks?.find((name) => !trained.includes(name));
  if (left === undefined) return;
  const { headOf } = tasks[left];
  throw new Error(
    `Task "${left}" is not trained by ${stages.join(" or ")}: ` +
      (headOf === left
        ? "choose another one with --tasks, or more stages with --only."
        : `it is scored with "${headOf}", choose that one with --tasks.`),
  );
}

/** Finds what is needed before anything long begins. */
async function openWorkshop(
  options: ReproduceOptions,
  signal: AbortSignal | undefined,
): Promise<Workshop> {
  for (const name of tasksToRead(options)) {
    for (const part of ["train", ...tasks[name].evaluated]) {
      await findSplit(tasks[name], part, options.data);
    }
  }
  const folder = await unlessAborted(ensureEncoder(options.encoder), signal);
  const encoder = withFreshPooler(await loadPretrained(folder), createRandom("pooler"));
  const tokenizer = await loadTokenizer(encoder.tokenizerFile);
  const workshop = { options, encoder, tokenizer, signal, prepared: new Map() };
  checkFit(workshop);
  if (trainingStages.some((stage) => options.stages.includes(stage))) {
    await openResults(options.results);
  }
  return { ...workshop, announced: new Set() };
}

/** The tasks whose files the chosen stages read: every stage after refining starts from it. */
function tasksToRead(options: ReproduceOptions): Set<TaskName> {
  const chosen = trainingStages.filter((stage) => options.stages.includes(stage));
  const stages = chosen.length > 0 ? (["refine", ...chosen] as const) : trainingStages;
  return new Set(stages.flatMap((stage) => tasksOf(options, stage)));
}

/** What neither the encoder's folder nor the experiment can know alone. */
function checkFit({ encoder: { config }, tokenizer, options: { size } }: Pick<
  Workshop,
  "encoder" | "tokenizer" | "options"
>): void {
  if (tokenizer.size > config.vocabulary) {
    throw new Error(
      `Encoder "${config.name}" has ${config.vocabulary} word embeddings, but its tokenizer.json ` +
        `has ${tokenizer.size} pieces: the two don't belong together, fetch both again.`,
    );
  }
  const longest = Math.max(
    ...trainingStages.map((stage) => experiments[size][stage].recipe.maxLength),
  );
  if (longest > config.positions) {
    throw new Error(
      `Encoder "${config.name}" reads at most ${config.positions} pieces, --size ${size} needs ` +
        `${longest}: choose another encoder or size.`,
    );
  }
}

/**
 * Stops waiting when the signal is aborted; what was waited for (a fetch, which keeps only what is
 * whole) goes on until the process ends.
 */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Every split that the later stages read, with a table of what became of its rows. */
async function preprocess(workshop: Workshop): Promise<void> {
  const started = performance.now();
  const report: Parameters<typeof reportPrepared>[0][number][] = [];
  for (const name of tasksToRead(workshop.options)) {
    const prepared = await prepare(workshop, tasks[name], "train");
    report.push({ task: tasks[name], split: "train", prepared });
    report.push(...await prepareScored(workshop, name));
  }
  console.log(reportPrepared(report, (performance.now() - started) / 1000));
}

/** A share of no row is better refused before the other stages than after them. */
async function checkDraws(workshop: Workshop): Promise<void> {
  for (const name of tasksOf(workshop.options, "adapt")) {
    for (const fraction of fractionsOf(workshop.options)) {
      await runTask(workshop, "adapt", name, { fraction, seed: 1 });
    }
  }
}

function fractionsOf({ fractions, size }: ReproduceOptions): readonly number[] {
  return fractions ?? experiments[size].adapt.fractions;
}

/** The multi-task run of a seed. */
async function refinement(workshop: Workshop, seed: number): Promise<Run> {
  const runTasks = [];
  for (const name of tasksOf(workshop.options, "refine")) {
    runTasks.push(await runTask(workshop, "refine", name));
  }
  return {
    stage: "refine",
    encoder: "plain",
    seed,
    tasks: runTasks,
    values: workshop.encoder.parameters,
    origin: workshop.encoder.hash,
  };
}

/**
 * How many refined encoders the later stages take turns with. Where the seeds are given but
 * refining is not asked for: as many of those as are there, so that leaving out a finished stage
 * changes nothing, and never more than a missing first one is trained.
 */
async function countRefinements(workshop: Workshop): Promise<number> {
  const { stages, seeds, size } = workshop.options;
  if (stages.includes("refine") || seeds === undefined) return seedsOf(workshop, "refine").length;
  let count = Math.min(seeds, experiments[size].refine.seeds);
  while (count < seeds && await findRun(workshop, await refinement(workshop, count + 1))) count++;
  return count;
}

/** Values of the encoder to start from, and what identifies them. */
async function startingPoint(
  workshop: Workshop,
  encoder: "plain" | "refined",
  seed: number,
): Promise<Pick<Run, "values" | "origin">> {
  if (encoder === "plain") {
    return { values: workshop.encoder.parameters, origin: workshop.encoder.hash };
  }
  const refined = 1 + (seed - 1) % await countRefinements(workshop);
  const run = await refinement(workshop, refined);
  const { identity } = await perform(workshop, run);
  const folder = `${workshop.options.results}/${folderName(workshop, run)}`;
  const { parameters } = await loadCheckpoint(`${folder}/checkpoint`);
  const values: Record<string, Values> = Object.fromEntries(
    Object.entries(parameters).filter(([path]) => path.startsWith("encoder/")),
  );
  return { values, origin: identity };
}

async function finetune(workshop: Workshop): Promise<void> {
  const names = tasksOf(workshop.options, "finetune");
  if (names.length === 0) return;
  for (const seed of seedsOf(workshop, "finetune")) {
    for (const encoder of ["plain", "refined"] as const) {
      const start = await startingPoint(workshop, encoder, seed);
      for (const name of names) {
        const entry = await runTask(workshop, "finetune", name);
        await perform(workshop, { stage: "finetune", encoder, seed, tasks: [entry], ...start });
      }
    }
  }
}

async function adapt(workshop: Workshop): Promise<void> {
  const { options } = workshop;
  const names = tasksOf(options, "adapt");
  if (names.length === 0) return;
  const fractions = fractionsOf(options);
  for (const seed of seedsOf(workshop, "adapt")) {
    for (const encoder of ["plain", "refined"] as const) {
      const start = await startingPoint(workshop, encoder, seed);
      for (const name of names) {
        for (const fraction of fractions) {
          const entry = await runTask(workshop, "adapt", name, { fraction, seed });
          const run = { encoder, seed, tasks: [entry], fraction, ...start };
          await perform(workshop, { stage: "adapt", ...run });
        }
      }
    }
  }
}

async function tables({ results }: ReproduceOptions): Promise<void> {
  const markdown = await writeTables(results, {
    command: "deno task reproduce",
    commit: await currentCommit(),
    date: new Date().toISOString().slice(0, 10),
    selection,
  });
  console.log(`\n${markdown}\nWritten to ${results}/tables.md and tables.csv.`);
}
