/**
 * What all runs of a command share, found and checked to fit together before anything long begins.
 *
 * @module
 */

import { ensureEncoder } from "../hub/encoders.ts";
import { loadTokenizer, type Tokenizer } from "../input/tokenizer.ts";
import { encoderOf } from "../model/encoders.ts";
import { loadPretrained, type Pretrained } from "../model/pretrained.ts";
import { presetOptions } from "../presets.ts";
import { experiments } from "../recipes.ts";
import { tasks } from "../tasks.ts";
import { type Dataset, findSplit, openDataset } from "./dataset.ts";
import { type ReproduceOptions, tasksOf, tasksToRead, trainingStages } from "./options.ts";

/** What all runs of a command share. */
export interface Session {
  readonly options: ReproduceOptions;
  /** Without its values: each run reads them when it starts. */
  readonly encoder: Omit<Pretrained, "parameters">;
  readonly tokenizer: Tokenizer;
  readonly dataset: Dataset;
}

/**
 * Finds files, encoder and tokenizer.
 *
 * @throws one sentence that says what to do, when one is missing or they don't fit together; the
 * signal's reason when it is aborted.
 *
 * @example
 * ```ts
 * import { parseReproduce } from "./options.ts";
 * import { openSession } from "./session.ts";
 * const { tokenizer, dataset } = await openSession(parseReproduce([])!);
 * ```
 */
export async function openSession(
  options: ReproduceOptions,
  signal?: AbortSignal,
): Promise<Session> {
  for (const name of tasksToRead(options)) {
    for (const part of ["train", ...tasks[name].evaluated]) {
      await findSplit(tasks[name], part, options.data);
    }
  }
  const folder = await unlessAborted(ensureEncoder(options.encoder), signal);
  const { parameters: _, ...encoder } = await loadPretrained(folder);
  const { specials } = encoderOf(encoder.config);
  const tokenizer = await loadTokenizer(encoder.tokenizerFile, specials);
  checkFit(encoder, tokenizer, options);
  const { maxLength } = experiments[options.size].refine.recipe;
  const { reading } = presetOptions(options.preset);
  const dataset = openDataset({ data: options.data, tokenizer, maxLength, reading }, signal);
  return { options, encoder, tokenizer, dataset };
}

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

/** What neither the encoder's folder nor the experiment can know alone. */
function checkFit(
  { config }: Session["encoder"],
  tokenizer: Tokenizer,
  { size }: ReproduceOptions,
): void {
  if (tokenizer.size > config.vocabulary) {
    throw new Error(
      `Encoder "${config.name}" has ${config.vocabulary} word embeddings, but its tokenizer.json ` +
        `has ${tokenizer.size} pieces: the two don't belong together, fetch both again.`,
    );
  }
  const longest = Math.max(
    ...trainingStages.map((stage) => experiments[size][stage].recipe.maxLength),
  );
  if (longest > config.maxLength) {
    throw new Error(
      `Encoder "${config.name}" reads at most ${config.maxLength} pieces, --size ${size} needs ` +
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
