/**
 * A batch's way into a compiled function: it is cut into shards, equal parts that are each the work
 * of one thread; arrays become tensors of rows, and rows become sequences.
 *
 * @module
 */

import type { BatchTensors } from "../model/encoder.ts";
import { type Tensor, tf } from "../tensorflow/backend.ts";
import { reshape } from "../tensorflow/operations/shapes.ts";
import { type Random, seedPair } from "../base/random.ts";
import { SHARDS } from "../tensorflow/runtime.ts";
import type { InputSpec, Tensors } from "../tensorflow/trace.ts";
import type { Batch } from "../types.ts";

/** What a compiled function takes of a batch: r rows of `candidates` sequences of t pieces. */
export function batchSignature(candidates: number) {
  const shape = ["r", candidates, "t"] as const;
  return {
    tokens: { type: "int32", shape },
    sides: { type: "int32", shape },
    mask: { type: "float32", shape },
  } as const satisfies Readonly<Record<string, InputSpec>>;
}

/** The arrays of a batch as tensors [r, candidates, t]; the caller disposes them. */
export function batchTensors(batch: Batch): BatchTensors {
  const { size, length } = batch;
  const shape: [number, number, number] = [size, batch.tokens.length / (size * length), length];
  return {
    tokens: tf.tensor3d(batch.tokens, shape, "int32"),
    sides: tf.tensor3d(batch.sides, shape, "int32"),
    mask: tf.tensor3d(batch.mask, shape, "float32"),
  };
}

/**
 * What a step takes of a batch, cut into shards: instead of word pieces the distinct ones, and of
 * each piece its place among them. A step looks up, differentiates and clips only the rows of its
 * own pieces.
 */
export function stepBatchSignature(candidates: number, targetWidth: number) {
  const { tokens, ...others } = batchSignature(candidates);
  return {
    words: { type: "int32", shape: ["w"] },
    shard: {
      places: tokens,
      ...others,
      targets: { type: "float32", shape: ["r", targetWidth] },
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
    const seed = tf.tensor1d([...seeds[i]!], "int32");
    return { places: tokens, ...others, targets: targetsOf(part), seed, share: tf.scalar(share) };
  });
  return {
    words: tf.tensor1d(words, "int32"),
    ...joinShards(shards),
    rates: tf.tensor1d([...rates]),
    counts: tf.tensor1d([...counts]),
  };
}

/** The targets of a batch as a tensor [b, width]; the caller disposes it. */
export function targetsOf({ size, targets }: Batch): Tensor {
  return tf.tensor2d(targets, [size, targets.length / size]);
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
export function sequences({ tokens, sides, mask }: Tensors): BatchTensors {
  const flat = (x: Tensor) => reshape(x, [-1, [x, 2]]);
  return { tokens: flat(tokens!), sides: flat(sides!), mask: flat(mask!) };
}

/** A seed of dropout for each shard. */
export type Seeds = readonly (readonly [number, number])[];

/** The seeds of a step: each shard draws from a stream of its own. */
export function shardSeeds(random: Random, step: number): Seeds {
  return Array.from({ length: SHARDS }, (_, i) => seedPair(random, `step ${step} shard ${i}`));
}

/** Some rows of a batch, and how large a share of it they are. */
export interface Shard {
  readonly part: Batch;
  readonly share: number;
}

/**
 * Cuts a batch into `count` shards of as many rows, the first ones having one more where that can't
 * be, each padded to the longest of its own sequences. Where there are too few rows the first row
 * stands in, with a share of 0.
 */
export function cut(batch: Batch, count: number): Shard[] {
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i, i + 1].map((part) => Math.ceil(part * batch.size / count)) as [
      number,
      number,
    ];
    const share = (to - from) / batch.size;
    return { part: share > 0 ? rows(batch, from, to) : firstRow(batch), share };
  });
}

/** The first row of a batch, which stands in where a shard has no rows. */
export function firstRow(batch: Batch): Batch {
  return rows(batch, 0, 1);
}

/** Rows of a batch, without the columns that are padding in all of them. */
function rows(batch: Batch, from: number, to: number): Batch {
  const sequences = batch.tokens.length / (batch.size * batch.length); // of each row
  const width = batch.targets.length / batch.size;
  const [first, last] = [from * sequences, to * sequences];
  let length = 1;
  for (let s = first; s < last; s++) {
    const mask = batch.mask.subarray(s * batch.length, (s + 1) * batch.length);
    length = Math.max(length, mask.lastIndexOf(1) + 1);
  }
  const trimmed = <Values extends Int32Array | Float32Array>(values: Values): Values => {
    const kept = values.slice(0, (last - first) * length) as Values;
    for (let s = first; s < last; s++) {
      const start = s * batch.length;
      kept.set(values.subarray(start, start + length), (s - first) * length);
    }
    return kept;
  };
  return {
    size: to - from,
    length,
    tokens: trimmed(batch.tokens),
    sides: trimmed(batch.sides),
    mask: trimmed(batch.mask),
    targets: batch.targets.slice(from * width, to * width),
    positions: batch.positions.slice(from, to),
  };
}

/** The signature of one shard for each of them, sizes being their own: `tokens 0`, `tokens 1`, ... */
export function shardSignature(
  one: Readonly<Record<string, InputSpec>>,
): Record<string, InputSpec> {
  return joinShards(Array.from({ length: SHARDS }, (_, i) =>
    Object.fromEntries(
      Object.entries(one).map(([name, { type, shape }]) => {
        const own = shape.map((size) => typeof size === "string" ? `${size} ${i}` : size);
        return [name, { type, shape: own }];
      }),
    )));
}

/** One record of what several shards have. */
export function joinShards<Value>(
  shards: readonly Readonly<Record<string, Value>>[],
): Record<string, Value> {
  return Object.fromEntries(
    shards.flatMap((shard, i) =>
      Object.entries(shard).map(([name, value]) => [`${name} ${i}`, value] as const)
    ),
  );
}

/** What each shard has of such a record, by the names in `one`. */
export function shardsIn(inputs: Tensors, one: Readonly<Record<string, InputSpec>>): Tensors[] {
  return Array.from(
    { length: SHARDS },
    (_, i) => Object.fromEntries(Object.keys(one).map((name) => [name, inputs[`${name} ${i}`]!])),
  );
}
