import { assert, assertEquals } from "@std/assert";
import { startTensorFlow, tf } from "../../../lib/tensorflow/backend.ts";
import { dropoutMask, keepMask } from "../../../lib/tensorflow/operations/masks.ts";
import { op } from "../../../lib/tensorflow/operations/operation.ts";
import { compile } from "../../../lib/tensorflow/trace.ts";
import { raise } from "../../../lib/tensorflow/operations/matmul.ts";
import { leavingNothing, take } from "../support.ts";

await startTensorFlow();

/** A mask as 1 for what is kept and 0 for what isn't. */
function kept(shape: readonly number[], rate: number, seed: readonly [number, number]): number[] {
  const inputs = [tf.tensor1d([...shape], "int32"), tf.tensor1d([...seed], "int32")] as const;
  const mask = take(dropoutMask(inputs[0], rate, inputs[1]));
  tf.dispose([...inputs]);
  return mask.map((value) => value > 0 ? 1 : 0);
}

const share = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** How many standard errors a share of `count` draws lies from what is expected. */
const errors = (found: number, expected: number, count: number) =>
  Math.abs(found - expected) / Math.sqrt(expected * (1 - expected) / count);

Deno.test("the share of dropped elements is the rate, also over more than one block", () =>
  leavingNothing(() => {
    for (const [i, rate] of [0.05, 0.1, 0.5, 0.9].entries()) {
      for (const shape of [[1000], [700, 300], [3, 4, 40, 50]]) {
        const mask = kept(shape, rate, [17, i]);
        assertEquals(mask.length, shape.reduce((product, size) => product * size));
        assert(errors(share(mask), 1 - rate, mask.length) < 4, `${rate} of ${shape}`);
      }
    }
  }));

Deno.test("elements near and far from each other are dropped independently", () =>
  leavingNothing(() => {
    const mask = kept([400_000], 0.3, [-5, 9]);
    for (const distance of [1, 2, 3, 4, 16, 384, 1536, 65_536, 131_072]) {
      const both = mask.slice(distance).map((value, i) => value * mask[i]!);
      assert(errors(share(both), 0.49, both.length) < 5, `${distance} apart: ${share(both)}`);
    }
  }));

Deno.test("seeds that differ in one bit, in either number, draw independent masks", () =>
  leavingNothing(() => {
    const first = kept([200_000], 0.3, [1, 1]);
    for (const seed of [[0, 1], [1, 0], [1, 2], [3, 1], [-1, 1], [1, 2 ** 31 - 1]] as const) {
      const both = kept([200_000], 0.3, seed).map((value, i) => value * first[i]!);
      assert(errors(share(both), 0.49, both.length) < 5, `seed ${seed}: ${share(both)}`);
    }
  }));

Deno.test("a longer mask begins as a shorter one of the same seed", () =>
  leavingNothing(() => {
    assertEquals(kept([300_000], 0.5, [2, 3]).slice(0, 100), kept([100], 0.5, [2, 3]));
  }));

Deno.test("a mask of 0 and 1 keeps what the multipliers keep, in both types", () =>
  leavingNothing(() => {
    const multipliers = kept([3, 500], 0.3, [4, 5]);
    for (const precision of ["float32", "bfloat16"] as const) {
      const inputs = [tf.tensor1d([3, 500], "int32"), tf.tensor1d([4, 5], "int32")] as const;
      const mask = take(tf.tidy(() => raise(keepMask(inputs[0], 0.3, inputs[1], precision))));
      assertEquals(mask, multipliers);
      tf.dispose([...inputs]);
    }
  }));

Deno.test("no rate is taken for a size while tracing", () =>
  leavingNothing(async () => {
    for (const rate of [0.433, 0.473, 0.482, 0.491, 0.509, 0.518, 0.527, 0.567]) {
      const masked = compile(({ x, y, z, seed }) => ({
        mask: dropoutMask(op("Shape", [x], { out_type: 3 }), rate, seed),
        others: tf.add(y.sum(), z.sum()),
      }), {
        signature: {
          x: { type: "float32", shape: ["w"] },
          y: { type: "float32", shape: ["r"] },
          z: { type: "float32", shape: ["t"] },
          seed: { type: "int32", shape: [2] },
        },
      });
      const [x, seed] = [tf.zeros([50]), tf.tensor1d([1, 2], "int32")];
      const found = await masked({ x, y: x, z: x, seed });
      assertEquals(found.mask.shape, [50]);
      tf.dispose([x, seed, found.mask, found.others]);
      masked.dispose();
    }
  }));
