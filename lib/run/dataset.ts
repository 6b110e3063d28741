/**
 * The first stage: official files become features, from the cache where they are the same.
 *
 * @module
 */

import { cachedFeatures } from "../input/cache.ts";
import { featurize } from "../input/features.ts";
import { findFile, type FoundFile, openFile, parseFile, readExamples } from "../input/files.ts";
import { wnliFaithful } from "../input/layouts.ts";
import { rankingPairs } from "../input/ranking.ts";
import type { Dropped, Source } from "../input/readers.ts";
import type { Tokenizer } from "../input/tokenizer.ts";
import { type PresetOptions, presetOptions, presets } from "../presets.ts";
import { createRandom } from "../base/random.ts";
import { checkTask, type Task } from "../train/task.ts";
import { tasks } from "../tasks.ts";
import type { Example, Features } from "../types.ts";

/** How official files are read and cut: a preset's options. */
export type ReadingOptions = PresetOptions["reading"];

/** Where rows come from and how they are cut. */
export interface PrepareOptions {
  /** Data folder. */
  readonly data: string;
  readonly tokenizer: Tokenizer;
  readonly maxLength: number;
  /** As the paper has it when left out. */
  readonly reading?: ReadingOptions;
  /** Folder of the feature cache; the user's when left out. */
  readonly cache?: string;
}

/** A split's features and what became of its rows. */
export interface Prepared {
  /** Its rows. */
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
  /** Whether they were read from the cache of features. */
  readonly fromCache: boolean;
  /** Why the cache could not be used or trusted, or undefined. */
  readonly problem: string | undefined;
}

/** As the paper has it. */
const FIXED = presetOptions(presets.fixed).reading;

/** Seed of the order of a ranking row's candidates; the same for every run, so that the cache holds. */
const CANDIDATE_SEED = 2018;

/**
 * Features of one split of a task.
 *
 * @throws when the file is missing, a row is bad, or no row is left; the error names file and line or
 * reasons.
 *
 * @example
 * ```ts
 * import { tasks } from "../tasks.ts";
 * import { prepareSplit } from "./dataset.ts";
 * import { loadEncoder } from "./model.ts";
 * const { tokenizer } = await loadEncoder();
 * const options = { data: "data/sample", tokenizer, maxLength: 64 };
 * const { features } = await prepareSplit(tasks.rte, "dev", options);
 * features.candidates; // 1
 * ```
 */
