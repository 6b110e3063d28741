/**
 * The results folder: one folder for each run, written aside and renamed when it is whole, and the
 * tables made of all of them.
 *
 * `<experiment>/<task>/seed-<n>/` holds run.json (configuration and circumstances), log.jsonl (one
 * step a line), scores.json and predictions-<split>.tsv; refinement also a checkpoint.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { writeAside } from "./disk.ts";
import { experiments as experimentNames, type RunSummary } from "./report/runs.ts";
import { renderCsv } from "./report/csv.ts";
import { renderMarkdown, type TablesHeader } from "./report/tables.ts";
import type { Step } from "./types.ts";

/** A run's folder while it is written. */
export interface RunFolder {
  /** Where files go until the run is whole. */
  readonly path: string;
  /** Adds a step to the log. */
  log(step: Step): void;
  /** Writes one file. */
  write(name: string, text: string): Promise<void>;
  /** Puts the folder in its place; what was there before is removed afterwards. */
  finish(): Promise<string>;
  /** Removes everything written, after a failure. */
  abandon(): Promise<void>;
}

/** Contents of run.json. */
export interface RunRecord {
  /** Hash of everything the numbers depend on. */
  readonly identity: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Commit, versions, machine, seconds. */
  readonly circumstances: Readonly<Record<string, unknown>>;
  readonly summaries: readonly RunSummary[];
}

/**
 * Opens a folder for a run below `results`.
 *
 * @throws one sentence when the folder can't be written.
 *
 * @example
 * ```ts
 * import { openRunFolder } from "./results.ts";
 * const results = await Deno.makeTempDir();
 * const folder = await openRunFolder(results, "refine/multitask/seed-1");
 * await folder.write("scores.json", "{}\n");
 * await folder.finish();
 * await Deno.remove(results, { recursive: true });
 * ```
 */
export async function openRunFolder(results: string, name: string): Promise<RunFolder> {
  const target = join(results, name);
  const path = `${target}.unfinished`;
  try {
    await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    throw new Error(
      `Cannot write results to "${path}": ${(error as Error).message}; ` +
        `choose another folder with --results.`,
      { cause: error },
    );
  }
  const log = await Deno.open(join(path, "log.jsonl"), { create: true, append: true });
  const encoder = new TextEncoder();
  return {
    path,
    log: (step) => void writeAll(log, encoder.encode(JSON.stringify(rounded(step)) + "\n")),
    write: async (file, text) =>
      void await writeAside(join(path, file), [encoder.encode(text)], () => join(path, file)),
    finish: async () => {
      await log.sync();
      log.close();
      const old = `${target}.replaced`;
      await Deno.remove(old, { recursive: true }).catch(ignoreMissing);
      await Deno.rename(target, old).catch(ignoreMissing);
      await Deno.rename(path, target);
      await Deno.remove(old, { recursive: true }).catch(ignoreMissing);
      return target;
    },
    abandon: async () => {
      log.close();
      await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
    },
  };
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** Steps are for reading: seconds to the millisecond, the rest as it is. */
function rounded(step: Step): Step {
  return { ...step, seconds: Math.round(1000 * step.seconds) / 1000 };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/**
 * The record of a finished run with this identity, or null where there is none, or another one, or
 * the checkpoint that is needed isn't beside it (a clone of the repository has none).
 */
export async function finishedRun(
  results: string,
  name: string,
  identity: string,
  needsCheckpoint: boolean,
): Promise<RunRecord | null> {
  const record = await readRecord(join(results, name, "run.json")).catch(() => null);
  if (record?.identity !== identity) return null;
  if (!needsCheckpoint) return record;
  const there = await Deno.stat(join(results, name, "checkpoint")).then(() => true, () => false);
  return there ? record : null;
}

async function readRecord(file: string): Promise<RunRecord> {
  try {
    return JSON.parse(await Deno.readTextFile(file)) as RunRecord;
  } catch (error) {
    throw new Error(
      `Cannot read "${file}": ${(error as Error).message}; delete its folder and run it again.`,
      { cause: error },
    );
  }
}

/** Records of all finished runs, sorted by their folders' names. */
export async function readRecords(results: string): Promise<RunRecord[]> {
  const files: string[] = [];
  for (const experiment of await folders(results)) {
    for (const task of await folders(join(results, experiment))) {
      for (const seed of await folders(join(results, experiment, task))) {
        if (/^seed-\d+$/.test(seed)) files.push(join(results, experiment, task, seed, "run.json"));
      }
    }
  }
  return await Promise.all(files.map(readRecord));
}

async function folders(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(path)) if (entry.isDirectory) names.push(entry.name);
  } catch (error) {
    ignoreMissing(error);
  }
  return names.sort();
}

/** Writes tables.md and tables.csv of all finished runs; returns the Markdown. */
export async function writeTables(results: string, header: TablesHeader): Promise<string> {
  const order = (summary: RunSummary) => experimentNames.indexOf(summary.experiment);
  const summaries = (await readRecords(results))
    .flatMap((record) => record.summaries)
    .sort((a, b) => order(a) - order(b));
  const markdown = renderMarkdown(summaries, header);
  const encoder = new TextEncoder();
  for (const [name, text] of [["tables.md", markdown], ["tables.csv", renderCsv(summaries)]]) {
    const file = join(results, name!);
    await writeAside(file, [encoder.encode(text)], () => file);
  }
  return markdown;
}

/** A hash of anything JSON can hold, whatever the order of its keys. */
export function identityOf(value: unknown): string {
  const sorted = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(sorted);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(
      Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1).map(([key, of]) => [key, sorted(of)]),
    );
  };
  return createHash("sha256").update(JSON.stringify(sorted(value))).digest("hex");
}
