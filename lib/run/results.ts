/**
 * The results folder: one folder for each run, written aside and renamed when it is whole, and the
 * tables made of all of them.
 *
 * `<experiment>/<task>/seed-<n>/` holds run.json (configuration and circumstances), log.jsonl (one
 * step a line), scores.json and predictions-<split>.tsv; refinement also a checkpoint.
 *
 * @module
 */

import { join } from "node:path";
import { ignoreMissing } from "../base/disk.ts";
import { reasonOf } from "../base/quote.ts";
import { checkSummary, isNames } from "../report/check.ts";
import { experimentOrder, type RunSummary } from "../report/runs.ts";
import { renderCsv } from "../report/csv.ts";
import { renderMarkdown, type TablesHeader } from "../report/tables.ts";
import { unwritable, writeText } from "./folder.ts";

/** Contents of run.json. */
export interface RunRecord {
  /** Hash of everything the numbers depend on. */
  readonly identity: string;
  /** Everything that the run was asked for. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Commit, versions, machine, seconds. */
  readonly circumstances: Readonly<Record<string, unknown>> & {
    /** Program to version. */
    readonly versions?: Readonly<Record<string, string>>;
  };
  /** What it scored, one for each task and split. */
  readonly summaries: readonly RunSummary[];
}

/** Name of the file below the results folder that the process at work holds locked. */
const LOCK = ".lock";

/**
 * Makes sure that results can be written, before hours are spent on them, and that no other process
 * writes there. The operating system holds the lock: it ends with the process, however that ends.
 *
 * @returns the lock, to be disposed when the work is done.
 * @throws one sentence when the folder can't be made or written, or another process is at work.
 *
 * @example
 * ```ts
 * import { openResults } from "./results.ts";
 * const results = await Deno.makeTempDir();
 * (await openResults(results))[Symbol.dispose]();
 * await Deno.remove(results, { recursive: true });
 * ```
 */
export async function openResults(results: string): Promise<Disposable> {
  const probe = join(results, `${crypto.randomUUID()}.tmp`);
  let file: Deno.FsFile | undefined;
  try {
    await Deno.mkdir(results, { recursive: true });
    await Deno.writeFile(probe, new Uint8Array(), { createNew: true });
    await Deno.remove(probe);
    file = await Deno.open(join(results, LOCK), { create: true, read: true, write: true });
    if (await file.tryLock(true)) {
      await file.truncate();
      await file.write(new TextEncoder().encode(`process ${Deno.pid}\n`));
      return { [Symbol.dispose]: file.close.bind(file) };
    }
  } catch (error) {
    file?.close();
    throw unwritable(results, error);
  }
  file.close();
  const holder = (await Deno.readTextFile(join(results, LOCK))).trim() || "another process";
  throw new Error(
    `Results folder "${results}" is being written by ${holder}: wait for it, stop it, or choose ` +
      `another folder with --results.`,
  );
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

/**
 * Reads the record of one run.
 *
 * @throws one sentence when it is missing or no record.
 */
export async function readRecord(file: string): Promise<RunRecord> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(file));
    return recordOf(JSON.parse(text));
  } catch (error) {
    throw new Error(
      `Cannot read "${file}": ${reasonOf(error)}; delete its folder and run it again.`,
      { cause: error },
    );
  }
}

function recordOf(value: Partial<RunRecord> | null): RunRecord {
  const { identity, circumstances, summaries } = value ?? {};
  const whole = typeof identity === "string" && typeof circumstances === "object" &&
    circumstances !== null && isNames(circumstances.versions ?? {}) &&
    Array.isArray(summaries) && summaries.length > 0;
  if (!whole) throw new Error("it lacks the identity, the circumstances or the summaries of a run");
  summaries.forEach(checkSummary);
  return value as RunRecord;
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
  const order = (summary: RunSummary) => experimentOrder.indexOf(summary.experiment);
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
