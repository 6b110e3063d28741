import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  accuracy,
  computeScores,
  confusionMatrix,
  f1,
  macroF1,
  matthews,
  type Metric,
  metrics,
  microF1,
  pearson,
  spearman,
} from "../../lib/metrics/metrics.ts";
import recorded from "../fixtures/metrics/recorded.json" with { type: "json" };
import fresh from "../fixtures/metrics/fresh.json" with { type: "json" };

const numbers = (text: string): number[] => text.split(" ").map(Number);
const digits = (text: string): number[] => [...text].map(Number);

/** `value` against `expected` to 1e-9 relative; `expected` null means no value. */
function assertScore(value: number | null, expected: number | null, what: string): void {
  if (value === null || expected === null) return assertEquals(value, expected, what);
  const gap = Math.abs(value - expected);
  assert(gap <= 1e-9 * Math.max(1e-3, Math.abs(expected)), `${what}: ${value}, not ${expected}`);
}

const hundred = (share: number | null): number | null => share === null ? null : 100 * share;

Deno.test("classification metrics equal those the reference program printed", () => {
  for (const row of recorded.classification) {
    const [predictions, targets] = [digits(row.predictions), digits(row.targets)];
    const check = (metric: Metric, expected: number | null) =>
      assertScore(metric.compute(predictions, targets), expected, `${metric.name}, ${row.name}`);
    check(accuracy, row.ACC);
    check(accuracy, hundred(row.accuracy));
    check(macroF1, hundred(row.macro_f1));
    check(matthews, row.MCC);
    check(matthews, hundred(row.mcc));
    if (row.F1 !== null) check(f1, row.F1);
    if (row.f1 !== null) check(f1, hundred(row.f1));
  }
});

Deno.test("correlations equal those the reference program printed", () => {
  for (const row of recorded.regression) {
    for (
      const [metric, printed, share] of [
        [pearson, row.Pearson, row.pearson],
        [spearman, row.Spearman, row.spearman],
      ] as const
    ) {
      const value = metric.compute(numbers(row.predictions), numbers(row.targets));
      assertScore(value, printed, `${metric.name}, ${row.name}`);
      assertScore(value, hundred(share), `${metric.name}, ${row.name}`);
    }
  }
});

Deno.test("accuracy equals the reference program's on MNLI and on ranking pairs", () => {
  for (const row of recorded.mnli) {
    const value = accuracy.compute(digits(row.predictions), digits(row.targets));
    assertScore(value, row.ACC, row.part);
  }
  for (const row of recorded.ranking) {
    assertScore(accuracy.compute(digits(row.predictions), digits(row.targets)), row.ACC, row.name);
    const pairs = accuracy.compute(digits(row.best), digits(row.positive));
    assertScore(pairs, row.pair_accuracy, row.name);
  }
});

/**
 * Uniform numbers the fixture's Python side can repeat bit for bit: a Weyl sequence through two
 * multiply-and-shift rounds, over 2^32.
 */
function stream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 4294967296;
  };
}

/** Per row: a target drawn by weight, a number that decides agreement, a second draw. */
function labelRows(row: { seed: number; n: number; weights: number[]; agree: number }) {
  const uniform = stream(row.seed);
  const total = row.weights.reduce((sum, weight) => sum + weight, 0);
  const draw = (): number => {
    let [label, left] = [0, uniform() * total];
    while (left >= row.weights[label]!) left -= row.weights[label++]!;
    return label;
  };
  const [predictions, targets] = [new Uint8Array(row.n), new Uint8Array(row.n)];
  for (let i = 0; i < row.n; i++) {
    const target = draw();
    const agrees = uniform() < row.agree;
    const other = draw();
    targets[i] = target;
    predictions[i] = agrees ? target : other;
  }
  return { predictions, targets };
}

Deno.test("classification metrics equal scikit-learn on many classes, rare ones and large n", () => {
  for (const row of fresh.classification) {
    const { predictions, targets } = labelRows(row);
    const what = `seed ${row.seed}`;
    assertEquals(confusionMatrix(predictions, targets, row.weights.length), row.confusion, what);
    assertScore(accuracy.compute(predictions, targets), 100 * row.accuracy, what);
    assertScore(macroF1.compute(predictions, targets), 100 * row.macroF1, what);
    assertScore(matthews.compute(predictions, targets), 100 * row.matthews, what);
    if (row.f1 !== undefined) assertScore(f1.compute(predictions, targets), 100 * row.f1, what);
  }
});

