/**
 * Performs one run of an experiment: network, training, evaluation after each epoch, results.
 *
 * @module
 */

import type { EncoderConfig } from "./model/config.ts";
import type { Head } from "./model/heads.ts";
import { createNetwork, type Network } from "./model/network.ts";
import type { Values } from "./model/parameters.ts";
import { saveCheckpoint } from "./model/checkpoint.ts";
import type { Experiment, Size, Stage } from "./experiments.ts";
import type { Prepared } from "./prepare.ts";
import type { Preset } from "./presets.ts";
import { createRandom, split } from "./random.ts";
import type { RunSummary } from "./report/runs.ts";
import { type RunFolder } from "./results.ts";
import { HEAD_DROPOUT, outputsOf, type Task } from "./tasks.ts";
import type { Precision } from "./tensorflow/operations/matmul.ts";
import { createEvaluator, type Evaluation, type Evaluator } from "./train/evaluate.ts";
import type { TrainingOptions } from "./train/options.ts";
import { createTrainer, type TrainingTask } from "./train/train.ts";
import type { Features, Step } from "./types.ts";

/** One task of a run with its rows. */
export interface RunTask {
  readonly task: Task;
  readonly head: Head;
  readonly train: Prepared;
  /** The rows to train on: those of `train`, or a draw of them. */
  readonly features: Features;
  /** Row numbers of the drawn rows in the training file, for adaptation. */
  readonly chosen?: readonly number[];
  /** What is scored: the task's own splits, and those of tasks that share its head. */
  readonly evaluated: readonly { task: Task; split: string; prepared: Prepared }[];
}

/** Everything one run depends on. */
export interface RunPlan {
  readonly stage: Stage;
  readonly size: Size;
  /** Where the encoder's values come from. */
  readonly encoder: "plain" | "refined";
  readonly encoderName: string;
  readonly config: EncoderConfig;
  readonly values: Readonly<Record<string, Values>>;
  readonly tasks: readonly RunTask[];
  readonly seed: number;
  readonly fraction?: number;
  readonly experiment: Experiment;
  readonly maxSteps?: number;
  readonly precision: Precision;
  readonly preset: Preset;
}

/** What a run tells while it goes on. */
export interface RunReporter {
  started(totalSteps: number): void;
  step(step: Step): void;
  message(text: string): void;
}

/** What came of a run. */
export interface RunOutcome {
  readonly summaries: RunSummary[];
  readonly training: TrainingOptions;
  readonly steps: number;
  readonly bestEpoch: number;
  /** Rows longer than the greatest length, left out of training, by task. */
  readonly tooLong: Readonly<Record<string, number>>;
}

/** Evaluations of one epoch, by "task/split". */
type Evaluations = Map<string, Evaluation>;

/** The epoch that is kept: what it scored, and while refining the network's values. */
interface Best {
  readonly epoch: number;
  readonly worth: number;
  readonly found: Evaluations;
  readonly values: Record<string, Values> | undefined;
}

/**
 * Trains and scores; writes log, scores and predictions to `folder`, and for refinement the
 * checkpoint of the chosen epoch.
 *
 * @throws when the loss is no longer finite, or when the signal is aborted.
 */
export async function performRun(
  plan: RunPlan,
  folder: RunFolder,
  reporter: RunReporter,
  signal?: AbortSignal,
): Promise<RunOutcome> {
  using owned = new DisposableStack();
  const own = <T extends { dispose(): void }>(it: T) => owned.adopt(it, () => it.dispose());
  const network = own(createNetwork(plan.config, plan.values));
  const random = split(createRandom(plan.seed), "heads");
  for (const { task, head } of plan.tasks) {
    network.addHead(task.headOf, head, outputsOf(task), random);
  }
  const training: TrainingOptions = {
    ...plan.experiment.recipe,
    ...{ seed: plan.seed, schedule: "triangle", optimizer: "adamax", weightDecay: 0.01, clip: 1 },
    ...{ precision: plan.precision, mixing: { mode: "all" }, preset: plan.preset },
    ...(plan.maxSteps !== undefined && { maxSteps: plan.maxSteps }),
  };
  const trainer = own(createTrainer(network, plan.tasks as readonly TrainingTask[], training));
  const scoring = own(createScoring(plan, network));
  const { totalSteps: steps, dropped: tooLong } = trainer;
  reporter.started(steps);
  let best: Best | undefined;
  for await (const step of trainer.steps(signal)) {
    folder.log(step);
    reporter.step(step);
    const done = step.step + 1;
    if (done % trainer.stepsPerEpoch !== 0 && done !== steps) continue;
    reporter.message(`scoring epoch ${step.epoch + 1}`);
    const found = await scoring.run(signal);
    const worth = worthOf(plan, found);
    if (best && worth <= best.worth) continue;
    const values = plan.stage === "refine" ? network.values() : undefined;
    best = { epoch: step.epoch, worth, found, values };
  }
  const { epoch: bestEpoch, found, values } = best!; // a trainer has at least one step
  if (values) {
    await saveCheckpoint(`${folder.path}/checkpoint`, {
      parameters: values,
      state: { epoch: bestEpoch, steps, encoder: plan.encoderName },
    });
  }
  await writeEvaluations(plan, folder, found);
  return { summaries: summariesOf(plan, found, steps), training, steps, bestEpoch, tooLong };
}

