import { assertEquals } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { compile } from "../../lib/tensorflow/trace.ts";
import { createVariable } from "../../lib/tensorflow/variables.ts";
import { leavingNothing, take, vector } from "./support.ts";

const signature = { x: { type: "float32", shape: ["n"] } } as const;

Deno.test("a tensor from outside may be disposed once the function is traced", () =>
  leavingNothing(async () => {
    const [used, fresh] = [vector(1, 2), vector(10, 20)];
    tf.dispose(tf.add(used, 0)); // has a handle before the trace; the other gets one during it
    const add = compile(({ x }) => ({ y: tf.add(tf.add(x!, used), fresh) }), {
      signature: { x: { type: "float32", shape: ["n", 2] } },
    });
    const x = tf.zeros([2, 2]);
    assertEquals(take((await add({ x })).y), [11, 22, 11, 22]);
    tf.dispose([used, fresh]);
    for (let i = 0; i < 30; i++) tf.dispose(tf.fill([2], i)); // would reuse freed memory
    assertEquals(take((await add({ x })).y), [11, 22, 11, 22]);
    x.dispose();
    add.dispose();
  }));

Deno.test("whole numbers, truth values, numbers in pairs and scalars may be captured", async () => {
  await startTensorFlow();
  const whole = tf.tensor1d([1, 0], "int32");
  const truth = tf.tensor1d([true, false], "bool");
  const pairs = tf.complex([1, 2], [3, 4]);
  const scalar = tf.scalar(0.5);
  for (const tensor of [whole, truth, pairs, scalar]) tf.dispose(tensor.reshape([-1])); // handles
  const use = compile(({ x }: { x: Tensor }) => ({
    picked: tf.gather(x, whole as ReturnType<typeof tf.tensor1d>),
    chosen: tf.where(truth, x, tf.mul(x, scalar)),
    imaginary: tf.imag(tf.mul(pairs, pairs)),
  }));
  const x = vector(5, 7);
  const { picked, chosen, imaginary } = await use({ x });
  assertEquals([take(picked), take(chosen), take(imaginary)], [[7, 5], [5, 3.5], [6, 16]]);
  tf.dispose([whole, truth, pairs, scalar, x]);
  use.dispose();
});

Deno.test("one captured tensor used in several places is captured once", async () => {
  await startTensorFlow();
  const outside = vector(3);
  tf.dispose(tf.add(outside, 0));
  const once = compile(({ x }) => ({ y: tf.add(x!, outside) }), { signature });
  const thrice = compile(({ x }) => ({
    y: tf.add(tf.add(tf.add(x!, outside), outside), outside.clone()),
  }), { signature });
  const x = vector(1);
  assertEquals([take((await once({ x })).y), take((await thrice({ x })).y)], [[4], [10]]);
  assertEquals(thrice.nodes() - once.nodes(), 2); // two more additions, no more inputs
  tf.dispose([outside, x]);
  once.dispose();
  thrice.dispose();
});

Deno.test("a captured variable is seen as it is at each call", async () => {
  await startTensorFlow();
  const weight = createVariable("weight", [2], Float32Array.of(1, 2));
  const scale = compile(({ x }) => ({ y: tf.mul(x!, weight.read()) }), {
    signature: { x: { type: "float32", shape: ["n", 2] } },
  });
  const x = tf.ones([1, 2]);
  assertEquals(take((await scale({ x })).y), [1, 2]);
  weight.load(Float32Array.of(3, 4));
  assertEquals(take((await scale({ x })).y), [3, 4]);
  tf.tidy(() => weight.assign(tf.mul(weight.read(), 10)));
  assertEquals(take((await scale({ x })).y), [30, 40]);
  x.dispose();
  scale.dispose();
  weight.dispose();
});

Deno.test("two functions share a variable, and one may be disposed", async () => {
  await startTensorFlow();
  const weight = createVariable("weight", [], Float32Array.of(1));
  const up = compile(() => (weight.assign(tf.add(weight.read(), 1)), {}));
  const read = compile(() => ({ value: weight.read() }));
  await up({});
  assertEquals(take((await read({})).value), [2]);
  up.dispose();
  assertEquals(take((await read({})).value), [2]);
  read.dispose();
  assertEquals([...weight.values()], [2]);
  weight.dispose();
});

Deno.test("a tensor made while one function was traced is captured by the next", async () => {
  await startTensorFlow();
  let kept: Tensor | undefined;
  const first = compile(({ x }) => {
    kept ??= tf.keep(vector(5));
    return { y: tf.add(x!, kept) };
  }, { signature });
  const second = compile(({ x }) => ({ y: tf.mul(x!, kept!) }), { signature });
  const x = vector(2);
  assertEquals(take((await first({ x })).y), [7]);
  assertEquals(take((await second({ x })).y), [10]);
  assertEquals(take(tf.add(kept!, 1)), [6]);
  tf.dispose([x, kept!]);
  first.dispose();
  second.dispose();
});
