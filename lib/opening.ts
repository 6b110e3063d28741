/**
 * Before anything long begins: everything that the chosen stages need is found, and checked to fit
 * together.
 *
 * @module
 */

import { experiments } from "./experiments.ts";
import { ensureEncoder } from "./input/download.ts";
import { loadTokenizer } from "./input/tokenizer.ts";
import { loadPretrained } from "./model/pretrained.ts";
import { findSplit } from "./prepare.ts";
import { trainingStages } from "./stages.ts";
import { type TaskName, tasks } from "./tasks.ts";
import { type ReproduceOptions, tasksOf, type Workshop } from "./workshop.ts";

/** A task that is asked for by name and that no stage would train is a mistake. */
export function checkTasks(options: ReproduceOptions): void {
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
export async function openWorkshop(
  options: ReproduceOptions,
  { report, signal }: Pick<Workshop, "report" | "signal">,
): Promise<Workshop> {
  for (const name of tasksToRead(options)) {
    for (const part of ["train", ...tasks[name].evaluated]) {
      await findSplit(tasks[name], part, options.data);
    }
  }
  const folder = await unlessAborted(ensureEncoder(options.encoder), signal);
  const { parameters: _, ...encoder } = await loadPretrained(folder); // each run reads its own
  const tokenizer = await loadTokenizer(encoder.tokenizerFile);
  const workshop = { options, encoder, tokenizer, signal, prepared: new Map() };
  checkFit(workshop);
  return { ...workshop, announced: new Set(), report };
}

/** The tasks whose files the chosen stages read: every stage after refining starts from it. */
export function tasksToRead(options: ReproduceOptions): Set<TaskName> {
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
export async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
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
