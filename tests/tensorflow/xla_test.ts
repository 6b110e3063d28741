import { assert, assertEquals, assertThrows } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { compile } from "../../lib/tensorflow/trace.ts";
import { createVariable, type Variable } from "../../lib/tensorflow/variables.ts";
import { recordChange, recordKernel } from "../../lib/tensorflow/xla.ts";
import { leavingNothing, take, vector } from "./support.ts";

await startTensorFlow();

/** A weight and its running mean, as an optimiser changes them. */
const body = (values: readonly Tensor[], [gradient, rate]: readonly Tensor[]) => {
  const [weight, mean] = values as [Tensor, Tensor];
  const next = tf.add(tf.mul(mean, 0.9), tf.mul(gradient!, 0.1));
  return [tf.sub(weight, tf.mul(next, rate!)), next];
};
const recordUpdate = (shape: readonly number[]) =>
  recordChange(
    "update",
    [{ type: "float32", shape }, { type: "float32", shape: [] }],
    [shape, shape],
    body,
  );
const update = recordUpdate([2, 3]);
const RATE = { type: "float32", shape: [] } as const;

/** Weight and mean, all weights 1 and all means 2. */
function variables(): Variable[] {
  return [1, 2].map((start) => createVariable("v", [2, 3], new Float32Array(6).fill(start)));
}

/** Whether two lists agree to the last bit but one: XLA contracts a product and a sum. */
function near(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  const [one, other] = [Array.from(a), Array.from(b)];
  return one.length === other.length && one.every((x, i) => Math.abs(x - other[i]!) < 3e-7);
}

Deno.test("a change gives the numbers of its parts, at once", () =>
  leavingNothing(() => {
    const made = variables();
    const inputs = [tf.tensor2d([[1, 2, 3], [4, 5, 6]]), tf.scalar(0.5)];
    const plain = tf.tidy(() => body(made.map((variable) => variable.read()), inputs).map(take));
    update(inputs, made);
    made.forEach((variable, i) => assert(near(variable.values(), plain[i]!)));
    tf.dispose(inputs);
    made.forEach((variable) => variable.dispose());
  }));

Deno.test("a value that was read stays what it was when a change overwrites its variable", () =>
  leavingNothing(async () => {
    const made = variables();
    const inputs = [tf.ones([2, 3]), tf.scalar(1)];
    const [weight, mean] = made.map((variable) => variable.read()) as [Tensor, Tensor];
    update(inputs, made);
    assertEquals([take(weight)[0], take(mean)[0]], [1, 2]);
    const step = compile(() => {
      const before = made[0]!.read();
      tf.tidy(() => update([tf.ones([2, 3]), tf.scalar(1)], made));
      return { before: tf.mul(before, 1), after: made[0]!.read() };
    });
    const { before, after } = await step({});
    assert(near(take(before), new Array(6).fill(1 - 1.9)));
    assert(near(take(after), new Array(6).fill(1 - 1.9 - 1.81)));
    tf.dispose([inputs, weight, mean, before, after]);
    made.forEach((variable) => variable.dispose());
    step.dispose();
  }));

Deno.test("a compiled function makes changes in order, several times and of several shapes", () =>
  leavingNothing(async () => {
    const flat = recordUpdate([3]);
    const kernels = variables();
    const biases = [1, 2].map((start) => createVariable("b", [3], new Float32Array(3).fill(start)));
    const step = compile(({ x, rate }: { x: Tensor; rate: Tensor }) => {
      const total = tf.sum(x);
      for (let time = 0; time < 2; time++) {
        update([tf.mul(tf.ones([2, 3]), total), rate], kernels);
        flat([tf.mul(tf.ones([3]), total), rate], biases);
      }
      return { total };
    }, {
      signature: { x: { type: "float32", shape: ["n"] }, rate: { type: "float32", shape: [] } },
    });
    const rate = tf.scalar(0.5);
    let [weight, mean] = [1, 2];
    for (const x of [vector(1, 1), vector(1, 1, 2)]) {
      const total = take(tf.tidy(() => tf.sum(x)))[0]!;
      tf.dispose(await step({ x, rate }));
      for (let time = 0; time < 2; time++) {
        mean = 0.9 * mean + 0.1 * total;
        weight -= 0.5 * mean;
      }
      x.dispose();
    }
    for (const [made, size] of [[kernels, 6], [biases, 3]] as const) {
      assert(made[0]!.values().every((value) => Math.abs(value - weight) < 1e-6));
      assert(made[1]!.values().every((value) => Math.abs(value - mean) < 1e-6));
      assertEquals(made[0]!.values().length, size);
      made.forEach((variable) => variable.dispose());
    }
    tf.dispose(rate);
    step.dispose();
  }));

