import { assert, assertEquals } from "@std/assert";
import { startTensorFlow, tf } from "../../../lib/tensorflow/backend.ts";
import {
  bernoulli,
  randomSource,
  uniform,
  uniformInteger,
} from "../../../lib/tensorflow/operations/random.ts";
import { leavingNothing, take } from "../support.ts";

await startTensorFlow();

const ints = (...values: number[]) => tf.tensor1d(values, "int32");

/** Correlation of two equally long lists. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = mean(a.map((value, i) => (value - ma) * (b[i]! - mb)));
  const spread = (x: readonly number[], m: number) => mean(x.map((value) => (value - m) ** 2));
  return product / Math.sqrt(spread(a, ma) * spread(b, mb));
}

Deno.test("uniform numbers lie in [0, 1) and have the right mean and spread", () =>
  leavingNothing(() => {
    const [shape, seed] = [ints(100, 100), ints(1, 2)];
    const numbers = take(uniform(shape, seed));
    assert(numbers.every((value) => value >= 0 && value < 1));
    const mean = numbers.reduce((sum, value) => sum + value) / numbers.length;
    const square = numbers.reduce((sum, value) => sum + value * value) / numbers.length;
    assert(Math.abs(mean - 1 / 2) < 0.01 && Math.abs(square - 1 / 3) < 0.01);
    tf.dispose([shape, seed]);
  }));

Deno.test("bernoulli gives 1 with the given probability", () =>
  leavingNothing(() => {
    const [shape, seed] = [ints(10_000), ints(3, 4)];
    for (const probability of [0, 0.1, 0.9, 1]) {
      const numbers = take(bernoulli(shape, probability, seed));
      assert(numbers.every((value) => value === 0 || value === 1));
      const share = numbers.filter(Boolean).length / numbers.length;
      assert(Math.abs(share - probability) < 0.015);
      if (probability === 0 || probability === 1) assertEquals(share, probability);
    }
    tf.dispose([shape, seed]);
  }));

Deno.test("uniform whole numbers hit every value below the limit about equally often", () =>
  leavingNothing(() => {
    const [shape, seed] = [ints(10_000), ints(5, 6)];
    const counts = [0, 0, 0, 0, 0];
    for (const value of take(uniformInteger(shape, 5, seed))) counts[value]!++;
    assert(counts.every((count) => Math.abs(count - 2000) < 160), counts.join());
    tf.dispose([shape, seed]);
  }));

Deno.test("places and seeds draw unrelated numbers", () =>
  leavingNothing(() => {
    const shape = ints(4000);
    const masks = [1, 2].flatMap((number) => {
      const seed = ints(number, 0);
      const random = randomSource(seed);
      const found = [0, 1, 2].map(() => take(random.elementMask(shape, 0.5)));
      seed.dispose();
      return found;
    });
    masks.forEach((a, i) =>
      masks.slice(i + 1).forEach((b) => assert(Math.abs(correlation(a, b)) < 0.07))
    );
    shape.dispose();
  }));

Deno.test("element masks are 0 or 1 / (1 - rate), with a mean of 1", () =>
  leavingNothing(() => {
    const [shape, seed] = [ints(200, 100), ints(7, 0)];
    const numbers = take(randomSource(seed).elementMask(shape, 0.2));
    assertEquals([...new Set(numbers)].sort(), [0, 1.25]);
    assert(Math.abs(numbers.reduce((sum, value) => sum + value) / numbers.length - 1) < 0.02);
    tf.dispose([shape, seed]);
  }));

Deno.test("column masks keep at least one column of each row, each as often as the others", () =>
  leavingNothing(() => {
    const [shape, seed] = [ints(6000, 5), ints(8, 0)];
    const mask = randomSource(seed).columnMask(shape, 5, 0.9);
    assertEquals(mask.shape, [6000, 5]);
    const rows = mask.arraySync() as number[][];
    const kept = [0, 0, 0, 0, 0];
    for (const row of rows) {
      assert(row.some((value) => value > 0));
      row.forEach((value, column) => {
        assert(value === 0 || Math.abs(value - 10) < 1e-5);
        kept[column]! += value > 0 ? 1 : 0;
      });
    }
    // kept for certain with probability 1/5, else with probability 1/10
    const expected = 6000 * (1 / 5 + 4 / 5 * 0.1);
    assert(kept.every((count) => Math.abs(count - expected) < 160), kept.join());
    tf.dispose([shape, seed, mask]);
  }));
