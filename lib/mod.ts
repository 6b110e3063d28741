/**
 * MT-DNN (Liu, He, Chen and Gao 2019, arXiv 1901.11504): one encoder shared by many
 * language-understanding tasks. Everything that a script of one's own imports.
 *
 * @example
 * ```ts
 * import { createModel, evaluate, loadEncoder, predict, readFeatures, tasks, train } from "./mod.ts";
 *
 * const encoder = await loadEncoder();
 * using model = await createModel(encoder, [tasks.rte]);
 * const rows = await readFeatures(tasks.rte, encoder, { data: "data/sample" });
 * for await (const step of train(model, { rte: rows.train! }, { maxSteps: 4 })) {
 *   console.log(step.step, step.loss);
 * }
 * console.log((await evaluate(model, tasks.rte, rows.dev!)).scores);
 * console.log(await predict(model, tasks.rte, [["It rained all night.", "The street is wet."]]));
 * ```
 *
 * @module
 */

export { createModel, loadEncoder, loadModel, saveModel } from "./run/model.ts";
export { evaluate, predict, readFeatures, train } from "./run/learn.ts";
export { forward } from "./train/forward.ts";
export { selectRows } from "./input/features.ts";
export { tasks } from "./tasks.ts";
export { defineTask } from "./train/definition.ts";
export { heads } from "./model/heads.ts";
export { objectives } from "./model/objectives.ts";
export { metrics } from "./metrics/metrics.ts";
export { recipes } from "./recipes.ts";
export { presetOptions, presets } from "./presets.ts";

export type { LoadedEncoder, Model } from "./run/model.ts";
export type { Text } from "./run/learn.ts";
export type { Tokenizer } from "./input/tokenizer.ts";
export type { TaskName } from "./tasks.ts";
export type { TaskDefinition } from "./train/definition.ts";
export type { Task } from "./train/task.ts";
export type { Layout, Source } from "./input/readers.ts";
export type { Pairing } from "./input/ranking.ts";
export type { Recipe, Size, Stage } from "./recipes.ts";
export type { NonFinitePolicy, TrainingOptions } from "./train/options.ts";
export type { OptimizerName } from "./train/optimizers.ts";
export type { ScheduleName } from "./train/schedule.ts";
export type { Mixing } from "./input/sampling.ts";
export type { Evaluation } from "./train/evaluator.ts";
export type { ForwardPass } from "./train/forward.ts";
export type { Preset, PresetOptions, SwitchName } from "./presets.ts";
export type { Metric } from "./metrics/metrics.ts";
export type { Objective } from "./model/objectives.ts";
export type { Decision, Head } from "./model/heads.ts";
export type {
  BatchTensors,
  Encoded,
  Encoder,
  EncoderConfig,
  EncoderParameter,
  RunOptions,
} from "./model/encoder.ts";
export type { Settings } from "./model/config.ts";
export type { EncoderParameters } from "./model/names.ts";
export type { Network } from "./model/network.ts";
export type {
  Parameters,
  ParameterSpec,
  ParameterStart,
  Scope,
  StartOptions,
  Values,
} from "./model/parameters.ts";
export type { Pretrained } from "./model/pretrained.ts";
export type { Random } from "./base/random.ts";
export type {
  Batch,
  Example,
  Features,
  Prediction,
  Scores,
  Specials,
  Split,
  Step,
} from "./types.ts";
