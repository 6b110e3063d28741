import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { Features } from "../../lib/types.ts";
import { createRandom } from "../../lib/base/random.ts";
import { collate, planBatches, planEvaluation, rowLengths } from "../../lib/input/batches.ts";
import { readReference, reference } from "./official.ts";

/** Features with the given sequences (their pieces), `candidates` to a row; boundary 2 each. */
function featuresOf(sequences: readonly number[][], candidates = 1): Features {
  const offsets = new Int32Array(sequences.length + 1);
  sequences.forEach((pieces, s) => offsets[s + 1] = offsets[s]! + pieces.length);
  const rows = sequences.length / candidates;
  return {
    candidates,
    pad: 0,
    tokens: Int32Array.from(sequences.flat()),
    offsets,
    boundaries: new Int32Array(sequences.length).fill(2),
    targets: Float32Array.from({ length: rows }, (_, row) => row / 2),
    rows: Int32Array.from({ length: rows }, (_, row) => row),
    ids: Array.from({ length: rows }, (_, row) => String(row)),
  };
}

/** Lengths as real rows have them: many short ones, a long tail. */
function skewedLengths(n: number): Int32Array {
  const random = createRandom("lengths");
  return Int32Array.from({ length: n }, () => 8 + Math.floor(120 * random.uniform() ** 3));
}

function paddedShare(batches: readonly Int32Array[], lengths: Int32Array): number {
  let [padded, pieces] = [0, 0];
  for (const batch of batches) {
    padded += batch.length * Math.max(...batch.map((position) => lengths[position]!));
    for (const position of batch) pieces += lengths[position]!;
  }
  return 1 - pieces / padded;
}

function everyRow(batches: readonly Int32Array[]): number[] {
  return batches.flatMap((batch) => [...batch]).toSorted((a, b) => a - b);
}

Deno.test("collate() pads to the longest row of the batch and marks sides and padding", () => {
  const features = featuresOf([[1, 2, 3], [4, 5, 6, 7, 8, 9], [10, 11, 12, 13]]);
  const batch = collate(features, [2, 0]);
  assertEquals(batch.size, 2);
  assertEquals(batch.length, 4);
  assertEquals([...batch.tokens], [10, 11, 12, 13, 1, 2, 3, 0]);
  assertEquals([...batch.sides], [0, 0, 1, 1, 0, 0, 1, 0]);
  assertEquals([...batch.mask], [1, 1, 1, 1, 1, 1, 1, 0]);
  assertEquals([...batch.targets], [1, 0]);
  assertEquals([...batch.positions], [2, 0]);
});

Deno.test("collate() pads with the id that the features say", () => {
  const features = { ...featuresOf([[1, 2, 3, 4], [5, 6]]), pad: 9 };
  assertEquals([...collate(features, [0, 1]).tokens], [1, 2, 3, 4, 5, 6, 9, 9]);
});

Deno.test("collate() keeps a row's candidates together", () => {
  const features = featuresOf([[1, 2], [3, 4, 5], [6, 7], [8, 9]], 2);
  const batch = collate(features, Int32Array.of(1, 0));
  assertEquals([batch.size, batch.length], [2, 3]);
  assertEquals([...batch.tokens], [6, 7, 0, 8, 9, 0, 1, 2, 0, 3, 4, 5]);
  assertEquals([...batch.targets], [0.5, 0]);
  assertEquals([...rowLengths(features)], [3, 2]);
});

Deno.test("collate() keeps missing targets as NaN", () => {
  const features = { ...featuresOf([[1, 2]]), targets: Float32Array.of(NaN) };
  assertEquals([...collate(features, [0]).targets], [NaN]);
});

Deno.test("collate() takes all targets of a row that has several", () => {
  const targets = Float32Array.of(0, 1, 2, 3, 4, 5);
  const features = { ...featuresOf([[1, 2], [3, 4], [5, 6, 7]]), targets };
  assertEquals([...collate(features, [2, 0]).targets], [4, 5, 0, 1]);
  assertEquals([...rowLengths(features)], [2, 2, 3]);
});

Deno.test("collate() names a position outside the features", () => {
  const features = featuresOf([[1, 2], [3, 4]]);
  assertThrows(() => collate(features, [0, 2]), RangeError, "row 2: expected 0 to 1");
});

Deno.test("planBatches() uses every row once, in full batches but for the last", () => {
  for (const pool of [1, 2, 32]) {
    const { batches, dropped } = planBatches(skewedLengths(1003), {
      batchSize: 32,
      random: createRandom(1),
      pool,
    });
    assertEquals(everyRow(batches), [...Array(1003).keys()]);
    assertEquals(batches.map(({ length }) => length), [...Array(31).fill(32), 11]);
    assertEquals(dropped, 0);
  }
});

Deno.test("planBatches() holds little padding in pools, much without", () => {
  const lengths = skewedLengths(8192);
  const share = (pool: number) =>
    paddedShare(
      planBatches(lengths, { batchSize: 32, random: createRandom(1), pool }).batches,
      lengths,
    );
  assertEquals(share(32) < 0.06, true);
  assertEquals(share(1) > 0.5, true);
});

Deno.test("planBatches() shuffles the rows anew each epoch, or once like the reference", () => {
  const lengths = skewedLengths(100);
  const plan = (epoch: number, reshuffle: boolean) =>
    planBatches(lengths, { batchSize: 8, random: createRandom(1), epoch, reshuffle }).batches;
  assertEquals(plan(1, true), plan(1, true));
  assertNotEquals(plan(0, true), plan(1, true));
  assertEquals(plan(0, false), plan(1, false));
});