export async function prepareSplit(
  task: Task,
  split: string,
  options: PrepareOptions,
): Promise<Prepared> {
  const { source, skipFirst } = readingOf(task, split, options.reading);
  const found = await openFile(await findFile(options.data, source.candidates));
  const { digest } = found;
  const { maxLength, tokenizer, reading: { keepPremiseCut } = FIXED } = options;
  const key = {
    task: task.name,
    split,
    digest,
    tokenizer: tokenizer.hash,
    maxLength,
    skipFirst,
    specials: tokenizer.specials,
    layout: JSON.stringify(source.layout),
    labels: JSON.stringify(task.labels),
    pairing: task.pairing ?? "",
    keepPremiseCut,
  };
  const { features, fromCache, problem } = await cachedFeatures(key, async () => {
    const read = await parseFile(found, source, task.labels, { skipFirst });
    const paired = task.pairing && rankingPairs(
      read.examples,
      createRandom(CANDIDATE_SEED),
      { pairing: task.pairing },
    );
    const made = featurize(paired?.examples ?? read.examples, tokenizer, {
      maxLength,
      keepPremiseCut,
    });
    const notes = { dropped: [...read.dropped, ...paired?.dropped ?? []], empty: read.empty };
    return { ...made, notes };
  }, options.cache === undefined ? {} : { folder: options.cache });
  const notes = features.notes as Pick<Prepared, "dropped" | "empty">;
  if (features.rows.length === 0) throw nothingLeft(found.name, notes.dropped);
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

/** The splits of one command, each found, read and cut once. */
export interface Dataset {
  /** The rows of a split as the official file has them. */
  examples(task: Task, split: string): Promise<readonly Example[]>;
  /** A split's features. */
  prepare(task: Task, split: string): Promise<Prepared>;
  /**
   * What the head of a task is scored on: the task's own splits, and those of tasks that share its
   * head where their files are there.
   */
  scored(name: string): Promise<{ task: Task; split: string; prepared: Prepared }[]>;
}

/**
 * The splits in a data folder; the signal stops before the next one is read.
 *
 * @example
 * ```ts
 * import { tasks } from "../tasks.ts";
 * import { openDataset } from "./dataset.ts";
 * import { loadEncoder } from "./model.ts";
 * const { tokenizer } = await loadEncoder();
 * const dataset = openDataset({ data: "data/sample", tokenizer, maxLength: 64 });
 * const { features } = await dataset.prepare(tasks.rte, "dev");
 * features.candidates; // 1
 * ```
 */
export function openDataset(options: PrepareOptions, signal?: AbortSignal): Dataset {
  const known = new Map<string, Promise<Prepared>>();
  const prepare = (task: Task, split: string) => {
    signal?.throwIfAborted();
    const key = `${task.name}/${split}`;
    const found = known.get(key) ?? prepareSplit(task, split, options);
    known.set(key, found);
    return found;
  };
  return {
    prepare,
    examples: async (task, split) => {
      const { source, skipFirst } = readingOf(task, split, options.reading);
      return (await readExamples(options.data, source, task.labels, { skipFirst })).examples;
    },
    scored: async (name) => {
      const scored = [];
      for (const task of Object.values<Task>(tasks).filter(({ headOf }) => headOf === name)) {
        for (const split of task.evaluated) {
          const needed = task.name === name || await hasSplit(task, split, options.data);
          if (needed) scored.push({ task, split, prepared: await prepare(task, split) });
        }
      }
      return scored;
    },
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
 * ```ts
 * import { tasks } from "../tasks.ts";
 * import { findSplit } from "./dataset.ts";
 * const { name, subset } = await findSplit(tasks.rte, "dev", "data/sample"); // RTE/dev.tsv, false
 * ```
 */
export async function findSplit(task: Task, split: string, data: string): Promise<FoundFile> {
  return await findFile(data, readingOf(task, split).source.candidates);
}

/** Whether a task's split has a file in the data folder. */
export async function hasSplit(task: Task, split: string, data: string): Promise<boolean> {
  checkTask(task, Object.keys(tasks)); // a mistake in the record is no missing file
  return await findSplit(task, split, data).then(() => true, () => false);
}

/**
 * How a task's split is read: its files and layout, and whether the first row is lost. As the
 * reference program reads them, labelled CoLA and WNLI are read wrongly, and the test rows of a
 * ranking task come from its training file.
 *
 * @throws when the task has no such split, or its record can't be used.
 *
 * @example
 * ```ts
 * import { readingOf } from "./dataset.ts";
 * import { presetOptions, presets } from "../presets.ts";
 * import { tasks } from "../tasks.ts";
 * readingOf(tasks.cola, "dev", presetOptions(presets.faithful).reading).skipFirst; // true
 * ```
 */
export function readingOf(
  task: Task,
  split: string,
  reading: ReadingOptions = FIXED,
): { source: Source; skipFirst: boolean } {
  checkTask(task, Object.keys(tasks));
  const asTraining = task.pairing && split === "test" && reading.rankingTestFromTraining;
  const read = asTraining ? "train" : split;
  const source = Object.hasOwn(task.splits, split) ? task.splits[read] : undefined;
  if (!source) {
    const known = Object.keys(task.splits).join(", ");
    throw new Error(`Task "${task.name}" has no split "${split}": expected one of ${known}.`);
  }
  const labelled = split !== "test";
  const mixedUp = task.name === "wnli" && labelled && reading.labelAsHypothesis;
  return {
    source: mixedUp ? { ...source, layout: wnliFaithful } : source,
    skipFirst: labelled && reading.losesFirstRow.includes(task.name),
  };
}
