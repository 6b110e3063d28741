/**
 * Shards: a step's or an evaluation's rows in equal parts, each the work of one thread.
 *
 * @module
 */

import { type Random, seedPair } from "../base/random.ts";
import { SHARDS } from "../tensorflow/runtime.ts";
import type { InputSpec, Tensors } from "../tensorflow/trace.ts";
import type { Batch } from "../types.ts";

/** A seed of dropout for each shard. */
export type Seeds = readonly (readonly [number, number])[];

/** The seeds of a step: each shard draws from a stream of its own. */
export function seedsOf(random: Random, step: number): Seeds {
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
    segments: trimmed(batch.segments),
    mask: trimmed(batch.mask),
    targets: batch.targets.slice(from, to),
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