Deno.test("planBatches() leaves the shuffled order alone with pools of one batch", () => {
  const lengths = skewedLengths(64);
  const { batches } = planBatches(lengths, { batchSize: 16, random: createRandom(1), pool: 1 });
  const inOrder = batches.map((batch) => [...batch].map((position) => lengths[position]!));
  assertEquals(inOrder.some((each) => each.some((n, i) => i > 0 && n < each[i - 1]!)), true);
});

Deno.test("planBatches() leaves out rows that are too long and counts them", () => {
  const lengths = Int32Array.of(5, 12, 13, 7, 99);
  const random = createRandom(1);
  const { batches, dropped } = planBatches(lengths, { batchSize: 2, random, maxLength: 12 });
  assertEquals(everyRow(batches), [0, 1, 3]);
  assertEquals(dropped, 2);
  assertEquals(planBatches(lengths, { batchSize: 2, random, maxLength: 4 }), {
    batches: [],
    dropped: 5,
  });
});

Deno.test("planBatches() measures a ranking row by its longest candidate", () => {
  const features = featuresOf([[1, 2, 3], [1], [1, 2], [1, 2]], 2);
  const { batches, dropped } = planBatches(features, {
    batchSize: 4,
    random: createRandom(1),
    maxLength: 2,
  });
  assertEquals([everyRow(batches), dropped], [[1], 1]);
});

Deno.test("planBatches() refuses sizes that are no whole numbers above 0", () => {
  const random = createRandom(1);
  const lengths = Int32Array.of(1, 2);
  assertThrows(() => planBatches(lengths, { batchSize: 0, random }), RangeError, "batchSize 0");
  assertThrows(() => planBatches(lengths, { batchSize: 1, random, pool: 0.5 }), RangeError, "pool");
});

Deno.test("planEvaluation() uses every row once, longest first, within the token budget", () => {
  const lengths = skewedLengths(2000);
  const batches = planEvaluation(lengths, { maxTokens: 1024, maxRows: 64 });
  assertEquals(everyRow(batches), [...Array(2000).keys()]);
  for (const batch of batches) {
    assertEquals(batch.length <= 64 && batch.length * lengths[batch[0]!]! <= 1024, true);
  }
  const longest = batches.map((batch) => lengths[batch[0]!]!);
  assertEquals(longest, longest.toSorted((a, b) => b - a));
  assertEquals(paddedShare(batches, lengths) < 0.05, true);
});

Deno.test("planEvaluation() gives a row longer than the budget a batch of its own", () => {
  const batches = planEvaluation(Int32Array.of(4, 300, 3), { maxTokens: 8 });
  assertEquals(batches.map((batch) => [...batch]), [[1], [0, 2]]);
});

Deno.test("planEvaluation() counts every candidate of a row", () => {
  const features = featuresOf([[1, 2], [1], [1, 2], [1], [1], [1]], 2);
  const batches = planEvaluation(features, { maxTokens: 4 });
  assertEquals(batches.map((batch) => [...batch]), [[1], [0], [2]]);
});

interface Row {
  readonly case: number;
  readonly uid: number | string;
  readonly token_id: number[] | number[][];
}
interface File {
  readonly case: number;
  readonly task: string;
  readonly uids_kept_by_training_loader_at_max_seq_len: Readonly<
    Record<string, readonly (number | string)[]>
  >;
}

Deno.test({
  name: "planBatches() leaves out the rows that the reference program leaves out",
  ignore: reference.missing,
  fn() {
    const rows = Map.groupBy(readReference<Row>("features.jsonl"), (row) => row.case);
    for (const file of readReference<File>("feature_files.jsonl")) {
      const examples = rows.get(file.case)!;
      const candidates = Array.isArray(examples[0]!.token_id[0]) ? 2 : 1;
      const sequences = examples.flatMap(({ token_id }) =>
        candidates === 2 ? token_id as number[][] : [token_id as number[]]
      );
      const features = featuresOf(sequences, candidates);
      const expected = Object.entries(file.uids_kept_by_training_loader_at_max_seq_len);
      for (const [maxLength, uids] of expected) {
        const { batches, dropped } = planBatches(features, {
          batchSize: 4,
          random: createRandom(1),
          maxLength: Number(maxLength),
        });
        const kept = everyRow(batches).map((position) => examples[position]!.uid);
        assertEquals(kept, [...uids], `case ${file.case}, ${file.task}, ${maxLength}`);
        assertEquals(dropped, examples.length - uids.length);
      }
    }
  },
});

Deno.test({
  name: "planBatches() has the reference program's number of batches after dropping long rows",
  ignore: reference.missing,
  fn() {
    const { sampler } = JSON.parse(Deno.readTextFileSync(`${reference.path}/schedule.json`));
    const run = sampler.runs.find((each: { token_lengths: unknown }) => each.token_lengths);
    const ours = Object.values(run.token_lengths as Record<string, number[]>).map((lengths) =>
      planBatches(Int32Array.from(lengths), {
        batchSize: 8,
        random: createRandom(1),
        pool: 1,
        maxLength: 12,
      }).batches.length
    );
    assertEquals(ours, Object.values(run.epochs[0].batches_per_task_id));
  },
});
