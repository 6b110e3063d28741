/**
 * Every task, one record each. A new task is one more record here (and a layout, if its files look
 * like no other's); training, evaluation and tables go through the records.
 *
 * @module
 */

import { labels, sources } from "./input/layouts.ts";
import type { PairingOptions } from "./input/ranking.ts";
import type { Source } from "./input/readers.ts";
import { accuracy, f1, matthews, type Metric, pearson, spearman } from "./metrics.ts";
import { answer, classify, type Head, rank, regress } from "./model/heads.ts";
import {
  crossEntropyObjective,
  type Objective,
  squaredErrorObjective,
} from "./model/objectives.ts";

/** One task. */
export interface Task {
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
  readonly objective: Objective;
  /** The first selects the checkpoint. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Makes ranking rows of question-and-sentence rows. */
  readonly pairing?: PairingOptions["pairing"];
  /** Dropout of the head (paper, section 4.2). */
  readonly dropout: number;
  /** Rows of the official splits. */
  readonly official: Readonly<Record<string, number>>;
}

/** Dropout of heads without a rate of their own (paper, section 4.2). */
export const HEAD_DROPOUT = 0.1;

type Own =
  & Pick<Task, "title" | "metrics" | "official">
  & Partial<Pick<Task, "evaluated" | "dropout" | "headOf">>;

/** A task over labels; `pairs` allows the answer head. */
function labelled(name: keyof typeof sources, pairs: boolean, own: Own): Task {
  return {
    name,
    splits: sources[name],
    evaluated: ["dev"],
    labels: labels[name],
    headOf: name,
    head: classify,
    refineHead: pairs ? answer() : classify,
    objective: crossEntropyObjective,
    dropout: HEAD_DROPOUT,
    ...own,
  };
}

/** All tasks by name. */
export const tasks = {
  cola: labelled("cola", false, {
    title: "CoLA",
    metrics: [matthews, accuracy],
    dropout: 0.05,
    official: { train: 8551, dev: 1043 },
  }),
  sst2: labelled("sst2", false, {
    title: "SST-2",
    metrics: [accuracy],
    official: { train: 67349, dev: 872 },
  }),
  mrpc: labelled("mrpc", true, {
    title: "MRPC",
    metrics: [accuracy, f1],
    official: { train: 3668, dev: 408 },
  }),
  stsb: {
    ...labelled("stsb", false, {
      title: "STS-B",
      metrics: [pearson, spearman],
      official: { train: 5749, dev: 1500 },
    }),
    head: regress,
    refineHead: regress,
    objective: squaredErrorObjective,
  },
  qqp: labelled("qqp", true, {
    title: "QQP",
    metrics: [accuracy, f1],
    official: { train: 363849, dev: 40430 },
  }),
  mnli: labelled("mnli", true, {
    title: "MNLI",
    metrics: [accuracy],
    evaluated: ["dev_matched", "dev_mismatched"],
    dropout: 0.3,
    official: { train: 392702, dev_matched: 9815, dev_mismatched: 9832 },
  }),
  qnli: labelled("qnli", true, {
    title: "QNLI",
    metrics: [accuracy],
    official: { train: 104743, dev: 5463 },
  }),
  qnli_rank: {
    ...labelled("qnli", false, {
      title: "QNLI as ranking",
      metrics: [accuracy],
      headOf: "qnli_rank",
      official: {},
    }),
    name: "qnli_rank",
    head: rank(2),
    refineHead: rank(2),
    pairing: "question",
  },
  rte: labelled("rte", true, {
    title: "RTE",
    metrics: [accuracy],
    official: { train: 2490, dev: 277 },
  }),
  wnli: labelled("wnli", true, {
    title: "WNLI",
    metrics: [accuracy],
    official: { train: 635, dev: 71 },
  }),
  ax: labelled("ax", true, {
    title: "AX",
    metrics: [matthews],
    evaluated: ["test_labelled"],
    headOf: "mnli",
    official: { test_labelled: 1104 },
  }),
  snli: labelled("snli", true, {
    title: "SNLI",
    metrics: [accuracy],
    official: { train: 549367, dev: 9842 },
  }),
  scitail: labelled("scitail", true, {
    title: "SciTail",
    metrics: [accuracy],
    official: { train: 23596, dev: 1304 },
  }),
} as const satisfies Record<string, Task>;

/** Name of a task. */
export type TaskName = keyof typeof tasks;

/** The eight tasks of the multi-task stage, WNLI being left out (paper, section 4.1). */
export const refinementTasks = [
  "mnli",
  "rte",
  "qqp",
  "qnli",
  "mrpc",
  "sst2",
  "cola",
  "stsb",
] as const satisfies readonly TaskName[];

/**
 * The task called `name`.
 *
 * @throws with the known names when there is none.
 *
 * @example
 * ```ts
 * import { taskNamed } from "./tasks.ts";
 * taskNamed("rte").labels; // ["not_entailment", "entailment"]
 * ```
 */
export function taskNamed(name: string): Task {
  if (Object.hasOwn(tasks, name)) return tasks[name as TaskName];
  throw new Error(`Unknown task "${name}": expected one of ${Object.keys(tasks).join(", ")}.`);
}

/** Number of outputs of a task's head: its labels, or 1 for a score. */
export function outputsOf(task: Task): number {
  return Math.max(1, task.labels.length);
}
