/**
 * The first stage: official files become features, from the cache where they are the same.
 *
 * @module
 */

import { cachedFeatures } from "../input/cache.ts";
import { featurize } from "../input/features.ts";
import { fileDigest, findFile, type FoundFile, readExamples } from "../input/files.ts";
import { wnliFaithful } from "../input/layouts.ts";
import { rankingPairs } from "../input/ranking.ts";
import type { Dropped, Source } from "../input/readers.ts";
import type { Tokenizer } from "../input/tokenizer.ts";
import type { Preset } from "../presets.ts";
import { createRandom } from "../base/random.ts";
import { checkTask, type Task } from "../tasks.ts";
import type { Features } from "../types.ts";

/** Where rows come from and how they are cut. */
export interface PrepareOptions {
  /** Data folder. */
  readonly data: string;
  readonly tokenizer: Tokenizer;
  readonly maxLength: number;
  readonly preset: Preset;
  /** Folder of the feature cache; the user's when left out. */
  readonly cache?: string;
}

/** A split's features and what became of its rows. */
export interface Prepared {
  readonly features: Features;
  /** File the rows came from, relative to the data folder. */
  readonly file: string;
  /** sha256 of the file. */
  readonly digest: string;
  /** Whether the file is a part of the official split. */
  readonly subset: boolean;
  /** Rows left out while reading, by reason. */
  readonly dropped: readonly Dropped[];
  /** Rows whose text is empty on one side. */
  readonly empty: number;
  /** Rows that lost pieces. */
  readonly truncated: number;
  readonly fromCache: boolean;
  /** Why the cache could not be used or trusted, or undefined. */
  readonly problem: string | undefined;
}

/** Seed of the order of a ranking row's candidates; the same for every run, so that the cache holds. */
const CANDIDATE_SEED = 2018;

/**
 * Features of one split of a task.
 *
 * @throws when the file is missing, a row is bad, or no row is left; the error names file and line or
 * reasons.
 *
 * @example
 * ```ts ignore
 * const { features } = await prepareSplit(tasks.rte, "dev", {
 *   data: "data/sample", tokenizer, maxLength: 64, preset: presets.fixed,
 * });
 * ```
 */
export async function prepareSplit(
  task: Task,
  split: string,
  options: PrepareOptions,
): Promise<Prepared> {
  const { source, skipFirst } = readingOf(task, split, options.preset);
  const found = await findFile(options.data, source.candidates);
  const digest = await fileDigest(found.path);
  const { maxLength, tokenizer, preset } = options;
  const key = {
    ...{ task: task.name, split, digest, tokenizer: tokenizer.hash, maxLength, skipFirst },
    layout: JSON.stringify(source.layout),
    labels: task.labels.join(" "),
    pairing: task.pairing ?? "",
    keepPremiseCut: preset.keepPremiseCut,
  };
  const { features, fromCache, problem } = await cachedFeatures(key, async () => {
    const read = await readExamples(options.data, source, task.labels, { skipFirst });
    const paired = task.pairing && rankingPairs(
      read.examples,
      createRandom(CANDIDATE_SEED),
      { pairing: task.pairing },
    );
    const made = featurize(paired?.examples ?? read.examples, tokenizer, {
      maxLength,
      keepPremiseCut: preset.keepPremiseCut,
    });
    const notes = { dropped: [...read.dropped, ...paired?.dropped ?? []], empty: read.empty };
    return { ...made, notes };
  }, options.cache === undefined ? {} : { folder: options.cache });
  const notes = features.notes as Pick<Prepared, "dropped" | "empty">;
  if (features.targets.length === 0) throw nothingLeft(found.name, notes.dropped);
  return {
    features,
    file: found.name,
    digest,
    subset: found.subset,
    ...notes,
    truncated: features.truncated,
    fromCache,
    problem,
  };
}

/** Nothing can be learned of no row, and no score has a value; better said before the training. */
function nothingLeft(file: string, dropped: readonly Dropped[]): Error {
  const reasons = dropped.map(({ reason, count }) => `${count} left out: ${reason}`).join("; ");
  return new Error(`Cannot use "${file}": none of its rows is left (${reasons}), expected some.`);
}

/**
 * The file of a task's split in the data folder.
 *
 * @throws when the folder or the file is missing, or the task has no such split.
 *
 * @example
 * ```ts ignore
 * const { name, subset } = await findSplit(tasks.rte, "dev", "data/sample"); // RTE/dev.tsv, false
 * ```
 */
export async function findSplit(task: Task, split: string, data: string): Promise<FoundFile> {
  return await findFile(data, readingOf(task, split).source.candidates);
}

/** Whether a task's split has a file in the data folder. */
export async function hasSplit(task: Task, split: string, data: string): Promise<boolean> {
  checkTask(task); // a mistake in the record is no missing file
  return await findSplit(task, split, data).then(() => true, () => false);
}

/**
 * How a task's split is read: its files and layout, and whether the first row is lost. Under
 * `faithful`, labelled CoLA and WNLI are read as wrongly as the reference program reads them, and the
 * test rows of a ranking task come from its training file.
 *
 * @throws when the task has no such split, or its record can't be used.
 *
 * @example
 * ```ts
 * import { readingOf } from "./dataset.ts";
 * import { presets } from "../presets.ts";
 * import { tasks } from "../tasks.ts";
 * readingOf(tasks.cola, "dev", presets.faithful).skipFirst; // true
 * ```
 */
export function readingOf(
  task: Task,
  split: string,
  preset?: Preset,
): { source: Source; skipFirst: boolean } {
  checkTask(task);
  const asTraining = task.pairing && split === "test" && preset?.rankingTestFromTraining;
  const read = asTraining ? "train" : split;
  const source = Object.hasOwn(task.splits, split) ? task.splits[read] : undefined;
  if (!source) {
    const known = Object.keys(task.splits).join(", ");
    throw new Error(`Task "${task.name}" has no split "${split}": expected one of ${known}.`);
  }
  const labelled = split !== "test";
  const mixedUp = task.name === "wnli" && labelled && preset?.wnliLabelAsHypothesis;
  return {
    source: mixedUp ? { ...source, layout: wnliFaithful } : source,
    skipFirst: task.name === "cola" && labelled && (preset?.loseFirstColaRow ?? false),
  };
}
