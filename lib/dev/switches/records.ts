/**
 * The records of the trainings on disk: one file each, written whole or not at all, and found again
 * by who would train the same.
 *
 * @module
 */

import { dirname, join } from "node:path";
import type { Circumstances } from "../../run/machine.ts";
import { unwritable, writeText } from "../../run/folder.ts";
import type { Scores } from "../../types.ts";
import type { VariantName } from "./settings.ts";

/** Rows that a training was given of one split. */
export interface RowCounts {
  /** File below the data folder. */
  readonly file: string;
  /** Whether that is a part of the official file. */
  readonly subset: boolean;
  /** Rows of it that were drawn. */
  readonly drawn: number;
  /** Rows that it has, as `fixed` reads it. */
  readonly of: number;
  /** Drawn rows that the variant lacks or reads otherwise. */
  readonly changed: number;
  /** Share of the most frequent label of the drawn rows, x 100; null for scores. */
  readonly frequent: number | null;
}

/** What is kept of one training. */
export interface SwitchRecord {
  /** Hash of the configuration: everything that the numbers depend on. */
  readonly identity: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** By "task/split". */
  readonly rows: Readonly<Record<string, RowCounts>>;
  readonly steps: number;
  /** Scores on the dev rows by task. */
  readonly scores: Readonly<Record<string, Scores>>;
  readonly circumstances: Circumstances;
}

/**
 * File of a variant's training, of `fixed` where none is named, in its setting's folder.
 *
 * @example
 * ```ts
 * import { recordFile } from "./records.ts";
 * recordFile("results/switches/together", undefined, 2); // "results/switches/together/fixed/seed-2.json"
 * ```
 */
export function recordFile(
  folder: string,
  variant: VariantName | undefined,
  seed: number,
): string {
  return join(folder, variant ?? "fixed", `seed-${seed}.json`);
}

/**
 * The record in `file` if it is that of a training with this identity; else null.
 *
 * @example
 * ```ts
 * import { readTraining } from "./records.ts";
 * await readTraining("nowhere/seed-1.json", "0123456789abcdef"); // null
 * ```
 */
export async function readTraining(file: string, identity: string): Promise<SwitchRecord | null> {
  try {
    const record = JSON.parse(await Deno.readTextFile(file)) as SwitchRecord | null;
    return record?.identity === identity && isWhole(record) ? record : null;
  } catch {
    return null; // missing, or no record: it is made
  }
}

/** Whether what tables are made of is there: a file may have been changed since it was written. */
function isWhole({ rows, steps, scores }: SwitchRecord): boolean {
  const values = Object.values(scores).flatMap((each) => Object.values(each));
  const shares = Object.values(rows).map(({ frequent }) => frequent);
  const counts = Object.values(rows).flatMap(({ drawn, of, changed }) => [drawn, of, changed]);
  return [...values, ...shares].every((value) => value === null || Number.isFinite(value)) &&
    [steps, ...counts].every(Number.isSafeInteger) &&
    Object.values(rows).every(({ file }) => typeof file === "string");
}

/**
 * Writes a record, in place of the one that was there.
 *
 * @throws one sentence when it can't be written.
 *
 * @example
 * ```ts ignore
 * await writeRecord("results/switches/together/fixed/seed-1.json", record);
 * ```
 */
export async function writeRecord(file: string, record: SwitchRecord): Promise<void> {
  const folder = dirname(file);
  await Deno.mkdir(folder, { recursive: true }).catch((error) => {
    throw unwritable(folder, error);
  });
  await writeText(file, JSON.stringify(record, null, 2) + "\n");
}

/**
 * Seeds that a variant has a record of, ascending, whatever their identity.
 *
 * @example
 * ```ts
 * import { recordedSeeds } from "./records.ts";
 * await recordedSeeds("nowhere", "decayEverything"); // []
 * ```
 */
export async function recordedSeeds(
  folder: string,
  variant: VariantName | undefined,
): Promise<number[]> {
  const found: number[] = [];
  try {
    for await (const { name } of Deno.readDir(dirname(recordFile(folder, variant, 0)))) {
      const [, seed] = /^seed-(\d+)\.json$/.exec(name) ?? [];
      if (seed !== undefined) found.push(Number(seed));
    }
  } catch {
    return []; // nothing was trained there yet
  }
  return found.sort((a, b) => a - b);
}
