/**
 * Evaluation: logits of every row, predictions, scores.
 *
 * @module
 */

import { collate, planEvaluation } from "../input/batches.ts";
import { computeScores, type Metric } from "../metrics/metrics.ts";
import type { Head } from "../model/heads.ts";
import type { Network } from "../model/network.ts";
import { scope } from "../model/parameters.ts";
import { outputsOf, targetWidthOf, type Task } from "./task.ts";
import { type Tensor, tf } from "../tensorflow/backend.ts";
import type { Precision } from "../tensorflow/operations/matmul.ts";
import { randomSource } from "../tensorflow/operations/random.ts";
import { SHARDS } from "../tensorflow/runtime.ts";
import { sideBySide } from "../tensorflow/side_by_side.ts";
import type { FunctionInput } from "../tensorflow/functions.ts";
import {
  batchSignature,
  batchTensors,
  firstRow,
  joinShards,
  sequences,
  shardSignature,
  shardsIn,
} from "./inputs.ts";
import { compile, type Compiled, type Tensors } from "../tensorflow/trace.ts";
import type { Batch, Features, Prediction, Scores } from "../types.ts";

/** Settings of an evaluator. */
export interface EvaluationSettings {
  readonly task: Task;
  readonly head: Head;
  /** Sequences per row; 1 when left out. */
  readonly candidates?: number;
  readonly precision: Precision;
  /**
   * Dropout left on, as the reference program does with heads that read the pooled state; none
   * when left out.
   */
  readonly headDropout?: number;
}

/** What an evaluation found. */
export interface Evaluation {
  /** Metric name to value. */
  readonly scores: Scores;
  /** One for each row, in the order of the features. */
  readonly predictions: readonly Prediction[];
  /** [rows, outputs] raw outputs. */
  readonly logits: Float32Array;
  /** Wall-clock seconds it took. */
  readonly seconds: number;
}

/** A compiled forward pass of one task. */
export interface Evaluator {
  /** What is decided for all rows, in their order; the signal stops between batches. */
  predict(
    features: Features,
    options?: {
      readonly signal?: AbortSignal | undefined;
      /** Told how many rows are done. */
      readonly onRows?: ((done: number) => void) | undefined;
    },
  ): Promise<Pick<Evaluation, "predictions" | "logits">>;
  /** Scores what is decided for all rows. */
  evaluate(
    features: Features,
    options?: {
      readonly signal?: AbortSignal | undefined;
      /** Metrics of another task that shares the head; the task's own when left out. */
      readonly metrics?: readonly Metric[];
      /** Told how many rows are done. */
      readonly onRows?: (done: number) => void;
    },
  ): Promise<Evaluation>;
  dispose(): void;
}

/**
 * Compiles the forward pass of a task; it always uses the network's present values.
 *
 * @example
 * ```ts ignore
 * const evaluator = createEvaluator(network, { task: tasks.rte, head: tasks.rte.head, precision });
 * const { scores } = await evaluator.evaluate(features);
 * evaluator.dispose();
 * ```
 */
export function createEvaluator(network: Network, settings: EvaluationSettings): Evaluator {
  const { task, head } = settings;
  const forward = compileForward(network, settings);
  const width = outputsOf(task) * (settings.candidates ?? 1);
  const predict: Evaluator["predict"] = async (features, { signal, onRows } = {}) => {
    const rows = features.rows.length;
    const logits = new Float32Array(rows * width);
    let done = 0;
    const planned = planEvaluation(features);
    for (let at = 0; at < planned.length; at += SHARDS) {
      signal?.throwIfAborted();
      const batches = planned.slice(at, at + SHARDS);
      const found = await runBatches(forward, batches.map((rows) => collate(features, rows)));
      batches.forEach((positions, b) => {
        positions.forEach((position, i) =>
          logits.set(found[b]!.subarray(i * width, (i + 1) * width), position * width)
        );
        done += positions.length;
        onRows?.(done);
      });
    }
    refuseNonFinite(logits, width, task, features);
    return { predictions: head.predict(logits, width), logits };
  };
  return {
    predict,
    evaluate: async (features, { signal, metrics = task.metrics, onRows } = {}) => {
      const started = performance.now();
      const { predictions, logits } = await predict(features, { signal, onRows });
      const scores = computeScores(
        metrics,
        predictions.flatMap((prediction) => prediction.values),
        features.targets,
        targetWidthOf(task),
      );
      return { scores, predictions, logits, seconds: (performance.now() - started) / 1000 };
    },
    dispose: () => forward.dispose(),
  };
}

/** A network that was spoilt decides nothing. */
function refuseNonFinite(logits: Float32Array, width: number, task: Task, features: Features) {
  const at = logits.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new Error(
    `Cannot score task "${task.name}": the network gives ${logits[at]} for row ` +
      `"${
        features.ids[Math.floor(at / width)]
      }"; its values are spoilt, use an earlier checkpoint.`,
  );
}

type Forward = Compiled<Tensors, Readonly<Record<string, Tensor>>>;

/** What a forward pass takes of each batch. */
function forwardSignature(candidates: number) {
  return { ...batchSignature(candidates), seed: { type: "int32", shape: [2] } } as const;
}

/** Logits of as many batches as there are shards, side by side. */
function compileForward(
  network: Network,
  { task, head, candidates = 1, precision, headDropout = 0 }: EvaluationSettings,
): Forward {
  const paths = Object.keys(network.variables).filter((path) =>
    path.startsWith("encoder/") || path.startsWith(`heads/${task.headOf}/`)
  );
  const signature = forwardSignature(candidates);
  const one = (given: Tensors): Tensors => {
    const batch = sequences(given);
    const run = { precision, inference: true };
    const encoded = network.encoder.encode(given, network.config, batch, run);
    const dropped = headDropout > 0 && head.reads === "pooled";
    const random = dropped ? randomSource(given.seed!) : undefined;
    const at = scope(given, `heads/${task.headOf}`);
    return { logits: head.logits(at, encoded, batch, headDropout, { precision, random }) };
  };
  const specs = {
    ...signature,
    ...Object.fromEntries(paths.map((path): [string, FunctionInput] => {
      const { shape } = network.variables[path]!;
      return [path, { type: "float32", shape }];
    })),
  };
  return compile<Tensors, Readonly<Record<string, Tensor>>>((inputs) => {
    const values = network.read(paths);
    const batches = shardsIn(inputs, signature).map((given) => ({ ...given, ...values }));
    return joinShards(sideBySide("logits", specs, one, batches));
  }, { name: `evaluate_${task.name}`, signature: shardSignature(signature) });
}

/** Logits of some batches, at most as many as there are shards. */
async function runBatches(forward: Forward, batches: readonly Batch[]): Promise<Float32Array[]> {
  // the first row stands in where there is no batch, as a step has it
  const all = Array.from({ length: SHARDS }, (_, i) => batches[i] ?? firstRow(batches[0]!));
  const inputs = joinShards(all.map((batch): Tensors => ({
    ...batchTensors(batch),
    seed: tf.tensor1d([batch.positions[0]!, batch.size], "int32"),
  })));
  try {
    const outputs = Object.values(await forward(inputs));
    const found = outputs.map((logits) => logits.dataSync() as Float32Array);
    outputs.forEach((logits) => logits.dispose());
    return found;
  } finally {
    Object.values(inputs).forEach((tensor) => tensor.dispose());
  }
}