Deno.test("a kernel may meet its first call while a function is traced", () =>
  leavingNothing(async () => {
    const spec = { type: "float32", shape: ["n"] } as const;
    const blend = recordKernel("blend", [spec, spec, RATE], ([a, b, share]) => [
      tf.add(tf.mul(a!, share!), b!),
    ]);
    const output = [{ type: "float32", shape: [2] }] as const;
    const compiled = compile(({ a, b }: Record<string, Tensor>) => ({
      y: blend([a!, b!, tf.scalar(2)], output)[0]!,
      after: tf.add(a!, b!), // the outer trace goes on
    }));
    const [a, b] = [vector(1, 2), vector(3, 4)];
    const { y, after } = await compiled({ a, b });
    assertEquals([take(y), take(after)], [[5, 8], [4, 6]]);
    const [atOnce] = tf.tidy(() => blend([a, b, tf.scalar(3)], output));
    assertEquals(take(atOnce!), [6, 10]);
    tf.dispose([a, b]);
    compiled.dispose();
  }));

Deno.test("a body that uses a tensor from outside is refused", () =>
  leavingNothing(() => {
    const outside = tf.scalar(2);
    tf.dispose(tf.add(outside, 0));
    const wrong = () => recordKernel("wrong", [RATE], ([x]) => [tf.add(x!, outside)]);
    const message = 'Cannot record "wrong": it uses a tensor from outside';
    for (let time = 0; time < 2; time++) assertThrows(wrong, Error, message);
    assertThrows(() => recordChange("wrong", [], [[]], () => [outside]), Error, message);
    outside.dispose();
  }));

Deno.test("a change gives each variable a value of its shape", () =>
  leavingNothing(() => {
    const record = (body: (values: readonly Tensor[]) => Tensor[]) => () =>
      recordChange("short", [], [[2], [2]], body);
    assertThrows(record(([x]) => [x!]), Error, '"short" gives 1 values for 2 variables.');
    assertThrows(record(([x]) => [x!, tf.scalar(1)]), Error, "Cannot assign a tensor of shape []");
  }));

Deno.test("rows taken before a change are those from before, and a change waits for them", () =>
  leavingNothing(async () => {
    const made = variables();
    const shared = [tf.ones([2, 3]), tf.scalar(1)];
    const step = compile(({ ids }: { ids: Tensor }) => {
      const before = made[0]!.rows(ids);
      update(shared, made);
      return { before, after: made[0]!.rows(ids) };
    }, { signature: { ids: { type: "int32", shape: ["n"] } } });
    const ids = tf.tensor1d([1, 1, 0], "int32");
    const { before, after } = await step({ ids });
    assertEquals([before.shape, after.shape], [[3, 3], [3, 3]]);
    assert(near(take(before), new Array(9).fill(1)));
    assert(near(take(after), new Array(9).fill(1 - 1.9)));
    const atOnce = made[1]!.rows(ids);
    assert(near(take(atOnce), new Array(9).fill(1.9)));
    tf.dispose([shared, ids, before, after, atOnce]);
    made.forEach((variable) => variable.dispose());
    step.dispose();
  }));
