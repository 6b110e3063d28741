/**
 * What a task is: which files it has, what its head decides, what it learns by and is scored by.
 *
 * @module
 */

import { oneLine, quote, reasonOf } from "../base/quote.ts";
import type { Pairing } from "../input/ranking.ts";
import type { Layout, Source } from "../input/readers.ts";
import { computeScores, type Metric } from "../metrics/metrics.ts";
import type { Decision, Head } from "../model/heads.ts";
import type { Objective } from "../model/objectives.ts";

/** One task. */
export interface Task {
  /** Small letters, digits and _; it names folders, and the head. */
  readonly name: string;
  /** As tables print it. */
  readonly title: string;
  /** Files and layouts by split. */
  readonly splits: Readonly<Record<string, Source>>;
  /** Splits whose scores are reported; the first selects. */
  readonly evaluated: readonly [string, ...string[]];
  /** Label names by number; none for a score. */
  readonly labels: readonly string[];
  /** Task whose head decides, where it is not the task's own. */
  readonly headOf: string;
  /** Linear head. */
  readonly head: Head;
  /** Head of the multi-task stage: the answer head where the paper uses it. */
  readonly refineHead: Head;
  /** What training minimises. */
  readonly objective: Objective;
  /** The first selects the checkpoint. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Makes ranking rows of question-and-sentence rows. */
  readonly pairing?: Pairing;
  /** Dropout of the head (paper, section 4.2). */
  readonly dropout: number;
  /** Rows of the official splits. */
  readonly official: Readonly<Record<string, number>>;
}

/** Dropout of heads without a rate of their own (paper, section 4.2). */
export const HEAD_DROPOUT = 0.1;

/** Number of outputs of a task's head: its labels, or 1 for a number or the score of a candidate. */
export function outputsOf({ head, labels }: Task): number {
  return head.decides === "one" || head.decides === "several" ? labels.length : 1;
}

/** Width of a task's targets: a number for each label where several may be right, else one. */
export function targetWidthOf({ head, labels }: Task): number {
  return head.decides === "several" ? labels.length : 1;
}

type Fail = (why: string) => never;

/**
 * Checks everything in a record that its type leaves open.
 *
 * Throws an error that names the task, the field, its value and what is expected.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { tasks } from "../tasks.ts";
 * import { checkTask } from "./task.ts";
 *
 * const mistyped = { ...tasks.rte, evaluated: ["dve"] as const };
 * assertThrows(() => checkTask(mistyped), Error, `evaluated has "dve", expected train, dev or test`);
 * ```
 */
export function checkTask(task: Task, others: readonly string[] = []): void {
  const fail: Fail = (why) => {
    throw new Error(
      `Task ${quote(task.name)} can't be used: ${why}; mend its record.`,
    );
  };
  if (!/^[a-z][a-z0-9_]*$/.test(task.name)) {
    fail("its name is not made of small letters, digits and _");
  }
  checkLabels(task, fail);
  checkHeads(task, fail);
  checkSplits(task, fail);
  const { dropout, headOf } = task;
  if (!(Number.isFinite(dropout) && dropout >= 0 && dropout < 1)) {
    fail(`dropout is ${quote(dropout)}, expected 0 up to below 1`);
  }
  if (headOf !== task.name && !others.includes(headOf)) {
    fail(`headOf is ${quote(headOf)}, expected ${either([task.name, ...others])}`);
  }
  for (const metric of task.metrics) checkMetric(task, metric, fail);
  if (task.metrics.length === 0) fail("metrics has none, expected at least one");
}

function checkLabels({ labels, pairing, head }: Task, fail: Fail): void {
  if (labels.length === 1) {
    fail(`labels has ${quote(labels[0])} alone, expected two, or none for a score`);
  }
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) fail(`labels has ${quote(twice)} twice`);
  const listed = head.decides === "several" && labels.find((label) => label.includes(","));
  if (listed) fail(`labels has ${quote(listed)}, but commas stand between several labels`);
  if (pairing !== undefined && labels.length !== 2) {
    fail(`pairing needs two labels, there are ${labels.length}`);
  }
}

/** What heads decide, in words. */
const decisions: Readonly<Record<Decision, string>> = {
  one: "one of several labels",
  several: "several labels",
  number: "a number",
  candidate: "one of several candidates",
};

/** Both heads have to decide what the labels, the pairing and the objective are made for. */
function checkHeads({ labels, head, refineHead, objective, pairing }: Task, fail: Fail): void {
  for (const [field, { name, decides }] of Object.entries({ head, refineHead })) {
    const refuse: Fail = (why) =>
      fail(`${field} is ${name}, which decides ${decisions[decides]}, but ${why}`);
    if (decides !== head.decides) refuse(`head is ${head.name}`);
    if ((decides === "number") !== (labels.length === 0)) {
      refuse(`there are ${labels.length} labels`);
    }
    if ((decides === "candidate") !== (pairing !== undefined)) {
      refuse(`pairing is ${quote(pairing)}`);
    }
    if (!objective.suits.includes(decides)) refuse(`objective is ${objective.name}`);
  }
}

function checkSplits({ splits, evaluated, labels, head }: Task, fail: Fail): void {
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
    const separator = layout.labelSeparator;
    const several = layout.target !== undefined && head.decides === "several";
    if (separator === "" || several !== (separator !== undefined)) {
      refuse(
        `has the labelSeparator ${quote(separator)}, but head decides ${decisions[head.decides]}`,
      );
    }
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
function checkMetric(task: Task, metric: Metric | undefined, fail: Fail): void {
  if (typeof metric?.compute !== "function") return fail(`metrics has ${quote(metric)}`);
  const [count, width] = [task.labels.length, targetWidthOf(task)];
  const values = width > 1
    ? Array.from({ length: count * width }, (_, i) => i % (width + 1) === 0 ? 1 : 0)
    : count > 0
    ? [...task.labels.keys()]
    : [0, 0.5, 2];
  try {
    computeScores([metric], values, values, width);
  } catch (error) {
    fail(`metrics has ${metric.name}, which it can't be scored by (${reasonOf(error)})`);
  }
}

/** Names as a choice. */
function either(names: readonly string[]): string {
  const shown = names.map((name) => oneLine(name, 40));
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}
