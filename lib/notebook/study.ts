/**
 * What a notebook works with: the rows, runs and results of one set of experiments, drawn from disk.
 * Only what is missing is run, and what is there but was made otherwise is never made again unasked.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";
import type { Tokenizer } from "../input/tokenizer.ts";
import { createNetwork } from "../model/network.ts";
import type { Stage } from "../recipes.ts";
import type { Attention } from "../report/plots.ts";
import type { PredictionRow } from "../run/artifacts.ts";
import type { TerminalReporter } from "../run/console.ts";
import type { Prepared } from "../run/dataset.ts";
import type { ReproduceOptions } from "../run/options.ts";
import { openSession, type Session } from "../run/session.ts";
import { createPlanner } from "../run/stages.ts";
import { taskNamed } from "../tasks.ts";
import { startTensorFlow } from "../tensorflow/backend.ts";
import { type Reading, readRow } from "../train/attention.ts";
import type { Task } from "../train/task.ts";
import type { Example } from "../types.ts";
import { type FinishedRun, finishedRunOf, type SplitChoice, weightsOf } from "./finished.ts";

/** How a study shows and stops the runs that it has to make. */
export interface StudyControl {
  /** Shows a run while it is made. */
  readonly report: (name: string) => TerminalReporter;
  /** Folder that paths are relative to; the project's when left out. */
  readonly root?: string;
  /** Asked for each stage; a run stops before the next step when it is aborted, and is saved. */
  readonly signal?: () => AbortSignal;
}

/** A split with its features, and what became of its rows. */
export interface PreparedSplit extends Prepared {
  /** The task. */
  readonly task: Task;
  /** Name of the split. */
  readonly split: string;
}

/** A row that a run decided wrongly. */
export type Mistake = {
  /** Probability of the wrong label, x 100; for scores, how far the prediction is off. */
  readonly sure: number;
  /** What was predicted. */
  readonly prediction: string;
  /** What is right. */
  readonly target: string;
  /** The first text. */
  readonly premise: string;
  /** The second text, or the candidates. */
  readonly hypothesis: string;
};

/** How the answer head reads one row. */
export interface RowAttention extends Attention {
  /** The row's task, target and prediction, as a caption. */
  readonly caption: string;
}

/** One set of experiments; where a split is left out, it is the first that the task is scored on. */
export interface Study {
  /** What was asked for, with paths that hold wherever the process was started. */
  readonly options: ReproduceOptions;
  /** Cuts texts into the pieces that the encoder knows. */
  readonly tokenizer: Tokenizer;
  /** Features of a split, and what became of its rows. */
  prepared(task: string, split?: string): Promise<PreparedSplit>;
  /** The rows of a split as the official file has them. */
  examples(task: string, split?: string): Promise<readonly Example[]>;
  /** The runs of a stage, in their order; those that are missing are made. */
  runs(stage: Stage): Promise<FinishedRun[]>;
  /** The rows that a run was surest of and wrong, `most` of them (8 when left out). */
  mistakes(run: FinishedRun, of?: SplitChoice & { readonly most?: number }): Promise<Mistake[]>;
  /**
   * Where the answer head of a multi-task run looks while it reads a row, turn by turn: the row at
   * `position`, or else the first that it gets right; of the first task that it has an answer head
   * for, where none is named.
   */
  attention(
    run: FinishedRun,
    of?: SplitChoice & { readonly position?: number },
  ): Promise<RowAttention>;
}

/**
 * Opens a study.
 *
 * @throws one sentence that says what to do, when the data, the encoder or the library is missing.
 *
 * @example
 * ```ts ignore
 * const study = await openStudy(parseReproduce([])!, { report: runReporter });
 * const [refined] = await study.runs("refine");
 * ```
 */
