import { assert, assertEquals, assertThrows } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { fuse } from "../../lib/tensorflow/fused.ts";
import { compile } from "../../lib/tensorflow/trace.ts";
import { createVariable } from "../../lib/tensorflow/variables.ts";
import { leavingNothing, take, vector } from "./support.ts";

await startTensorFlow();

/** A weight and its running mean, as an optimiser changes them. */
const body = ([weight, mean, gradient]: readonly Tensor[], [rate]: readonly Tensor[]) => {
  const next = tf.add(tf.mul(mean!, 0.9), tf.mul(gradient!, 0.1));
  return [tf.sub(weight!, tf.mul(next, rate!)), next];
};
const update = fuse("update", body);
update([vector(0), vector(0), vector(0)], [tf.scalar(0)]).forEach((tensor) => tensor.dispose());

function inputs(shape: number[]) {
  const make = (from: number) =>
    tf.tidy(() => tf.linspace(from, from + 1, shape.reduce((a, b) => a * b, 1)).reshape(shape));
  return { elements: [make(0), make(1), make(-1)], scalars: [tf.scalar(0.5) as Tensor] };
}

/** Whether two lists agree to the last bit but one: XLA contracts a product and a sum. */
function near(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) < 3e-7);
}

Deno.test("a fused expression gives the numbers of its parts, at any shape, at once", () =>
  leavingNothing(() => {
    for (const shape of [[4], [2, 3], [1], [2, 1, 2], [4]]) {
      const { elements, scalars } = inputs(shape);
      const fused = update(elements, scalars);
      const plain = tf.tidy(() => body(elements, scalars));
      assertEquals(fused.map((tensor) => tensor.shape), [shape, shape]);
      const numbers = fused.map(take);
      plain.forEach((tensor, i) => assert(near(numbers[i]!, take(tensor))));
      tf.dispose([elements, scalars]);
    }
  }));

Deno.test("a compiled function calls fused expressions, several times and for several shapes", () =>
  leavingNothing(async () => {
    const kernel = createVariable("kernel", [2, 3], new Float32Array(6).fill(1));
    const bias = createVariable("bias", [3], new Float32Array(3).fill(1));
    const step = compile(({ x, rate }: { x: Tensor; rate: Tensor }) => {
      const total = tf.sum(x);
      for (const variable of [kernel, bias]) {
        const gradient = tf.mul(tf.onesLike(variable.read()), total);
        for (let time = 0; time < 2; time++) {
          const [next] = update([variable.read(), tf.zerosLike(gradient), gradient], [rate]);
          variable.assign(next!);
        }
      }
      return { total };
    }, {
      signature: { x: { type: "float32", shape: ["n"] }, rate: { type: "float32", shape: [] } },
    });
    const rate = tf.scalar(0.5);
    for (const x of [vector(1, 1), vector(1, 1, 2)]) {
      tf.dispose(await step({ x, rate }));
      x.dispose();
    }
    // each call takes 2 x 0.5 x 0.1 x sum off
    const expected = 1 - 0.1 * (2 + 4);
    assert(near([...kernel.values()], new Array(6).fill(expected)));
    assert(near([...bias.values()], new Array(3).fill(expected)));
    tf.dispose(rate);
    kernel.dispose();
    bias.dispose();
    step.dispose();
  }));

Deno.test("a fused expression may meet its first call while a function is traced", () =>
  leavingNothing(async () => {
    const blend = fuse("blend", ([a, b], [share]) => [tf.add(tf.mul(a!, share!), b!)]);
    const compiled = compile(({ a, b }: Record<string, Tensor>) => ({
      y: blend([a!, b!], [tf.scalar(2)])[0]!,
      after: tf.add(a!, b!), // the outer trace goes on
    }));
    const [a, b] = [vector(1, 2), vector(3, 4)];
    const { y, after } = await compiled({ a, b });
    assertEquals([take(y), take(after)], [[5, 8], [4, 6]]);
    const [atOnce] = tf.tidy(() => blend([a, b], [tf.scalar(3)]));
    assertEquals(take(atOnce), [6, 10]);
    tf.dispose([a, b]);
    compiled.dispose();
  }));

Deno.test("other numbers of tensors and scalars are refused", () => {
  const { elements, scalars } = inputs([2]);
  assertThrows(
    () => update(elements.slice(1), scalars),
    Error,
    'Cannot call "update" with 2 tensors and 1 scalars: it was made for 3 tensors and 1 scalars.',
  );
  tf.dispose([elements, scalars]);
});

Deno.test("an expression that uses a tensor from outside is refused", () =>
  leavingNothing(() => {
    const outside = tf.scalar(2);
    tf.dispose(tf.add(outside, 0));
    const wrong = fuse("wrong", ([x]) => [tf.add(x!, outside)]);
    const x = vector(3, 4);
    assertThrows(() => wrong([x], []), Error, 'Cannot fuse "wrong": it uses a tensor from outside');
    const twice = fuse("twice", ([x]) => [tf.reshape(x!, [2, -1])]);
    for (let time = 0; time < 2; time++) assertThrows(() => twice([x], []), Error, "Cannot trace");
    tf.dispose([x, outside]);
  }));
