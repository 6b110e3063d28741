import { collate } from "../../lib/input/batches.ts";
import { tf } from "../../lib/tensorflow/backend.ts";
import {
  batchSignature,
  batchTensors,
  cut,
  firstRow,
  joinShards,
  sequences,
  shardSeeds,
  shardSignature,
} from "../../lib/train/inputs.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { toyFeatures, toyPairs } from "../support/toy.ts";
import { assertEquals, assertNotEquals } from "@std/assert";
import { createRandom } from "../../lib/base/random.ts";
import { SHARDS } from "../../lib/tensorflow/runtime.ts";
import type { Batch, Features } from "../../lib/types.ts";

Deno.test("a batch's arrays become tensors of rows, each of one sequence", () =>
  leavingNothing(() => {
    const batch = collate(toyFeatures(6), [4, 1, 5]);
    const tensors = batchTensors(batch);
    for (const [name, { type }] of Object.entries(batchSignature(1))) {
      const tensor = tensors[name as keyof typeof tensors];
      assertEquals([tensor.shape, tensor.dtype], [[3, 1, batch.length], type]);
      assertEquals([...tensor.dataSync()], [...batch[name as keyof typeof tensors]]);
    }
    tf.dispose(Object.values(tensors));
  }));

Deno.test("a ranking row has its candidates side by side; as sequences they follow one another", () =>
  leavingNothing(() => {
    const batch = collate(toyPairs(6), [2, 0]);
    const rows = batchTensors(batch);
    assertEquals(rows.tokens.shape, [2, 2, batch.length]);
    const flat = sequences({ ...rows });
    for (const name of ["tokens", "sides", "mask"] as const) {
      assertEquals(flat[name].shape, [4, batch.length]);
      assertEquals([...flat[name].dataSync()], [...batch[name]]);
    }
    tf.dispose([...Object.values(rows), ...Object.values(flat)]);
  }));

Deno.test("the signature leaves rows and length open, and fixes the candidates", () => {
  for (const candidates of [1, 2]) {
    for (const { shape } of Object.values(batchSignature(candidates))) {
      assertEquals(shape, ["r", candidates, "t"]);
    }
  }
});

/** Rows of 2, 3, ... pieces, `candidates` sequences each, every piece telling its sequence. */
function rowsOf(lengths: readonly number[], candidates = 1, width = 1): Features {
  const sequences = lengths.flatMap((length) => Array<number>(candidates).fill(length));
  const offsets = Int32Array.from([0, ...sequences].map((_, i) => sum(sequences.slice(0, i))));
  return {
    candidates,
    pad: 0,
    tokens: Int32Array.from(sequences.flatMap((length, s) => Array<number>(length).fill(s + 1))),
    offsets,
    boundaries: Int32Array.from(sequences, () => 1),
    targets: Float32Array.from(Array(lengths.length * width).keys()),
    rows: Int32Array.from(lengths.keys()),
    ids: lengths.map(String),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const all = (features: Features) => collate(features, [...features.rows.keys()]);
const outline = ({ part, share }: { part: Batch; share: number }) => [
  [...part.targets],
  part.length,
  share,
];

Deno.test("a batch is cut into as many rows each, padded to their own longest", () => {
  const batch = all(rowsOf([2, 3, 5, 7, 4]));
  assertEquals(cut(batch, 2).map(outline), [[[0, 1, 2], 5, 3 / 5], [[3, 4], 7, 2 / 5]]);
  assertEquals(cut(batch, 1), [{ part: batch, share: 1 }]);
  assertEquals(cut(all(rowsOf([2, 3, 5, 7])), 2).map(outline), [
    [[0, 1], 3, 0.5],
    [[2, 3], 7, 0.5],
  ]);
});

Deno.test("a shard is what its rows alone make", () => {
  for (const [candidates, width] of [[1, 1], [3, 1], [1, 4]]) {
    const features = rowsOf([2, 6, 4, 9, 5, 3, 8], candidates, width);
    const [first, second] = cut(all(features), 2);
    assertEquals(first!.part, collate(features, [0, 1, 2, 3]));
    assertEquals(second!.part, collate(features, [4, 5, 6]));
  }
});

Deno.test("where rows are too few the first stands in for nothing", () => {
  const batch = all(rowsOf([4]));
  assertEquals(cut(batch, 2), [{ part: batch, share: 1 }, { part: batch, share: 0 }]);
  assertEquals(firstRow(all(rowsOf([2, 5]))), collate(rowsOf([2, 5]), [0]));
});

Deno.test("each shard draws from a stream of its own, the same at each try", () => {
  const seeds = shardSeeds(createRandom(7), 3);
  assertEquals(seeds.length, SHARDS);
  assertEquals(seeds, shardSeeds(createRandom(7), 3));
  const drawn = new Set([...seeds, ...shardSeeds(createRandom(7), 4)].map(String));
  assertEquals(drawn.size, 2 * SHARDS);
  assertNotEquals(seeds[0], shardSeeds(createRandom(8), 3)[0]);
});

Deno.test("shards have sizes of their own in a signature", () => {
  const signature = shardSignature({ x: { type: "int32", shape: ["r", 2, "t"] } });
  assertEquals(signature, {
    "x 0": { type: "int32", shape: ["r 0", 2, "t 0"] },
    "x 1": { type: "int32", shape: ["r 1", 2, "t 1"] },
  });
  assertEquals(joinShards([{ a: 1 }, { a: 2 }]), { "a 0": 1, "a 1": 2 });
});
