/**
 * Whether a task's record can be used: a mistyped column, label or metric is told before a file is
 * read or an hour is spent.
 *
 * @module
 */

import type { Layout } from "./input/readers.ts";
import type { Metric } from "./metrics.ts";
import { oneLine, quote, reasonOf } from "./quote.ts";
import { type Task, tasks } from "./tasks.ts";

type Fail = (why: string) => never;

/**
 * Checks everything in a record that its type leaves open.
 *
 * Throws an error that names the task, the field, its value and what is expected.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { checkTask } from "./task_check.ts";
 * import { tasks } from "./tasks.ts";
 *
 * const mistyped = { ...tasks.rte, evaluated: ["dve"] as const };
 * assertThrows(() => checkTask(mistyped), Error, `evaluated has "dve", expected train, dev or test`);
 * ```
 */
export function checkTask(task: Task): void {
  const fail: Fail = (why) => {
    throw new Error(
      `Task ${quote(task.name)} can't be used: ${why}; mend its record in lib/tasks.ts.`,
    );
  };
  if (!/^[a-z][a-z0-9_]*$/.test(task.name)) {
    fail("its name is not made of small letters, digits and _");
  }
  checkLabels(task, fail);
  checkSplits(task, fail);
  const { dropout, headOf } = task;
  if (!(Number.isFinite(dropout) && dropout >= 0 && dropout < 1)) {
    fail(`dropout is ${quote(dropout)}, expected 0 up to below 1`);
  }
  if (headOf !== task.name && !Object.hasOwn(tasks, headOf)) {
    fail(`headOf is ${quote(headOf)}, expected ${either([task.name, ...Object.keys(tasks)])}`);
  }
  for (const metric of task.metrics) checkMetric(task, metric, fail);
  if (task.metrics.length === 0) fail("metrics has none, expected at least one");
}

function checkLabels({ labels, head, refineHead, pairing }: Task, fail: Fail): void {
  if (labels.length === 1) {
    fail(`labels has ${quote(labels[0])} alone, expected two, or none for a score`);
  }
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) fail(`labels has ${quote(twice)} twice`);
  for (const [field, { name }] of Object.entries({ head, refineHead })) {
    if ((name === "regress") !== (labels.length === 0)) {
      fail(`${field} is ${name} for ${labels.length} labels, expected regress for a score alone`);
    }
  }
  if (pairing !== undefined && labels.length !== 2) {
    fail(`pairing needs two labels, there are ${labels.length}`);
  }
}

function checkSplits({ splits, evaluated, labels }: Task, fail: Fail): void {
  const names = Object.keys(splits);
  const learned = names.includes("train") ? ["train"] : [];
  for (const split of [...learned, ...evaluated]) {
    const source = Object.hasOwn(splits, split) ? splits[split] : undefined;
    if (source === undefined) {
      return fail(`evaluated has ${quote(split)}, expected ${either(names)}`);
    }
    if (source.layout.target === undefined) {
      fail(`the layout of split ${quote(split)} names no target`);
    }
  }
  for (const [split, { candidates, layout }] of Object.entries(splits)) {
    const refuse: Fail = (why) => fail(`split ${quote(split)} ${why}`);
    if (candidates.length === 0) refuse("has no file");
    checkLayout(layout, labels, refuse);
  }
}

function checkLayout(layout: Layout, labels: readonly string[], fail: Fail): void {
  const { columns, premise, hypothesis, target, words = {}, range = [0, 5] } = layout;
  for (const [field, name] of Object.entries({ premise, hypothesis, target })) {
    if (name === undefined || columns === undefined) continue;
    const count = columns.filter((column) => column.toLowerCase() === name.toLowerCase()).length;
    if (count === 0) fail(`has the ${field} ${quote(name)}, expected ${either(columns)}`);
    if (count > 1) fail(`has the column ${quote(name)} twice`);
  }
  for (const [word, label] of Object.entries(words)) {
    if (labels.includes(label)) continue;
    fail(`has the word ${quote(word)} for ${quote(label)}, expected ${either(labels)}`);
  }
  if (!(range[0] < range[1])) fail(`has scores from ${range[0]} to ${range[1]}`);
}

/** A metric is asked for what every label, or a few scores, would give if all were right. */
function checkMetric({ labels }: Task, metric: Metric | undefined, fail: Fail): void {
  if (typeof metric?.compute !== "function") return fail(`metrics has ${quote(metric)}`);
  const values = labels.length > 0 ? [...labels.keys()] : [0, 0.5, 2];
  try {
    metric.compute(values, values);
  } catch (error) {
    fail(`metrics has ${metric.name}, which it can't be scored by (${reasonOf(error)})`);
  }
}

/** Names as a choice. */
function either(names: readonly string[]): string {
  const shown = names.map((name) => oneLine(name, 40));
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}
