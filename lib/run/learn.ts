/**
 * What a script does with a model: read its own rows, train, score, and predict new texts.
 *
 * @module
 */

import { featurize } from "../input/features.ts";
import { recipes } from "../recipes.ts";
import { createEvaluator, type Evaluation } from "../train/evaluator.ts";
import type { TrainingOptions } from "../train/options.ts";
import { targetWidthOf, type Task } from "../train/task.ts";
import { createTrainer } from "../train/trainer.ts";
import type { Features, Step } from "../types.ts";
import { hasSplit, prepareSplit } from "./dataset.ts";
import { type LoadedEncoder, type Model, taskIn } from "./model.ts";

/** One text, two (premise and hypothesis), or one with its candidates. */
export type Text = string | readonly [premise: string, hypothesis: string | readonly string[]];

/** Greatest number of pieces in a sequence, unless the caller says otherwise. */
const MAX_LENGTH = 128;

/**
 * The rows of a task's splits as features, by split; splits without a file are left out.
 *
 * @param encoder whose tokenizer cuts the texts, as `loadEncoder` or a model has it.
 * @throws one sentence with file and line when a row is bad, or no split has a file.
 *
 * @example
 * ```ts
 * import { tasks } from "../tasks.ts";
 * import { readFeatures } from "./learn.ts";
 * import { loadEncoder } from "./model.ts";
 * const { train, dev } = await readFeatures(tasks.rte, await loadEncoder(), {
 *   data: "data/sample",
 * });
 * train!.rows.length > dev!.rows.length; // true
 * ```
 */
export async function readFeatures(
  task: Task,
  { tokenizer }: Pick<LoadedEncoder, "tokenizer">,
  options: {
    /** Folder that the task's files are in; the one the program was started in when left out. */
    readonly data?: string;
    /** Greatest number of pieces in a sequence; 128 when left out. */
    readonly maxLength?: number;
  } = {},
): Promise<Record<string, Features>> {
  const { data = ".", maxLength = MAX_LENGTH } = options;
  const found: Record<string, Features> = {};
  for (const split of Object.keys(task.splits)) {
    if (!await hasSplit(task, split, data)) continue;
    found[split] = (await prepareSplit(task, split, { data, tokenizer, maxLength })).features;
  }
  if (Object.keys(found).length > 0) return found;
  const files = Object.values(task.splits).flatMap(({ candidates }) => candidates);
  throw new Error(`Cannot read task "${task.name}": "${data}" has none of ${files.join(", ")}.`);
}

/**
 * Trains a model on the rows of its tasks, mixed batch by batch (MT-DNN, Algorithm 1), and yields
 * each step; leaving the loop stops.
 *
 * @param rows features by the name of their task.
 * @param options what differs from the recipe for finetuning a small encoder: three epochs of
 * batches of 32 rows, at a rate that rises to 2e-4. BERT-base wants 2e-5 to 5e-5.
 * @throws when a task has no head in the model, or a loss is not finite.
 *
 * @example
 * ```ts
 * import { tasks } from "../tasks.ts";
 * import { readFeatures, train } from "./learn.ts";
 * import { createModel, loadEncoder } from "./model.ts";
 * const encoder = await loadEncoder();
 * using model = await createModel(encoder, [tasks.rte]);
 * const rows = await readFeatures(tasks.rte, encoder, { data: "data/sample" });
 * for await (const { step, loss } of train(model, { rte: rows.train! }, { maxSteps: 2 })) {
 *   console.log(step, loss);
 * }
 * ```
 */
export async function* train(
  model: Model,
  rows: Readonly<Record<string, Features>>,
  options: Partial<TrainingOptions> & { readonly signal?: AbortSignal } = {},
): AsyncGenerator<Step> {
  const { signal, ...changes } = options;
  const entries = Object.entries(rows).map(([name, features]) => {
    const task = taskIn(model, name);
    checkRows(task, features);
    checkTargets(task, features);
    return { task, head: task.head, features };
  });
  const trainer = createTrainer(model.network, entries, {
    ...recipes.small.finetune,
    seed: 1,
    precision: "float32",
    ...changes,
  });
  try {
    yield* trainer.steps(signal);
  } finally {
    trainer.dispose();
  }
}

/**
 * Scores a model on rows of a task: its metrics (x 100 where they are shares), and the prediction for
 * each row.
 *
 * @throws when the model has no head for the task, or rows have no target.
 *
 * @example
 * ```ts
 * import { tasks } from "../tasks.ts";
 * import { evaluate, readFeatures } from "./learn.ts";
 * import { createModel, loadEncoder } from "./model.ts";
 * const encoder = await loadEncoder();
 * using model = await createModel(encoder, [tasks.rte]);
 * const { dev } = await readFeatures(tasks.rte, encoder, { data: "data/sample" });
 * console.log((await evaluate(model, tasks.rte, dev!)).scores.accuracy); // about 50: it has learned nothing
 * ```
 */
