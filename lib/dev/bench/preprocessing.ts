/**
 * Measures the way from official files to features, without the cache: every row of every task that
 * the data folder has.
 *
 * @module
 */

import { featurize } from "../../input/features.ts";
import { readExamples } from "../../input/files.ts";
import { loadTokenizer } from "../../input/tokenizer.ts";
import { bert } from "../../model/bert.ts";
import { hasSplit, readingOf } from "../../run/dataset.ts";
import type { Task } from "../../train/task.ts";
import { tasks } from "../../tasks.ts";
import type { Example } from "../../types.ts";
import { type PreprocessingMeasurement, type Running, timeWindow } from "./measurement.ts";

/** One split of a task. */
interface TaskSplit {
  readonly task: Task;
  readonly split: string;
}

/** The splits that the data folder has; a task over another task's files isn't counted again. */
export async function presentSplits(data: string): Promise<TaskSplit[]> {
  const found: TaskSplit[] = [];
  for (const task of Object.values<Task>(tasks)) {
    if (task.pairing) continue;
    for (const split of Object.keys(task.splits)) {
      if (await hasSplit(task, split, data)) found.push({ task, split });
    }
  }
  if (found.length > 0) return found;
  throw new Error(`"${data}" has the files of no task: name another folder with --data.`);
}

/** The rows of a split as texts. */
export async function examplesOf({ task, split }: TaskSplit, data: string): Promise<Example[]> {
  const { source, skipFirst } = readingOf(task, split);
  return [...(await readExamples(data, source, task.labels, { skipFirst })).examples];
}

/**
 * Does the first file; a window is whole passes over all. Files are read and unpacked in it, and the
 * tokenizer starts each pass without having seen a word.
 */
export async function startPreprocessing(
  tokenizerFile: string,
  { data, maxLength, windowSeconds }: PreprocessingMeasurement,
): Promise<Running> {
  const splits = await presentSplits(data);
  const size = { rows: 0, tokens: 0 };
  const pass = async (some: readonly TaskSplit[]) => {
    const tokenizer = await loadTokenizer(tokenizerFile, bert.specials);
    size.rows = size.tokens = 0;
    for (const one of some) {
      const features = featurize(await examplesOf(one, data), tokenizer, { maxLength });
      size.rows += features.rows.length;
      size.tokens += features.tokens.length;
    }
  };
  const first = await timeWindow(size, 0, () => pass(splits.slice(0, 1)));
  return {
    first: { ...first, ...size, first: true },
    prove: async () => {
      await pass(splits); // the compiler warms up, too
      return { rows: size.rows, pieces: size.tokens };
    },
    next: () => timeWindow(size, windowSeconds, () => pass(splits)),
    tracing: () => null,
  };
}
