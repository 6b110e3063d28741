/**
 * A batch's way into a compiled function: arrays become tensors of rows, and rows become sequences.
 *
 * @module
 */

import type { BatchTensors } from "../model/encoder.ts";
import { type Tensor, tf } from "../tensorflow/backend.ts";
import { reshape } from "../tensorflow/operations/shapes.ts";
import type { InputSpec, Tensors } from "../tensorflow/trace.ts";
import type { Batch } from "../types.ts";

/** What a compiled function takes of a batch: r rows of `candidates` sequences of t pieces. */
export function batchSignature(candidates: number) {
  const shape = ["r", candidates, "t"] as const;
  return {
    tokens: { type: "int32", shape },
    segments: { type: "int32", shape },
    mask: { type: "float32", shape },
  } as const satisfies Readonly<Record<string, InputSpec>>;
}

/** The arrays of a batch as tensors [r, candidates, t]; the caller disposes them. */
export function batchTensors(batch: Batch): BatchTensors {
  const { size, length } = batch;
  const shape: [number, number, number] = [size, batch.tokens.length / (size * length), length];
  return {
    tokens: tf.tensor3d(batch.tokens, shape, "int32"),
    segments: tf.tensor3d(batch.segments, shape, "int32"),
    mask: tf.tensor3d(batch.mask, shape, "float32"),
  };
}

/** Everything that a step takes: a batch, its seed, and three rates and counts; to be disposed. */
export function stepInputs(
  batch: Batch,
  seed: readonly [number, number],
  rates: readonly number[],
  counts: readonly number[],
): Tensors {
  return {
    ...batchTensors(batch),
    targets: tf.tensor1d(batch.targets),
    seed: tf.tensor1d([...seed], "int32"),
    rates: tf.tensor1d([...rates]),
    counts: tf.tensor1d([...counts]),
  };
}

/** [r, candidates, t] -> [s, t] with s = r candidates. */
export function sequences({ tokens, segments, mask }: Tensors): BatchTensors {
  const flat = (x: Tensor) => reshape(x, [-1, [x, 2]]);
  return { tokens: flat(tokens!), segments: flat(segments!), mask: flat(mask!) };
}
