import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../lib/base/random.ts";
import { tf } from "../../lib/tensorflow/backend.ts";
import { op } from "../../lib/tensorflow/operations/operation.ts";
import { lower } from "../../lib/tensorflow/operations/matmul.ts";
import { createVariable } from "../../lib/tensorflow/variables.ts";
import { optimizers } from "../../lib/train/optimizers.ts";
import { update } from "../../lib/train/changes.ts";
import { leavingNothing, take } from "../tensorflow/support.ts";

const SHAPE = [40, 50] as const;
const random = createRandom(1);
const numbers = () => Float32Array.from({ length: 40 * 50 }, () => random.normal());
const [start, gradient, ...slots] = [numbers(), numbers(), numbers(), numbers().map(Math.abs)];
const context = () => ({ rate: tf.scalar(0.1), count: tf.scalar(3), decay: 0.01 });

for (const optimizer of Object.values(optimizers)) {
  for (const kind of ["float32", "bfloat16", "none"] as const) {
    Deno.test(`update() changes variables as ${optimizer.name} says, gradient: ${kind}`, () =>
      leavingNothing(() => {
        const values = [start!, ...slots.slice(0, optimizer.slots.length)];
        const variables = values.map((array, i) => createVariable(`${i}`, SHAPE, array));
        const expected = tf.tidy(() => {
          const given = kind === "none" ? tf.zeros([...SHAPE]) : tf.tensor2d(gradient!, [...SHAPE]);
          const low = kind === "bfloat16" ? lower(given, "bfloat16") : given;
          const factor = tf.scalar(0.5);
          const read = variables.map((variable) => variable.read());
          const clipped = op("Mul", [op("Cast", [low], { DstT: 1 }), factor]);
          const next = optimizer.update(read[0]!, clipped, read.slice(1), context());
          const expected = [next.value, ...next.state].map(take);
          const moved = kind === "none" ? {} : { gradient: low, factor };
          update(optimizer, [{ variables, ...moved }], context());
          return expected;
        });
        variables.forEach((variable, slot) => {
          const found = variable.values();
          assertEquals(found.length, expected[slot]!.length);
          assert(found.every((x, i) => {
            const y = expected[slot]![i]!;
            return Math.abs(x - y) < 1e-6 * Math.max(1, Math.abs(y));
          }));
          variable.dispose();
        });
      }));
  }
}

Deno.test("update() changes nothing where it is not to be applied", () =>
  leavingNothing(() => {
    const variables = [start!, ...slots].map((array, i) => createVariable(`${i}`, SHAPE, array));
    const run = (yes: boolean) =>
      tf.tidy(() =>
        update(optimizers.adamax, [{
          ...{ variables, factor: tf.scalar(1) },
          gradient: tf.tensor2d(gradient!.map((x) => yes ? x : x / 0), [...SHAPE]),
        }], { ...context(), apply: tf.scalar(yes, "bool") })
      );
    run(false);
    assertEquals(variables.map((variable) => variable.values()), [start!, ...slots]);
    run(true);
    variables.forEach((variable, i) =>
      assert(variable.values().some((x, j) => x !== [start!, ...slots][i]![j]))
    );
    variables.forEach((variable) => variable.dispose());
  }));

Deno.test("update() changes several places as it changes each alone", () =>
  leavingNothing(() => {
    const shapes = [[40, 50], [7], [40, 50]] as const;
    const make = () =>
      shapes.map((shape, place) =>
        [start!, ...slots.slice(0, 2)].map((array, slot) => {
          const count = shape.reduce((product: number, size) => product * size, 1);
          return createVariable(
            `${place} ${slot}`,
            shape,
            array.slice(0, count).map((x) => x + place),
          );
        })
      );
    const [alone, together] = [make(), make()];
    tf.tidy(() => {
      const places = (all: typeof alone) =>
        all.map((variables, place) => ({
          variables,
          // the last one goes on without a gradient
          ...(place < 2 && {
            gradient: lower(tf.randomNormal([...shapes[place]!], 0, 1, "float32", 5), "bfloat16"),
            factor: tf.scalar(place + 1),
          }),
        }));
      places(alone).forEach((place) => update(optimizers.adamax, [place], context()));
      update(optimizers.adamax, places(together), context());
    });
    alone.flat().forEach((variable, i) => {
      assertEquals(together.flat()[i]!.values(), variable.values());
    });
    [...alone, ...together].flat().forEach((variable) => variable.dispose());
  }));
