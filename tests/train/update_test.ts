import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../lib/random.ts";
import { tf } from "../../lib/tensorflow/backend.ts";
import { optimizers } from "../../lib/train/optimizers.ts";
import { updated } from "../../lib/train/update.ts";
import { leavingNothing } from "../tensorflow/support.ts";

/** Enough elements for a fused loop. */
const LARGE = 2 ** 16 + 5;
const random = createRandom(1);
const numbers = () => Float32Array.from({ length: LARGE }, () => random.normal());
const [value, gradient, ...slots] = [numbers(), numbers(), numbers(), numbers().map(Math.abs)];

for (const optimizer of Object.values(optimizers)) {
  Deno.test(`updated() gives large parameters what ${optimizer.name} gives small ones`, () =>
    leavingNothing(() => {
      const run = (length: number): Float32Array[] => {
        const part = (array: Float32Array) => tf.tensor1d(array.subarray(0, length));
        const made = tf.tidy(() => {
          const next = updated(optimizer, {
            ...{ value: part(value!), gradient: part(gradient!), decay: 0.01 },
            state: optimizer.slots.map((_, i) => part(slots[i]!)),
            ...{ rate: tf.scalar(0.1), count: tf.scalar(3), factor: tf.scalar(0.5) },
          });
          return next;
        });
        const values = made.map((tensor) => tensor.dataSync() as Float32Array);
        tf.dispose(made);
        return values;
      };
      const [small, large] = [run(1000), run(LARGE)];
      assertEquals(large.map(({ length }) => length), small.map(() => LARGE));
      small.forEach((values, slot) =>
        values.forEach((expected, i) =>
          assert(Math.abs(large[slot]![i]! - expected) < 1e-6 * Math.max(1, Math.abs(expected)))
        )
      );
    }));
}
