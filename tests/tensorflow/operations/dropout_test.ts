import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../../lib/tensorflow/backend.ts";
import { valueAndGradients } from "../../../lib/tensorflow/gradients.ts";
import { sum } from "../../../lib/tensorflow/operations/arithmetic.ts";
import { paddingBias, selfAttention } from "../../../lib/tensorflow/operations/attention.ts";
import { dropout, variationalDropout } from "../../../lib/tensorflow/operations/dropout.ts";
import { randomSource } from "../../../lib/tensorflow/operations/random.ts";
import { concat } from "../../../lib/tensorflow/operations/shapes.ts";
import { compile, type Tensors } from "../../../lib/tensorflow/trace.ts";
import { leavingNothing, take } from "../support.ts";

await startTensorFlow();

const seedOf = (a: number, b = 0) => tf.tensor1d([a, b], "int32");

Deno.test("without a random source or a rate dropout gives its input back", () => {
  const x = tf.ones([2, 3, 4]);
  const seed = seedOf(1);
  assertStrictEquals(dropout(x, 0.5, undefined), x);
  assertStrictEquals(dropout(x, 0, randomSource(seed)), x);
  assertStrictEquals(variationalDropout(x, 0.5, undefined), x);
  tf.dispose([x, seed]);
});

Deno.test("dropout sets the share `rate` to 0 and scales the rest", () =>
  leavingNothing(() => {
    const [x, seed] = [tf.fill([100, 200], 2), seedOf(3)];
    for (const rate of [0.1, 0.5]) {
      const numbers = take(dropout(x, rate, randomSource(seed)));
      const kept = Math.fround(2 * Math.fround(1 / (1 - rate)));
      assert(numbers.every((value) => value === 0 || Math.abs(value - kept) < 1e-6));
      const share = numbers.filter((value) => value === 0).length / numbers.length;
      assert(
        Math.abs(share - rate) < 4 * Math.sqrt(rate * (1 - rate) / numbers.length),
        `${share}`,
      );
    }
    tf.dispose([x, seed]);
  }));

Deno.test("the gradient of dropout is its mask", () =>
  leavingNothing(() => {
    const [x, seed] = [tf.ones([10, 20]) as Tensor, seedOf(5)];
    const { value, gradients } = valueAndGradients(
      ({ x }) => sum(dropout(x!, 0.3, randomSource(seed)), [0, 1]),
      { x },
    );
    assertEquals(take(gradients["x"]), take(dropout(x, 0.3, randomSource(seed))));
    tf.dispose([value, x, seed]);
  }));

Deno.test("variational dropout draws one mask for all positions of a row", () =>
  leavingNothing(() => {
    const [x, seed] = [tf.ones([4, 5, 30]), seedOf(7)];
    const result = variationalDropout(x, 0.5, randomSource(seed));
    const rows = result.arraySync() as number[][][];
    for (const positions of rows) {
      for (const features of positions) assertEquals(features, positions[0]);
    }
    assertNotEquals(rows[0], rows[1]);
    assert(new Set(rows.flat(2)).size === 2);
    tf.dispose([x, seed, result]);
  }));

/** Three places that draw, one after another. */
function threePlaces({ x, seed }: Tensors): Record<string, Tensor> {
  const random = randomSource(seed!);
  return {
    first: dropout(x!, 0.5, random),
    second: dropout(x!, 0.5, random),
    third: variationalDropout(x!, 0.5, random),
  };
}

Deno.test("a compiled function draws what the same code draws at once, at every size", () =>
  leavingNothing(async () => {
    const traced = compile(threePlaces, {
      signature: {
        x: { type: "float32", shape: ["b", "t", 6] },
        seed: { type: "int32", shape: [2] },
      },
    });
    for (const [b, t] of [[1, 1], [3, 5], [2, 40]] as const) {
      for (const number of [1, 2]) {
        const inputs = { x: tf.ones([b, t, 6]), seed: seedOf(number) };
        const atOnce = Object.values(threePlaces(inputs)).map(take);
        assertEquals(Object.values(await traced(inputs)).map(take), atOnce);
        assertEquals(Object.values(await traced(inputs)).map(take), atOnce);
        if (b * t > 1) assertNotEquals(atOnce[0], atOnce[1]);
        tf.dispose(inputs);
      }
    }
    assertEquals(traced.traces(), 1);
    traced.dispose();
  }));

Deno.test("another seed draws other masks", () =>
  leavingNothing(() => {
    const x = tf.ones([8, 8]);
    const masks = [seedOf(1), seedOf(2), seedOf(1, 1)].map((seed) => {
      const mask = take(dropout(x, 0.5, randomSource(seed)));
      seed.dispose();
      return mask.join();
    });
    assertEquals(new Set(masks).size, 3);
    x.dispose();
  }));

Deno.test("attention drops weights out, not outputs, and leaves nothing behind", () =>
  leavingNothing(() => {
    const [x, mask, seed] = [tf.ones([2 * 50, 4]), tf.ones([2, 50]), seedOf(9)];
    const bias = paddingBias(mask);
    const options = { heads: 2, dropout: 0.5, random: randomSource(seed) };
    const numbers = take(tf.tidy(() => selfAttention(concat([x, x, x]), bias, options)));
    // each output is a share of 50 equal weights: near 1, but not 0 or 2
    assert(numbers.every((value) => value > 0.3 && value < 1.7));
    assert(new Set(numbers).size > 10);
    tf.dispose([x, mask, seed, bias]);
  }));

Deno.test("dropout works with XLA, whose random numbers are its own", async () => {
  const seed = seedOf(1);
  const x = tf.ones([50, 40]);
  const xla = compile(
    ({ x, seed }) => ({ y: dropout(x!, 0.25, randomSource(seed!)) }),
    { xla: true },
  );
  const numbers = take((await xla({ x, seed })).y);
  assertEquals(take((await xla({ x, seed })).y), numbers);
  const share = numbers.filter((value) => value === 0).length / numbers.length;
  assert(Math.abs(share - 0.25) < 0.04, `${share}`);
  tf.dispose([x, seed]);
  xla.dispose();
});