Deno.test("F1 over rows of several labels equals scikit-learn's, rare and absent labels included", () => {
  for (const { seed, n, shares, agree, ...expected } of fresh.several) {
    const uniform = stream(seed);
    const [predictions, targets] = [new Array<number>(), new Array<number>()];
    for (let i = 0; i < n * shares.length; i++) {
      const share = shares[i % shares.length]!;
      const target = uniform() < share ? 1 : 0;
      const agrees = uniform() < agree;
      const other = uniform() < share ? 1 : 0;
      targets.push(target);
      predictions.push(agrees ? target : other);
    }
    for (const metric of [microF1, macroF1]) {
      const value = metric.compute(predictions, targets, shares.length);
      assertScore(value, 100 * expected[metric.name as keyof typeof expected], `seed ${seed}`);
    }
  }
});

Deno.test("micro F1 of one label a row is the accuracy", () => {
  const [predictions, targets] = [[0, 1, 2, 2, 0], [0, 1, 2, 1, 2]];
  assertEquals(microF1.compute(predictions, targets), accuracy.compute(predictions, targets));
});

Deno.test("metrics of one label refuse rows of several", () => {
  assertThrows(
    () => computeScores([microF1, accuracy], [1, 0, 0, 1], [1, 0, 0, 1], 2),
    RangeError,
    "Cannot compute accuracy: rows have 2 numbers each, expected one",
  );
  assertThrows(() => microF1.compute([1, 2], [1, 0], 2), RangeError, "prediction 2 at position 1");
});

Deno.test("correlations equal scipy on ties, offsets, tiny and huge values and large n", () => {
  for (const row of fresh.regression) {
    const uniform = stream(row.seed);
    const step = (value: number) =>
      row.levels ? Math.floor(value * row.levels) / row.levels : value;
    const [predictions, targets] = [new Float64Array(row.n), new Float64Array(row.n)];
    for (let i = 0; i < row.n; i++) {
      const [signal, noise] = [uniform(), uniform()];
      targets[i] = row.offset + row.scale * step(signal);
      predictions[i] = row.offset + row.scale * step((1 - row.noise) * signal + row.noise * noise);
    }
    assertScore(pearson.compute(predictions, targets), hundred(row.pearson), `seed ${row.seed}`);
    assertScore(spearman.compute(predictions, targets), hundred(row.spearman), `seed ${row.seed}`);
  }
});

Deno.test("every metric is null for no rows", () => {
  for (const metric of Object.values(metrics)) assertEquals(metric.compute([], []), null);
});

Deno.test("correlations are null for one row and for constant predictions or targets", () => {
  for (const metric of [pearson, spearman]) {
    assertEquals(metric.compute([1], [2]), null);
    assertEquals(metric.compute([0.1, 0.1, 0.1], [1, 2, 3]), null);
    assertEquals(metric.compute([1, 2, 3], [5, 5, 5]), null);
  }
});

Deno.test("matthews() is 0, not null, where only one label was predicted", () => {
  assertEquals(matthews.compute([1, 1, 1], [0, 1, 1]), 0);
  assertEquals(matthews.compute([1, 1], [1, 1]), 0);
});

Deno.test("matthews() is exactly 100 or -100 where all rows are right or wrong", () => {
  const targets = Array.from({ length: 100_000 }, (_, i) => i % 2);
  assertEquals(matthews.compute(targets, targets), 100);
  assertEquals(matthews.compute(targets.map((label) => 1 - label), targets), -100);
});

Deno.test("metrics take typed arrays as they take lists", () => {
  const value = pearson.compute(Float32Array.of(1, 2, 4), Float32Array.of(1, 2, 3));
  assertEquals(value, pearson.compute([1, 2, 4], [1, 2, 3]));
});

Deno.test("f1() refuses a third label and names the position", () => {
  assertThrows(
    () => f1.compute([0, 1, 1], [0, 1, 2]),
    RangeError,
    "Cannot compute f1: target 2 at position 2, expected a label index from 0 to 1",
  );
});

Deno.test("metrics refuse lists of different length, missing targets and fractions as labels", () => {
  assertThrows(
    () => accuracy.compute([1], [1, 0]),
    RangeError,
    "Cannot compute accuracy: 1 predictions for 2 targets",
  );
  assertThrows(() => accuracy.compute([0], [NaN]), RangeError, "target NaN at position 0");
  assertThrows(() => matthews.compute([0.5], [1]), RangeError, "prediction 0.5 at position 0");
  assertThrows(() => pearson.compute([NaN, 1], [0, 1]), RangeError, "expected a finite number");
  assertThrows(() => confusionMatrix([3], [0], 3), RangeError, "prediction 3 at position 0");
});

Deno.test("computeScores() gives one value per metric under its name", () => {
  const scores = computeScores([matthews, accuracy, pearson], [0, 1, 1], [0, 1, 1]);
  assertEquals(Object.keys(scores), ["matthews", "accuracy", "pearson"]);
  assertEquals(scores.accuracy, 100);
});

Deno.test("every metric is listed under its own name", () => {
  for (const [key, metric] of Object.entries(metrics)) assertEquals(metric.name, key);
});
