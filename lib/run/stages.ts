/**
 * The stages that train, each as the runs it is made of.
 *
 * @module
 */

import { experiments, type Stage } from "../recipes.ts";
import { loadCheckpoint } from "../model/checkpoint.ts";
import type { Values } from "../model/parameters.ts";
import { loadPretrained, withFreshPooler } from "../model/pretrained.ts";
import { createRandom } from "../base/random.ts";
import { findRun, folderName, identityOfRun, perform, type Run } from "./run.ts";
import { type ReproduceOptions, tasksOf } from "./options.ts";
import { runTask, seedsOf, type Workshop } from "./session.ts";

/**
 * The runs of a stage, in their order, found out without making any. Stages after refining start half
 * of theirs from the refined encoder.
 */
export function runsOf(workshop: Workshop, stage: Stage): AsyncGenerator<Run> {
  return { refine: refineRuns, finetune: finetuneRuns, adapt: adaptRuns }[stage](workshop);
}

/** A share of no row is better refused before the other stages than after them. */
export async function checkDraws(workshop: Workshop): Promise<void> {
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
    ...plainStart(workshop),
  };
}

/**
 * How many multi-task runs there are, whose encoders the later stages take turns with. Where the seeds are given but
 * refining is not asked for: as many of those as are there, so that leaving out a finished stage
 * changes nothing, and never more than a missing first one is trained.
 */
async function countRefinements(workshop: Workshop): Promise<number> {
  const { stages, seeds, size } = workshop.options;
  if (stages.includes("refine") || seeds === undefined) return seedsOf(workshop, "refine").length;
  let count = Math.min(seeds, experiments[size].refine.seeds);
  const made = async (seed: number) =>
    await findRun(workshop, await refinement(workshop, seed), { weights: false }) !== null;
  while (count < seeds && await made(count + 1)) count++;
  return count;
}

/** Values of the encoder to start from, and what identifies them. */
async function startingPoint(
  workshop: Workshop,
  encoder: "plain" | "refined",
  seed: number,
): Promise<Pick<Run, "values" | "origin">> {
  if (encoder === "plain") return plainStart(workshop);
  const refined = 1 + (seed - 1) % await countRefinements(workshop);
  const run = await refinement(workshop, refined);
  return {
    values: () => refinedValues(workshop, run),
    origin: identityOfRun(workshop, run),
  };
}

function plainStart({ encoder }: Workshop): Pick<Run, "values" | "origin"> {
  const values = async () => {
    const { parameters, hash } = withFreshPooler(
      await loadPretrained(encoder.folder),
      createRandom("pooler"),
    );
    if (hash === encoder.hash) return parameters;
    throw new Error(
      `Cannot start from the encoder "${encoder.folder}": its weights were changed after it was ` +
        `opened; run the command again.`,
    );
  };
  return { values, origin: encoder.hash };
}

/** The encoder that a multi-task run leaves, without the heads; the run is made where it is missing. */
async function refinedValues(workshop: Workshop, run: Run): Promise<Record<string, Values>> {
  await perform(workshop, run);
  const folder = `${workshop.options.results}/${folderName(workshop, run)}`;
  const { parameters } = await loadCheckpoint(`${folder}/checkpoint`);
  const values = Object.entries(parameters).filter(([path]) => path.startsWith("encoder/"));
  return Object.fromEntries(values);
}

async function* refineRuns(workshop: Workshop): AsyncGenerator<Run> {
  const count = await countRefinements(workshop);
  for (let seed = 1; seed <= count; seed++) yield await refinement(workshop, seed);
}

async function* finetuneRuns(workshop: Workshop): AsyncGenerator<Run> {
  const names = tasksOf(workshop.options, "finetune");
  if (names.length === 0) return;
  for (const seed of seedsOf(workshop, "finetune")) {
    for (const encoder of ["plain", "refined"] as const) {
      const start = await startingPoint(workshop, encoder, seed);
      for (const name of names) {
        const entry = await runTask(workshop, "finetune", name);
        yield { stage: "finetune", encoder, seed, tasks: [entry], ...start };
      }
    }
  }
}

async function* adaptRuns(workshop: Workshop): AsyncGenerator<Run> {
  const names = tasksOf(workshop.options, "adapt");
  if (names.length === 0) return;
  for (const seed of seedsOf(workshop, "adapt")) {
    for (const encoder of ["plain", "refined"] as const) {
      const start = await startingPoint(workshop, encoder, seed);
      for (const name of names) {
        for (const fraction of fractionsOf(workshop.options)) {
          const entry = await runTask(workshop, "adapt", name, { fraction, seed });
          yield { stage: "adapt", encoder, seed, tasks: [entry], fraction, ...start };
        }
      }
    }
  }
}
