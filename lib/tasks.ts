/**
 * Every task, one record each. A new task is one more record here (and a layout, if its files look
 * like no other's); training, evaluation and tables go through the records.
 *
 * @module
 */

import { labels, sources } from "./input/layouts.ts";
import type { Layout } from "./input/readers.ts";
import {
  accuracy,
  f1,
  macroF1,
  matthews,
  type Metric,
  microF1,
  pearson,
  spearman,
} from "./metrics/metrics.ts";
import { type Decision, type Head, heads } from "./model/heads.ts";
import { type Objective, objectives } from "./model/objectives.ts";
import { checkTask, HEAD_DROPOUT, type Task } from "./train/task.ts";

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

/** All tasks by name. */
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

/** What {@linkcode defineTask} is told of a task; what is left out follows from the rest. */
export interface TaskDefinition {
  /** Small letters, digits and _; it names folders, and the task's head. */
  readonly name: string;
  /** As tables print it; the name when left out. */
  readonly title?: string;
  /** A file for each split, relative to the data folder: .csv, or else tab-separated. */
  readonly files:
    & { readonly train?: string; readonly dev: string }
    & Readonly<
      Record<string, string>
    >;
  /** Column of the text, or of the first of two (the premise). */
  readonly text: string;
  /** Column of the second text (the hypothesis). */
  readonly hypothesis?: string;
  /** Column of the label or score. */
  readonly label: string;
  /** Column of the identifier; rows are counted when left out. */
  readonly id?: string;
  /** Names of the labels; none for a score. */
  readonly labels: readonly string[];
  /** What stands between the labels of a row that may have any number of them. */
  readonly separator?: string;
  /** Least and greatest score; 0 and 5 when left out. */
  readonly range?: readonly [number, number];
  /** The linear head that fits when left out. */
  readonly head?: Head;
  /** The head of the multi-task stage; `head` when left out. */
  readonly refineHead?: Head;
  /** The objective that fits the head when left out. */
  readonly objective?: Objective;
  /** The first selects the checkpoint; those that fit the head when left out. */
  readonly metrics?: readonly [Metric, ...Metric[]];
  /** Dropout of the head; 0.1 when left out. */
  readonly dropout?: number;
}

/** What a task learns by and is scored by, unless it says otherwise, by what its head decides. */
const usual: Readonly<
  Record<Decision, { readonly objective: Objective; readonly metrics: Task["metrics"] }>
> = {
  one: { objective: objectives.crossEntropy, metrics: [accuracy, macroF1] },
  several: { objective: objectives.binaryCrossEntropy, metrics: [microF1, macroF1] },
  number: { objective: objectives.squaredError, metrics: [pearson, spearman] },
  candidate: { objective: objectives.crossEntropy, metrics: [accuracy] },
};

/**
 * A task of one's own, made of a few words.
 *
 * @throws one sentence that names the field, when the parts don't fit together.
 *
 * @example
 * ```ts
 * import { defineTask } from "./tasks.ts";
 *
 * const tickets = defineTask({
 *   name: "tickets",
 *   files: { train: "train.csv", dev: "dev.csv" },
 *   text: "body",
 *   label: "topic",
 *   labels: ["billing", "bug", "question"],
 * });
 * tickets.head.name; // "classify"
 * ```
 */
export function defineTask(definition: TaskDefinition): Task {
  const { name, title = name, files, text, hypothesis, label, id, labels } = definition;
  const { separator, range, dropout = HEAD_DROPOUT } = definition;
  const layout = (file: string): Layout => ({
    format: /\.csv(\.gz)?$/i.test(file) ? "csv" : "tsv",
    premise: text,
    target: label,
    ...(hypothesis !== undefined && { hypothesis }),
    ...(id !== undefined && { id }),
    ...(separator !== undefined && { labelSeparator: separator }),
    ...(range !== undefined && { range }),
  });
  const linear = labels.length === 0
    ? heads.regress
    : separator === undefined
    ? heads.classify
    : heads.classifySeveral;
  const { head = linear } = definition;
  const { objective, metrics } = usual[head.decides];
  const task: Task = {
    ...{ name, title, labels, headOf: name, head, dropout, official: {} },
    splits: Object.fromEntries(
      Object.entries(files).map(([split, file]) => [
        split,
        { candidates: [file], layout: layout(file) },
      ]),
    ),
    evaluated: ["dev"],
    refineHead: definition.refineHead ?? head,
    objective: definition.objective ?? objective,
    metrics: definition.metrics ?? metrics,
  };
  checkTask(task);
  return task;
}
