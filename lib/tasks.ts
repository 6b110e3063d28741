/**
 * Every built-in task, one record each. A new task is one more record here, made by `defineTask` of
 * train/definition.ts or written out; training, evaluation and tables go through the records.
 *
 * @module
 */

import { labels, sources } from "./input/layouts.ts";
import { accuracy, f1, matthews, pearson, spearman } from "./metrics/metrics.ts";
import { heads } from "./model/heads.ts";
import { objectives } from "./model/objectives.ts";
import { HEAD_DROPOUT, type Task } from "./train/task.ts";

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
    head: heads.classify,
    refineHead: pairs ? heads.answer() : heads.classify,
    objective: objectives.crossEntropy,
    dropout: HEAD_DROPOUT,
    ...own,
  };
}

/** Name of a task. */
export type TaskName =
  | ("cola" | "sst2" | "mrpc" | "stsb" | "qqp" | "mnli" | "qnli" | "qnli_rank" | "rte" | "wnli")
  | ("ax" | "snli" | "scitail");

/**
 * All tasks by name.
 *
 * @example
 * ```ts
 * import { tasks } from "./tasks.ts";
 * tasks.rte.labels; // ["not_entailment", "entailment"]
 * ```
 */
export const tasks: Readonly<Record<TaskName, Task>> = {
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
    head: heads.regress,
    refineHead: heads.regress,
    objective: objectives.squaredError,
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
    head: heads.rank(2),
    refineHead: heads.rank(2),
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
};

for (const [key, { name }] of Object.entries(tasks)) {
  if (key === name) continue;
  throw new Error(`Record "${key}" of lib/tasks.ts has the name "${name}": give both the same.`);
}

/** The eight tasks of the multi-task stage, WNLI being left out (paper, section 4.1). */
export const refinementTasks: readonly TaskName[] = [
  "mnli",
  "rte",
  "qqp",
  "qnli",
  "mrpc",
  "sst2",
  "cola",
  "stsb",
];

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