export async function evaluate(
  model: Model,
  task: Task,
  rows: Features,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Evaluation> {
  checkTargets(task, rows);
  return await withEvaluator(model, task, rows, (evaluator) => evaluator.evaluate(rows, options));
}

/**
 * What a model decides for new texts, in the words of the task's labels, with the probability of each.
 *
 * @throws when the model has no head for the task, or a text doesn't have the shape its head reads.
 *
 * @example
 * ```ts
 * import { tasks } from "../tasks.ts";
 * import { predict } from "./learn.ts";
 * import { createModel, loadEncoder } from "./model.ts";
 * using model = await createModel(await loadEncoder(), [tasks.rte]);
 * const [row] = await predict(model, tasks.rte, [["It rained all night.", "The street is wet."]]);
 * console.log(row); // { prediction: "entailment", "p(not_entailment)": 0.49, "p(entailment)": 0.51 }
 * ```
 */
export async function predict(
  model: Model,
  task: Task,
  texts: readonly Text[],
  options: { readonly maxLength?: number; readonly signal?: AbortSignal } = {},
): Promise<Record<string, string | number>[]> {
  taskIn(model, task);
  const { maxLength = MAX_LENGTH, signal } = options;
  const pairs = Object.values(task.splits).some(({ layout }) => layout.hypothesis !== undefined);
  const examples = texts.map((text, row) => {
    const [premise, second] = typeof text === "string" ? [text, []] : text;
    const hypotheses = typeof second === "string" ? [second] : second;
    if ((hypotheses.length > 0) !== pairs) {
      throw new Error(
        `Cannot predict text ${row} for task "${task.name}": it has ` +
          `${hypotheses.length > 0 ? "a second text" : "one text"}, expected ` +
          `${pairs ? "[premise, hypothesis]" : "a single text"}.`,
      );
    }
    return { row, id: String(row), premise, hypotheses, targets: [] };
  });
  if (examples.length === 0) return [];
  const rows = featurize(examples, model.encoder.tokenizer, { maxLength });
  const { predictions } = await withEvaluator(
    model,
    task,
    rows,
    (evaluator) => evaluator.predict(rows, { signal }),
  );
  return predictions.map((decided) => {
    const { prediction, ...shares } = task.head.show(decided, task.labels);
    const numbers = Object.keys(shares).map((name, i) => [name, decided.probabilities[i]!]);
    return { prediction: prediction!, ...Object.fromEntries(numbers) };
  });
}

/** Rows of another shape than the head reads would be decided wrongly, or not at all. */
function checkRows({ name, head }: Task, { candidates }: Features): void {
  const expected = head.decides === "candidate" ? Number(head.settings?.candidates) : 1;
  if (candidates === expected) return;
  throw new Error(
    `Rows of task "${name}" have ${candidates} candidates each, expected ${expected}: the head is ` +
      `${head.name}.`,
  );
}

/** Targets that are no labels of the task are another task's. */
function checkTargets(task: Task, { targets, ids }: Features): void {
  const { name, labels, head } = task;
  const width = targetWidthOf(task);
  const isTarget = (target: number) =>
    head.decides === "one"
      ? Number.isInteger(target) && target >= 0 && target < labels.length
      : head.decides === "several"
      ? target === 0 || target === 1
      : Number.isFinite(target);
  const wrong = targets.findIndex((target) => !isTarget(target));
  if (wrong < 0 && targets.length === ids.length * width) return;
  throw new Error(
    wrong < 0
      ? `Rows of task "${name}" have ${
        targets.length / ids.length
      } numbers for targets, expected ` +
        `${width}: they are of another task.`
      : `Row "${ids[Math.floor(wrong / width)]}" has the target ${targets[wrong]}, which task ` +
        `"${name}" has not${
          labels.length > 0 ? ` among its ${labels.length} labels` : ""
        }: rows of ` +
        `another task, or of a split without labels?`,
  );
}

async function withEvaluator<T>(
  model: Model,
  task: Task,
  rows: Features,
  use: (evaluator: ReturnType<typeof createEvaluator>) => Promise<T>,
): Promise<T> {
  const { head } = taskIn(model, task);
  checkRows(task, rows);
  const { candidates } = rows;
  const evaluator = createEvaluator(model.network, {
    task,
    head,
    candidates,
    precision: "float32",
  });
  try {
    return await use(evaluator);
  } finally {
    evaluator.dispose();
  }
}