export async function openStudy(
  options: ReproduceOptions,
  control: StudyControl,
): Promise<Study> {
  const complete = placed(options, control.root ?? join(import.meta.dirname!, "../.."));
  const session = await openSession(complete);
  const examples: Study["examples"] = (name, split) => {
    const task = taskNamed(name);
    return session.dataset.examples(task, split ?? task.evaluated[0]);
  };
  return {
    options: complete,
    tokenizer: session.tokenizer,
    prepared: async (name, given) => {
      const task = taskNamed(name);
      const split = given ?? task.evaluated[0];
      return { ...await session.dataset.prepare(task, split), task, split };
    },
    examples,
    mistakes: async (run, { most = 8, ...of } = {}) => {
      const rows = await run.predictions(of);
      return mistakesIn(rows, await examples(of.task ?? run.task.name, of.split)).slice(0, most);
    },
    runs: async (stage) => {
      const signal = control.signal?.();
      const found: FinishedRun[] = [];
      for (const plan of await createPlanner(session).plan(stage)) {
        signal?.throwIfAborted();
        found.push(await finishedRunOf(plan, { ...complete, report: control.report, signal }));
      }
      return found;
    },
    attention: (run, of) => readByRun(run, session, of),
  };
}

/**
 * The options with paths that hold wherever the process was started. The multi-task stage is not among
 * those asked for: its runs are the ones that are there, and the first one at least.
 */
function placed(options: ReproduceOptions, root: string): ReproduceOptions {
  const place = (path: string) => isAbsolute(path) ? path : join(root, path);
  const { data, results, encoder } = options;
  const folder = /^\.{0,2}\//.test(encoder);
  return {
    ...options,
    stages: ["finetune", "adapt"],
    data: place(data),
    results: place(results),
    encoder: folder ? place(encoder) : encoder,
  };
}

/** Wrong predictions, the surest first; predictions stand in the order of the examples. */
function mistakesIn(rows: readonly PredictionRow[], examples: readonly Example[]): Mistake[] {
  if (rows.length !== examples.length) {
    throw new Error(
      `The run has predictions for ${rows.length} rows, but the file has ${examples.length}: the ` +
        `results are of other data, run deno task reproduce to make them again.`,
    );
  }
  return rows
    .map(({ target, prediction, probabilities }, i) => ({
      sure: prediction in probabilities
        ? 100 * probabilities[prediction]!
        : Math.abs(Number(prediction) - Number(target)),
      prediction,
      target,
      premise: examples[i]!.premise,
      hypothesis: examples[i]!.hypotheses.join(" | "),
    }))
    .filter(({ prediction, target }) => target !== "" && prediction !== target)
    .sort((a, b) => b.sure - a.sure);
}

async function readByRun(
  run: FinishedRun,
  session: Session,
  of: SplitChoice & { readonly position?: number } = {},
): Promise<RowAttention> {
  const reads = run.tasks.find(({ head }) => head.reads === "hidden") ?? run.task;
  const task = taskNamed(of.task ?? reads.name);
  const split = of.split ?? task.evaluated[0];
  const rows = await run.predictions({ task: task.name, split });
  const right = rows.findIndex(({ target, prediction }) => target === prediction);
  const position = of.position ?? Math.max(0, right);
  await startTensorFlow();
  const { parameters } = await weightsOf(join(session.options.results, run.name));
  const { features } = await session.dataset.prepare(task, split);
  const network = createNetwork(session.encoder.config, parameters);
  try {
    const attention = attentionOf(readRow(network, task.headOf, features, position), task, session);
    const { target, prediction } = rows[position]!;
    return { ...attention, caption: `${task.title}, target: ${target}, predicted: ${prediction}` };
  } finally {
    network.dispose();
  }
}

/** A reading in words: pieces for ids, labels for numbers. */
function attentionOf(reading: Reading, { labels }: Task, { tokenizer }: Session): Attention {
  const { tokens, boundary, start, turns, decisions } = reading;
  const pieces = tokens.map((id) => tokenizer.piece(id) ?? String(id));
  return {
    hypothesis: pieces.slice(0, boundary),
    start: start.slice(0, boundary),
    premise: pieces.slice(boundary),
    turns: turns.map((weights) => weights.slice(boundary)),
    answers: decisions.map((probabilities) => {
      const best = probabilities.indexOf(Math.max(...probabilities));
      return `${labels[best]} ${Math.round(100 * probabilities[best]!)} %`;
    }),
  };
}
