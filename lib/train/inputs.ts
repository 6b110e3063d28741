/**
 * A batch's way into a compiled function: arrays become tensors of rows, and rows become sequences.
 *
 * @module
 */

import type { BatchTensors } from "../model/encoder.ts";
import { type Tensor, tf } from "../tensorflow/backend.ts";
import { reshape } from "../tensorflow/operations/shapes.ts";
import { SHARDS } from "../tensorflow/runtime.ts";
import type { InputSpec, Tensors } from "../tensorflow/trace.ts";
import type { Batch } from "../types.ts";
import { cut, joinShards, type Seeds } from "./shards.ts";

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

/**
 * What a step takes of a batch, cut into shards: instead of word pieces the distinct ones, and of
 * each piece its place among them. A step looks up, differentiates and clips only the rows of its
 * own pieces.
 */
export function stepBatchSignature(candidates: number) {
  const { tokens, ...others } = batchSignature(candidates);
  return {
    words: { type: "int32", shape: ["w"] },
    shard: {
      places: tokens,
      ...others,
      targets: { type: "float32", shape: ["r"] },
      /** Seed of the shard's dropout. */
      seed: { type: "int32", shape: [2] },
      /** The shard's share of the batch's rows. */
      share: { type: "float32", shape: [] },
    },
  } as const;
}

/**
 * Everything that a step takes: a batch, a seed for each of its shards, and three rates and counts;
 * to be disposed.
 */
export function stepInputs(
  batch: Batch,
  seeds: Seeds,
  rates: readonly number[],
  counts: readonly number[],
): Tensors {
  const { words, places } = distinct(batch.tokens);
  const shards = cut({ ...batch, tokens: places }, SHARDS).map(({ part, share }, i): Tensors => {
    const { tokens, ...others } = batchTensors(part);
    const [targets, seed] = [tf.tensor1d(part.targets), tf.tensor1d([...seeds[i]!], "int32")];
    return { places: tokens, ...others, targets, seed, share: tf.scalar(share) };
  });
  return {
    words: tf.tensor1d(words, "int32"),
    ...joinShards(shards),
    rates: tf.tensor1d([...rates]),
    counts: tf.tensor1d([...counts]),
  };
}

/** The different ids in the order of their first places, and for each id where it is in that list. */
function distinct(ids: Int32Array): { words: Int32Array; places: Int32Array } {
  const found = new Map<number, number>();
  const places = ids.map((id) => {
    const known = found.get(id);
    if (known !== undefined) return known;
    found.set(id, found.size);
    return found.size - 1;
  });
  return { words: Int32Array.from(found.keys()), places };
}

/** [r, candidates, t] -> [s, t] with s = r candidates. */
export function sequences({ tokens, segments, mask }: Tensors): BatchTensors {
  const flat = (x: Tensor) => reshape(x, [-1, [x, 2]]);
  return { tokens: flat(tokens!), segments: flat(segments!), mask: flat(mask!) };
}
