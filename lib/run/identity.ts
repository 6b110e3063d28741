/**
 * What identifies a run: a hash of everything that its numbers depend on. Whoever corrects the record
 * of a task or a recipe gets another run, not the old numbers.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Recipe } from "../recipes.ts";
import type { Head } from "../model/heads.ts";
import type { Task } from "../train/task.ts";

/**
 * Fields of a task or a recipe that a run's identity leaves out, each with the reason; all others are
 * part of it.
 */
export const unidentified: Readonly<Partial<Record<keyof (Task & Recipe), string>>> = {
  title: "it is only shown",
  official: "counts of rows that tables show beside ours",
  metrics: "all but the first, which selects the epoch, are computed anew from kept predictions",
  refineHead: "the head that a run uses is part of it, whichever field it came from",
};

/**
 * A task as a run's identity has it: every field but the {@linkcode unidentified} ones, with the head
 * that the run uses, and of the splits those that it reads.
 *
 * @param splits names of the splits that the run reads.
 *
 * @example
 * ```ts
 * import { describeTask, identityOf } from "./identity.ts";
 * import { tasks } from "../tasks.ts";
 *
 * const { head } = tasks.rte;
 * const other = { ...tasks.rte, dropout: 0.2 };
 * const [before, after] = [tasks.rte, other].map((task) => describeTask(task, head, ["dev"]));
 * identityOf(before) === identityOf(after); // false
 * ```
 */
export function describeTask(
  task: Task,
  head: Head,
  splits: readonly string[],
): Record<string, unknown> {
  const fields = Object.entries(task).filter(([name]) => !Object.hasOwn(unidentified, name));
  return {
    ...Object.fromEntries(fields),
    splits: Object.fromEntries(splits.map((split) => [split, task.splits[split]?.layout ?? null])),
    head: describeHead(head),
    objective: task.objective.name,
    selects: task.metrics[0].name,
  };
}

/** A head's name and settings. */
function describeHead({ name, settings }: Head): Record<string, unknown> {
  return { name, ...settings };
}

/**
 * A hash of anything JSON can hold, whatever the order of its keys.
 *
 * @throws where a part is a function or something else that JSON would leave out.
 */
export function identityOf(value: unknown): string {
  const sorted = (part: unknown, path: string): unknown => {
    if (typeof part === "function" || typeof part === "symbol") {
      throw new Error(`Cannot identify a run by its ${path}: it is a ${typeof part}.`);
    }
    if (Array.isArray(part)) return part.map((each, i) => sorted(each, `${path}[${i}]`));
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(
      Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1)
        .map(([key, of]) => [key, sorted(of, path === "" ? key : `${path}.${key}`)]),
    );
  };
  return createHash("sha256").update(JSON.stringify(sorted(value, ""))).digest("hex");
}
