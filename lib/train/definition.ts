/**
 * A task of one's own, made of the names of its files and columns.
 *
 * @module
 */

import type { Layout } from "../input/readers.ts";
import { accuracy, macroF1, type Metric, microF1, pearson, spearman } from "../metrics/metrics.ts";
import { type Decision, type Head, heads } from "../model/heads.ts";
import { type Objective, objectives } from "../model/objectives.ts";
import { checkTask, HEAD_DROPOUT, type Task } from "./task.ts";

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
 * import { defineTask } from "./definition.ts";
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
    name,
    title,
    labels,
    headOf: name,
    head,
    dropout,
    official: {},
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
