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
  /** Removes everything written, after a failure; what was there before stays. */
  abandon(): Promise<void>;
}

/** Contents of run.json. */
export interface RunRecord {
  /** Hash of everything the numbers depend on. */
  readonly identity: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Commit, versions, machine, seconds. */
  readonly circumstances: Readonly<Record<string, unknown>> & {
    readonly versions?: Readonly<Record<string, string>>;
  };
  readonly summaries: readonly RunSummary[];
}

/**
 * Makes sure that results can be written, before hours are spent on them.
 *
 * @throws one sentence when the folder can't be made or written.
 *
 * @example
 * ```ts
 * import { openResults } from "./results.ts";
 * const results = await Deno.makeTempDir();
 * await openResults(results);
 * await Deno.remove(results, { recursive: true });
 * ```
 */
export async function openResults(results: string): Promise<void> {
  const probe = join(results, `${crypto.randomUUID()}.tmp`);
  try {
    await Deno.mkdir(results, { recursive: true });
    await Deno.writeFile(probe, new Uint8Array(), { createNew: true });
    await Deno.remove(probe);
  } catch (error) {
    throw unwritable(results, error);
  }
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
    throw unwritable(path, error);
  }
  const log = openLog(join(path, "log.jsonl"));
  return {
    path,
    log: log.add,
    write: (file, text) => writeText(join(path, file), text),
    finish: async () => {
      log.sync();
      log.close();
      await replace(target, path);
      return target;
    },
    abandon: async () => {
      log.close();
      await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
    },
  };
}

/** A log that has one step a line; closing it twice does no harm. */
function openLog(path: string): { add(step: Step): void; sync(): void; close(): void } {
  const encoder = new TextEncoder();
  let file: Deno.FsFile | null = Deno.openSync(path, { create: true, append: true });
  return {
    add: (step) => {
      const bytes = encoder.encode(JSON.stringify(rounded(step)) + "\n");
      try {
        for (let at = 0; at < bytes.length;) at += file!.writeSync(bytes.subarray(at));
      } catch (error) {
        throw unwritable(path, error);
      }
    },
    sync: () => file?.syncSync(),
    close: () => {
      file?.close();
      file = null;
    },
  };
}

/** Renames `path` to `target`; when that fails, what was there before is there again. */
async function replace(target: string, path: string): Promise<void> {
  const old = `${target}.replaced`;
  await Deno.remove(old, { recursive: true }).catch(ignoreMissing);
  await Deno.rename(target, old).catch(ignoreMissing);
  try {
    await Deno.rename(path, target);
  } catch (error) {
    await Deno.rename(old, target).catch(ignoreMissing);
    throw unwritable(target, error);
  }
  await Deno.remove(old, { recursive: true }).catch(ignoreMissing);
}

async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeAside(file, [new TextEncoder().encode(text)], () => file);
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(path: string, cause: unknown): Error {
  // the system's words, without the call and the path that follow them
  const why = (cause instanceof Error ? cause.message : String(cause)).replace(/: \w+ '.*$/, "");
  return new Error(
    `Cannot write results to "${path}": ${why}; make room there or choose another folder with ` +
      `--results.`,
    { cause },
  );
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
  const index = join(results, name, "checkpoint", "checkpoint.json");
  return await Deno.stat(index).then(() => record, () => null);
}

async function readRecord(file: string): Promise<RunRecord> {
  try {
    const record = JSON.parse(await Deno.readTextFile(file)) as RunRecord | null;
    if (Array.isArray(record?.summaries) && typeof record.identity === "string") return record;
    throw new Error("it lacks the identity or the summaries of a run");
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
        // anything else is a run that is being written, or was cut off while it was
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

/**
 * Writes tables.md and tables.csv of all finished runs; returns the Markdown.
 *
 * @throws when there is no run, one can't be read, or the tables can't be written.
 */
export async function writeTables(
  results: string,
  header: Omit<TablesHeader, "versions">,
): Promise<string> {
  const order = (summary: RunSummary) => experimentNames.indexOf(summary.experiment);
  const records = await readRecords(results);
  if (records.length === 0) {
    throw new Error(
      `Cannot make tables: "${results}" has no finished run; make some with the other stages.`,
    );
  }
  const summaries = records
    .flatMap((record) => record.summaries)
    .sort((a, b) => order(a) - order(b));
  const markdown = renderMarkdown(summaries, { ...header, versions: versionsOf(records) });
  await writeText(join(results, "tables.md"), markdown);
  await writeText(join(results, "tables.csv"), renderCsv(summaries));
  return markdown;
}

/** The versions that the runs were made with, which need not be those of today. */
function versionsOf(records: readonly RunRecord[]): Record<string, string> {
  const found = new Map<string, Set<string>>();
  for (const { circumstances: { versions } } of records) {
    for (const [program, version] of Object.entries(versions ?? {})) {
      found.set(program, (found.get(program) ?? new Set()).add(version));
    }
  }
  return Object.fromEntries(
    [...found].map(([program, versions]) => [program, [...versions].sort().join(" and ")]),
  );
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
