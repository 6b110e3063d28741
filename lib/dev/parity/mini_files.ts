/**
 * The recorded files of a few lines each, read the way the library reads official files.
 *
 * @module
 */

import { rankingPairs } from "../../input/ranking.ts";
import { parseExamples } from "../../input/readers.ts";
import { readingOf, type ReadingOptions } from "../../run/dataset.ts";
import { createRandom } from "../../base/random.ts";
import type { Task } from "../../train/task.ts";
import { taskNamed } from "../../tasks.ts";
import type { Example } from "../../types.ts";
import type { Reference } from "./reference.ts";

/** One recorded file. */
export interface MiniFile {
  readonly case: number;
  readonly task: string;
  readonly split: string;
  /** Whether the reference program read labels: not from test files without any. */
  readonly labels_read: boolean;
  readonly max_seq_len: number;
  /** First line, or null for a file without a header. */
  readonly header: string | null;
  readonly lines: readonly string[];
  readonly dropped_lines: readonly number[];
  /** By greatest length, the uids that are short enough to train on. */
  readonly uids_kept_by_training_loader_at_max_seq_len: Readonly<Record<string, readonly Uid[]>>;
}

/** An official identifier, or the reference program's own count. */
export type Uid = string | number;

/** One row as the reference program made it; a ranking row has a list for each of its candidates. */
export interface MiniRow {
  readonly case: number;
  /** Line of the file below its header, from 0. */
  readonly line: number;
  readonly uid: Uid;
  readonly label: number;
  readonly token_id: readonly number[] | readonly (readonly number[])[];
  readonly type_id: readonly number[] | readonly (readonly number[])[];
  /** Identifiers of a ranking row's candidates, in their order. */
  readonly ruid?: readonly string[];
}

/** A file with its rows in order. */
export interface MiniCase {
  readonly file: MiniFile;
  readonly rows: readonly MiniRow[];
}

/** All recorded files. */
export async function readMiniFiles(reference: Reference): Promise<MiniCase[]> {
  const files = await reference.lines<MiniFile>("feature_files.jsonl");
  const rows = Map.groupBy(
    await reference.lines<MiniRow>("features.jsonl"),
    (row) => row.case,
  );
  return files.map((file) => ({ file, rows: rows.get(file.case) ?? [] }));
}

/** The reference program's names of tasks that have another one here. */
const taskNames: Readonly<Record<string, string>> = { sst: "sst2", qnnli: "qnli_rank" };

/** The task a recorded name stands for. */
export function taskOf(name: string): Task {
  return taskNamed(taskNames[name] ?? name);
}

/** Parses a recorded file as a preset reads it; a ranking task's candidates are put in recorded order. */
export function parseMiniFile({ file, rows }: MiniCase, reading: ReadingOptions): Example[] {
  const task = taskOf(file.task);
  const split = file.split.replace(/^(.*matched)_(.*)$/, "$2_$1"); // "matched_dev"
  const { source, skipFirst } = readingOf(task, split, reading);
  const text = [...file.header === null ? [] : [file.header], ...file.lines].join("\n");
  const { examples } = parseExamples(text, source.layout, task.labels, {
    file: `mini file ${file.case}`,
    skipFirst,
  });
  if (!task.pairing) return examples;
  // The reference program pairs consecutive rows and orders a pair's candidates by chance.
  const turns = rows.map(({ ruid = [], line }) => {
    const first = examples.find((example) => example.row === line);
    return first?.id === ruid[0] ? 0 : 1;
  });
  const recorded = { ...createRandom(0), integer: () => turns.shift() ?? 0 };
  return rankingPairs(examples, recorded, { pairing: "consecutive" }).examples;
}
