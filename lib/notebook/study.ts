/**
 * What a notebook works with: the rows, runs and results of one set of experiments, drawn from disk.
 * Only what is missing is run, and what is there but was made otherwise is never made again unasked.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";
import type { Stage } from "../recipes.ts";
import { loadCheckpoint } from "../model/checkpoint.ts";
import { createNetwork } from "../model/network.ts";
import { openSession, type Session } from "../run/session.ts";
import type { Prepared } from "../run/dataset.ts";
import { openResults, readRecord, type RunRecord } from "../run/results.ts";
import { type PredictionRow, predictionsName, readLog, readPredictions } from "../run/artifacts.ts";
import { createPlanner } from "../run/stages.ts";
import type { Attention } from "../report/plots.ts";
import type { Task } from "../train/task.ts";
import type { Tokenizer } from "../input/tokenizer.ts";
import { type TaskName, taskNamed } from "../tasks.ts";
import { startTensorFlow } from "../tensorflow/backend.ts";
import type { TerminalReporter } from "../run/console.ts";
import { type Reading, readRow } from "../train/attention.ts";
import type { Example, Step } from "../types.ts";
import { perform, type Workplace } from "../run/run.ts";
import type { RunPlan } from "../run/plan.ts";
import { withEveryMetric } from "../run/rescore.ts";
import type { ReproduceOptions } from "../run/options.ts";

/** How a study shows and stops the runs that it has to make. */
export interface StudyControl {
  readonly report: (name: string) => TerminalReporter;
  /** Folder that paths are relative to; the project's when left out. */
  readonly root?: string;
  /** Asked for each stage; a run stops before the next step when it is aborted, and is saved. */
  readonly signal?: () => AbortSignal;
}

/** A finished run. */
export interface FinishedRun {
  /** Folder below the results folder. */
  readonly name: string;
  /** What run.json says. */
  readonly record: RunRecord;
  /** Every training step. */
  readonly steps: readonly Step[];
  /** What it predicted for a split of one of its tasks, in the order of the split's features. */
  predictions(task: string, split: string): Promise<PredictionRow[]>;
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

/** One set of experiments. */
export interface Study {
  /** What was asked for, with paths that hold wherever the process was started. */
  readonly options: ReproduceOptions;
  /** Cuts texts into the pieces that the encoder knows. */
  readonly tokenizer: Tokenizer;
  /** Features of a split, and what became of its rows. */
  prepared(task: TaskName, split: string): Promise<Prepared>;
  /** The rows of a split as the official file has them. */
  examples(task: TaskName, split: string): Promise<readonly Example[]>;
  /** The runs of a stage, in their order; those that are missing are made. */
  runs(stage: Stage): Promise<FinishedRun[]>;
  /** The rows of a split that a run was surest of and wrong, `most` of them (8 when left out). */
  mistakes(run: FinishedRun, task: TaskName, split: string, most?: number): Promise<Mistake[]>;
  /** Where the answer head of a multi-task run looks while it reads a row, turn by turn. */
  attention(run: FinishedRun, task: TaskName, split: string, position: number): Promise<Attention>;
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
  const examples = (name: TaskName, split: string) =>
    session.dataset.examples(taskNamed(name), split);
  return {
    options: complete,
    tokenizer: session.tokenizer,
    prepared: (task, split) => session.dataset.prepare(taskNamed(task), split),
    examples,
    mistakes: async (run, name, split, most = 8) => {
      const rows = await run.predictions(name, split);
      return mistakesIn(rows, await examples(name, split)).slice(0, most);
    },
    runs: async (stage) => {
      const signal = control.signal?.();
      const found: FinishedRun[] = [];
      for (const plan of await createPlanner(session).plan(stage)) {
        signal?.throwIfAborted();
        found.push(await finished(plan, complete, { report: control.report, signal }));
      }
      return found;
    },
    attention: async (run, name, split, position) => {
      const task = taskNamed(name);
      await startTensorFlow();
      const { parameters } = await weights(join(complete.results, run.name));
      const { features } = await session.dataset.prepare(task, split);
      const network = createNetwork(session.encoder.config, parameters);
      try {
        return attentionOf(readRow(network, task.headOf, features, position), task, session);
      } finally {
        network.dispose();
      }
    },
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
    ...{ ...options, stages: ["finetune", "adapt"] },
    ...{ data: place(data), results: place(results), encoder: folder ? place(encoder) : encoder },
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
      ...{ prediction, target, premise: examples[i]!.premise },
      hypothesis: examples[i]!.hypotheses.join(" | "),
    }))
    .filter(({ prediction, target }) => target !== "" && prediction !== target)
    .sort((a, b) => b.sure - a.sure);
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

/** A run as it lies on disk; made when nothing is there. */
async function finished(
  plan: RunPlan,
  options: ReproduceOptions,
  control: Pick<Workplace, "report" | "signal">,
): Promise<FinishedRun> {
  const folder = join(options.results, plan.name);
  const record = await kept(plan, options) ?? await made(plan, options, control);
  const alone = plan.tasks.length === 1 ? plan.tasks[0]!.task.name : undefined;
  return {
    name: plan.name,
    record,
    steps: await readLog(folder),
    predictions: (task, split) =>
      readPredictions(folder, predictionsName(task, split, task === alone)),
  };
}

/** The record of a run that is there. */
async function kept(plan: RunPlan, { results, size }: ReproduceOptions): Promise<RunRecord | null> {
  const file = join(results, plan.name, "run.json");
  if (!await Deno.stat(file).then(() => true, () => false)) return null;
  const record = await readRecord(file);
  if (record.identity === plan.identity) return await withEveryMetric(record, plan, results);
  throw new Error(
    `The results in "${plan.name}" are of another version, other data or other options: run ` +
      `${commandFor(size, plan)} to make them again, or name another results folder in the ` +
      `parameters cell.`,
  );
}

async function made(
  plan: RunPlan,
  { results, threads }: ReproduceOptions,
  control: Pick<Workplace, "report" | "signal">,
): Promise<RunRecord> {
  using _lock = await openResults(results);
  await startTensorFlow(threads === undefined ? {} : { threads });
  return await perform(plan, { results, ...control });
}

/** The weights of a run's best epoch; those of committed results are not in the repository. */
async function weights(folder: string): ReturnType<typeof loadCheckpoint> {
  const path = join(folder, "checkpoint");
  if (await Deno.stat(path).then(() => true, () => false)) return await loadCheckpoint(path);
  throw new Error(
    `The weights of "${folder}" are not here (weights are never committed): run deno task ` +
      `reproduce --only refine to make them.`,
  );
}

function commandFor(size: string, { stage }: RunPlan): string {
  const data = size === "sample" ? "" : ` --data DIR`;
  return `deno task reproduce --size ${size}${data} --only ${stage}`;
}
