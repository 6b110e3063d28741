/**
 * Measures the evaluation of a dev set.
 *
 * @module
 */

import type { Tokenizer } from "../input/tokenizer.ts";
import { createNetwork } from "../model/network.ts";
import type { Pretrained } from "../model/pretrained.ts";
import { prepareSplit } from "../prepare.ts";
import { presets } from "../presets.ts";
import { createRandom, split } from "../random.ts";
import { outputsOf, taskNamed } from "../tasks.ts";
import { createEvaluator } from "../train/evaluate.ts";
import type { Features } from "../types.ts";
import type { EvaluationMeasurement, Measured, Window } from "./measurement.ts";
import { window } from "./shape.ts";

/** Rows of the split, from the feature cache where they are there. */
export async function evaluationRows(
  { data, maxLength, task, split }: Pick<
    EvaluationMeasurement,
    "data" | "maxLength" | "task" | "split"
  >,
  tokenizer: Tokenizer,
): Promise<Features> {
  const options = { data, tokenizer, maxLength, preset: presets.fixed };
  return (await prepareSplit(taskNamed(task), split, options)).features;
}

/** Evaluates all rows again and again; `onFirst` is called after the first batch. */
export async function measureEvaluation(
  { config, parameters }: Pick<Pretrained, "config" | "parameters">,
  features: Features,
  measurement: EvaluationMeasurement,
  onFirst: () => void,
): Promise<Omit<Measured, "peakMemory">> {
  const { precision, seed, windows: count, windowSeconds } = measurement;
  const task = taskNamed(measurement.task);
  const network = createNetwork(config, parameters);
  network.addHead(task.headOf, task.head, outputsOf(task), split(createRandom(seed), "head"));
  const { candidates } = features;
  const evaluator = createEvaluator(network, { task, head: task.head, candidates, precision });
  let told = false;
  const onRows = () => {
    if (!told) onFirst();
    told = true;
  };
  const { seconds: firstSeconds } = await evaluator.evaluate(features, { onRows });
  const windows: Window[] = [];
  const once = () => evaluator.evaluate(features);
  while (windows.length < count) {
    const { targets, tokens } = features;
    windows.push(await window(targets.length, tokens.length, windowSeconds, once));
  }
  return { windows, firstSeconds, loss: null, tracing: null };
}
