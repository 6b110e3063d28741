/**
 * Measures the evaluation of a dev set.
 *
 * @module
 */

import { planEvaluation } from "../../input/batches.ts";
import { selectRows } from "../../input/features.ts";
import type { Tokenizer } from "../../input/tokenizer.ts";
import type { Network } from "../../model/network.ts";
import { prepareSplit } from "../../run/dataset.ts";
import { createRandom, split } from "../../base/random.ts";
import { outputsOf } from "../../train/task.ts";
import { taskNamed } from "../../tasks.ts";
import { createEvaluator } from "../../train/evaluator.ts";
import type { Features } from "../../types.ts";
import { type EvaluationMeasurement, type Running, timeWindow } from "./measurement.ts";
import { lossesOf } from "./proof.ts";

/** Rows of the split, from the feature cache where they are there. */
export async function evaluationRows(
  { data, maxLength, task, split }: Pick<
    EvaluationMeasurement,
    "data" | "maxLength" | "task" | "split"
  >,
  tokenizer: Tokenizer,
): Promise<Features> {
  const options = { data, tokenizer, maxLength };
  return (await prepareSplit(taskNamed(task), split, options)).features;
}

/** Runs the first batch, the longest rows; a window is whole evaluations of all rows. */
export async function startEvaluation(
  network: Network,
  features: Features,
  measurement: EvaluationMeasurement,
): Promise<Running> {
  const { precision, seed, windowSeconds } = measurement;
  const task = taskNamed(measurement.task);
  network.addHead(task.headOf, task.head, outputsOf(task), split(createRandom(seed), "heads"));
  const evaluator = createEvaluator(network, { task, head: task.head, precision });
  const longest = selectRows(features, planEvaluation(features)[0]!);
  const first = await timeWindow(sizeOf(longest), 0, () => evaluator.evaluate(longest));
  return {
    first: { ...first, first: true },
    prove: async () => {
      const { logits } = await evaluator.evaluate(features);
      const losses = lossesOf(logits, features.targets, outputsOf(task));
      return { [task.name]: losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
    },
    next: () => timeWindow(sizeOf(features), windowSeconds, () => evaluator.evaluate(features)),
    tracing: () => null,
  };
}

function sizeOf({ rows, tokens }: Features) {
  return { rows: rows.length, tokens: tokens.length };
}