function createScoring(plan: RunPlan, network: Network) {
  const evaluators = new Map<RunTask, Evaluator>();
  return {
    run: async (signal?: AbortSignal): Promise<Evaluations> => {
      const found: Evaluations = new Map();
      for (const entry of plan.tasks) {
        const { task, head } = entry;
        const evaluator = evaluators.get(entry) ?? createEvaluator(network, {
          ...{ task, head, precision: plan.precision },
          ...(entry.features.candidates > 1 && { candidates: entry.features.candidates }),
          ...(plan.preset.headDropoutAtEvaluation && { headDropout: HEAD_DROPOUT }),
        });
        evaluators.set(entry, evaluator);
        for (const { task: scored, split, prepared } of entry.evaluated) {
          const result = await evaluator.evaluate(prepared.features, {
            signal,
            metrics: scored.metrics,
          });
          found.set(`${scored.name}/${split}`, result);
        }
      }
      return found;
    },
    dispose: () => evaluators.forEach((evaluator) => evaluator.dispose()),
  };
}

/** Least value of every metric, in place of one that is undefined: such an epoch never wins. */
const WORST = -100;

/** What selects the epoch: the mean first metric of MNLI and RTE while refining, else of the task. */
function worthOf(plan: RunPlan, found: Evaluations): number {
  const first = ({ task }: RunTask) => {
    const scores = found.get(`${task.name}/${task.evaluated[0]}`)?.scores ?? {};
    return scores[task.metrics[0].name] ?? WORST;
  };
  const chosen = plan.tasks.filter(({ task }) => task.name === "mnli" || task.name === "rte");
  const counted = plan.stage === "refine" && chosen.length === 2 ? chosen : plan.tasks;
  return counted.reduce((sum, entry) => sum + first(entry), 0) / counted.length;
}

async function writeEvaluations(
  plan: RunPlan,
  folder: RunFolder,
  found: Evaluations,
): Promise<void> {
  const scores = Object.fromEntries([...found].map(([name, { scores }]) => [name, scores]));
  await folder.write("scores.json", JSON.stringify(scores, null, 2) + "\n");
  for (const { evaluated } of plan.tasks) {
    for (const { task, split, prepared } of evaluated) {
      const { predictions } = found.get(`${task.name}/${split}`)!;
      const name = plan.tasks.length > 1 || task !== plan.tasks[0]!.task
        ? `predictions-${task.name}-${split}.tsv`
        : `predictions-${split}.tsv`;
      await folder.write(name, predictionsText(task, prepared.features, predictions));
    }
  }
}

/** id, target, prediction and probabilities, one row a line. */
function predictionsText(
  task: Task,
  { ids, targets, candidates }: Features,
  predictions: Evaluation["predictions"],
): string {
  const named = candidates === 1 && task.labels.length > 0;
  const show = (value: number) => named ? task.labels[value] ?? "" : String(value);
  const lines = predictions.map(({ value, probabilities }, row) =>
    [
      ids[row],
      Number.isNaN(targets[row]) ? "" : show(targets[row]!),
      show(value),
      ...probabilities.map((probability) => probability.toFixed(6)),
    ].join("\t")
  );
  const width = predictions[0]?.probabilities.length ?? 0;
  const columns = Array.from(
    { length: width },
    (_, i) => `p(${named ? task.labels[i] : `candidate ${i}`})`,
  );
  return [["id", "target", "prediction", ...columns].join("\t"), ...lines].join("\n") + "\n";
}

function summariesOf(plan: RunPlan, found: Evaluations, steps: number): RunSummary[] {
  return plan.tasks.flatMap((entry) =>
    entry.evaluated.map(({ task, split, prepared }) => ({
      experiment: plan.stage,
      encoder: plan.stage === "refine" ? "refined" as const : plan.encoder,
      encoderName: plan.encoderName,
      task: task.name,
      split,
      ...(plan.fraction !== undefined && { fraction: plan.fraction }),
      seed: plan.seed,
      scores: found.get(`${task.name}/${split}`)!.scores,
      rows: {
        train: entry.features.targets.length,
        ...officialRows(plan, entry),
        dev: prepared.features.targets.length,
      },
      ...(entry.chosen && { chosenRows: entry.chosen }),
      steps,
      precision: plan.precision,
      preset: plan.preset.name,
      size: plan.size,
      head: entry.head.name,
    }))
  );
}

/** The sample has no official counterpart. */
function officialRows({ size }: RunPlan, { task }: RunTask): { trainOfficial?: number } {
  const official = task.official.train;
  return size === "sample" || official === undefined ? {} : { trainOfficial: official };
}
