/**
 * The checkpoints of an unfinished run: everything it needs to go on to the same bits. Each lies in
 * a folder of its own below the run's, named by its step; the last two are kept.
 *
 * @module
 */

import { join } from "node:path";
import { ignoreMissing } from "../base/disk.ts";
import { loadCheckpoint, saveCheckpoint, type StoredParameters } from "../model/checkpoint.ts";
import type { TrainingState } from "../train/optimizers.ts";
import type { Scores } from "../types.ts";

/** The epoch that is kept so far. */
export interface Best {
  readonly epoch: number;
  /** What selects the epoch: the greater the better. */
  readonly worth: number;
  /** Its scores, by "task/split"; its predictions lie beside. */
  readonly scores: Readonly<Record<string, Scores>>;
}

/** A run between two steps. */
export interface RunCheckpoint {
  readonly parameters: StoredParameters;
  readonly training: TrainingState;
  /** Null before the first epoch was scored. */
  readonly best: Best | null;
  /** Steps done when the run was last scored; 0 when it never was. */
  readonly scored: number;
  /** Steps that changed nothing because they were not finite. */
  readonly skipped: number;
  /** Seconds the run has taken, pauses not counted. */
  readonly seconds: number;
  /** Steps at which the run went on after a stop. */
  readonly resumed: readonly number[];
}

const FOLDER = "checkpoints";
/** How many are kept: one more than needed, in case the newest is damaged. */
const KEPT = 2;

/** Folder of the checkpoint after `step` steps; names sort as steps do. */
const nameOf = (step: number) => `step-${String(step).padStart(9, "0")}`;

/**
 * Saves a checkpoint below a run's folder, and removes all but the last two. A stop at any moment
 * leaves the ones before whole.
 *
 * @throws where the disk refuses; those that were there are then still there.
 */
export async function keepCheckpoint(run: string, checkpoint: RunCheckpoint): Promise<string> {
  const { parameters, training: { optimizer, ...training }, ...rest } = checkpoint;
  const folder = join(run, FOLDER, nameOf(checkpoint.training.step));
  await saveCheckpoint(folder, { parameters, optimizer, state: { training, ...rest } });
  const names = await checkpointNames(run);
  for (const name of names.slice(0, -KEPT)) await removeCheckpoint(run, name);
  return folder;
}

/**
 * The newest checkpoint of a run that is whole, or null where there is none. A newer one that was
 * being written when the run stopped is removed; one that is damaged is set aside, and `damaged` says
 * what is wrong with it.
 */
export async function lastCheckpoint(
  run: string,
): Promise<{ checkpoint: RunCheckpoint | null; folder: string | null; damaged: string[] }> {
  const damaged: string[] = [];
  for (const name of (await checkpointNames(run)).reverse()) {
    const folder = join(run, FOLDER, name);
    const complete = await Deno.stat(join(folder, "checkpoint.json")).then(() => true, () => false);
    if (complete) {
      try {
        return { checkpoint: await load(folder), folder, damaged };
      } catch (error) {
        damaged.push((error as Error).message);
        await Deno.remove(`${folder}.damaged`, { recursive: true }).catch(ignoreMissing);
        await Deno.rename(folder, `${folder}.damaged`);
        continue;
      }
    }
    await removeCheckpoint(run, name);
  }
  return { checkpoint: null, folder: null, damaged };
}

/** Removes all checkpoints of a run that is finished. */
export async function removeCheckpoints(run: string): Promise<void> {
  await Deno.remove(join(run, FOLDER), { recursive: true }).catch(ignoreMissing);
}

async function load(folder: string): Promise<RunCheckpoint> {
  const { parameters, optimizer = {}, state } = await loadCheckpoint(folder);
  const { training, ...rest } = state as unknown as RunCheckpoint;
  const whole = Number.isSafeInteger(training?.step) && typeof training.updates === "object" &&
    Number.isSafeInteger(rest.scored) && Array.isArray(rest.resumed);
  if (!whole) throw new Error(`Cannot load "${folder}": it is no checkpoint of a run.`);
  // the sha256 of its file vouches for the dtypes
  const values = optimizer as TrainingState["optimizer"];
  return { ...rest, parameters, training: { ...training, optimizer: values } };
}

async function checkpointNames(run: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(join(run, FOLDER))) {
      if (/^step-\d{9,}$/.test(name)) names.push(name);
    }
  } catch (error) {
    ignoreMissing(error);
  }
  return names.sort();
}

async function removeCheckpoint(run: string, name: string): Promise<void> {
  await Deno.remove(join(run, FOLDER, name), { recursive: true }).catch(ignoreMissing);
}

/** Every so many steps, or every so many seconds. */
export type SavingPolicy = { readonly steps: number } | { readonly seconds: number };

/** What a stop without warning may cost, unless the command line says otherwise. */
const SAVING: SavingPolicy = { seconds: 300 };

/**
 * Says after each step whether it is time to save; `done` steps are saved already.
 *
 * @example
 * ```ts
 * import { savingClock } from "./checkpoints.ts";
 * const due = savingClock({ steps: 100 }, 0);
 * due(99); // false
 * due(100); // true
 * ```
 */
export function savingClock(
  policy: SavingPolicy = SAVING,
  done: number,
  now: () => number = () => performance.now(),
): (done: number) => boolean {
  let last = "steps" in policy ? done : now();
  return (done) => {
    const reached = "steps" in policy ? done : now();
    const gap = "steps" in policy ? policy.steps : 1000 * policy.seconds;
    if (reached - last < gap) return false;
    last = reached;
    return true;
  };
}
