/**
 * The folder of one run: written aside, renamed when it is whole, and found again by a run that
 * goes on.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import {
  keepCheckpoint,
  lastCheckpoint,
  removeCheckpoints,
  type RunCheckpoint,
} from "./checkpoints.ts";
import { ignoreMissing, removeLeft, writeAside } from "../base/disk.ts";
import type { Step } from "../types.ts";

/** A run's folder while it is written. */
export interface RunFolder {
  /** Where files go until the run is whole. */
  readonly path: string;
  /** Where the run goes on; null where it begins. */
  readonly resumed: RunCheckpoint | null;
  /** What was found wrong with newer checkpoints than that one. */
  readonly damaged: readonly string[];
  /** Adds a step to the log. */
  log(step: Step): void;
  /** Writes one file. */
  write(name: string, text: string): Promise<void>;
  /** Saves what the run needs to go on from here; gives the checkpoint's folder. */
  save(checkpoint: RunCheckpoint): Promise<string>;
  /** Folder of the newest checkpoint, or null. */
  checkpoint(): string | null;
  /**
   * Puts the folder in its place. The same run that was there before is removed afterwards; one of
   * another configuration is set aside.
   */
  finish(): Promise<string>;
  /**
   * Ends writing before the run is whole: what it needs to go on stays, and without a checkpoint
   * nothing does. What was there before stays.
   */
  leave(): Promise<void>;
}

/**
 * Opens a folder for a run below `results`. A run of the same identity that was left unfinished
 * there goes on; those of other identities are left alone.
 *
 * @throws one sentence when the folder can't be written, and when all its checkpoints are damaged.
 *
 * @example
 * ```ts
 * import { openRunFolder } from "./folder.ts";
 * const results = await Deno.makeTempDir();
 * const folder = await openRunFolder(results, "refine/multitask/seed-1", "0123456789abcdef");
 * await folder.write("scores.json", "{}\n");
 * await folder.finish();
 * await Deno.remove(results, { recursive: true });
 * ```
 */
export async function openRunFolder(
  results: string,
  name: string,
  identity: string,
): Promise<RunFolder> {
  const target = join(results, name);
  const path = unfinishedFolder(target, identity);
  const { checkpoint: resumed, folder, damaged } = await opened(path);
  const log = openLog(join(path, "log.jsonl"), resumed?.training.step ?? 0);
  let last = folder;
  return {
    path,
    resumed,
    damaged,
    log: log.add,
    write: (file, text) => writeText(join(path, file), text),
    save: async (checkpoint) => {
      log.sync(); // never shorter than the checkpoint says
      return last = await keepCheckpoint(path, checkpoint).catch((error) => {
        throw unwritable(path, error);
      });
    },
    checkpoint: () => last,
    finish: async () => {
      log.sync();
      log.close();
      await removeCheckpoints(path);
      await replace(target, path, identity);
      return target;
    },
    leave: async () => {
      log.close();
      if (!last) await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
    },
  };
}

/** Where a run is written until it is whole; another configuration has another folder. */
function unfinishedFolder(target: string, identity: string): string {
  return `${target}.${identity.slice(0, 12)}.unfinished`;
}

/** Folders of unfinished runs of other identities in the place of this one. */
export async function otherUnfinished(
  results: string,
  name: string,
  identity: string,
): Promise<string[]> {
  const target = join(results, name);
  const own = basename(unfinishedFolder(target, identity));
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(dirname(target))) {
      const other = entry.name.startsWith(`${basename(target)}.`) &&
        entry.name.endsWith(".unfinished") && entry.name !== own;
      if (other) found.push(join(dirname(target), entry.name));
    }
  } catch (error) {
    ignoreMissing(error);
  }
  return found.sort();
}

/** Makes the folder, or finds what lies in it; what can't be gone on with is removed. */
async function opened(path: string): Promise<Awaited<ReturnType<typeof lastCheckpoint>>> {
  try {
    const found = await lastCheckpoint(path);
    if (found.checkpoint === null && found.damaged.length > 0) throw new NothingWhole(path, found);
    if (found.checkpoint === null) {
      await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
    }
    await Deno.mkdir(path, { recursive: true });
    await removeLeft(path);
    return found;
  } catch (error) {
    throw error instanceof NothingWhole ? error : unwritable(path, error);
  }
}

/** There were checkpoints, but none to go on from: whoever owns them decides. */
class NothingWhole extends Error {
  constructor(path: string, { damaged }: { readonly damaged: readonly string[] }) {
    super(`${damaged.join("; ")}: delete "${path}" to begin the run again.`);
  }
}

/** A log that has one step a line, cut to the first `steps`; closing it twice does no harm. */
function openLog(
  path: string,
  steps: number,
): { add(step: Step): void; sync(): void; close(): void } {
  const encoder = new TextEncoder();
  let file: Deno.FsFile | null;
  try {
    file = Deno.openSync(path, { create: true, read: true, append: true });
    file.truncateSync(endOfLine(Deno.readFileSync(path), steps, path));
  } catch (error) {
    throw error instanceof LogError ? error : unwritable(path, error);
  }
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

class LogError extends Error {}

/** Where the first `lines` lines end. */
function endOfLine(bytes: Uint8Array, lines: number, path: string): number {
  let end = 0;
  for (let line = 0; line < lines; line++) {
    end = bytes.indexOf(10, end) + 1;
    if (end > 0) continue;
    throw new LogError(
      `Cannot go on with "${path}": it has ${line} steps, but the checkpoint beside it ${lines}; ` +
        `delete its folder to begin the run again.`,
    );
  }
  return end;
}

/**
 * Where a finished run of another configuration goes when a new one takes its place; null where there
 * is none.
 */
export async function placeAside(target: string, identity: string): Promise<string | null> {
  const text = await Deno.readTextFile(join(target, "run.json")).catch(() => null);
  const other = text === null ? undefined : /"identity": *"([0-9a-f]{12})/.exec(text)?.[1];
  return other === undefined || identity.startsWith(other) ? null : `${target}.${other}.older`;
}

/** Renames `path` to `target`; when that fails, what was before is there again. */
async function replace(target: string, path: string, identity: string): Promise<void> {
  const aside = await placeAside(target, identity);
  const old = aside ?? `${target}.replaced`;
  await Deno.remove(old, { recursive: true }).catch(ignoreMissing);
  await Deno.rename(target, old).catch(ignoreMissing);
  try {
    await Deno.rename(path, target);
  } catch (error) {
    await Deno.rename(old, target).catch(ignoreMissing);
    throw unwritable(target, error);
  }
  if (!aside) await Deno.remove(old, { recursive: true }).catch(ignoreMissing);
}

/**
 * Writes a text file of the results whole or not at all.
 *
 * @throws one sentence when it can't be written.
 */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeAside(file, [new TextEncoder().encode(text)], () => file);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** The error of a place in the results folder that can't be written. */
export function unwritable(path: string, cause: unknown): Error {
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
