import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { compile } from "../../lib/tensorflow/trace.ts";
import { createVariable } from "../../lib/tensorflow/variables.ts";
import { leavingNothing, take, vector } from "./support.ts";

Deno.test("calls wait for one another and never overlap", async () => {
  await startTensorFlow();
  const state = createVariable("state", [2], Float32Array.of(0, 0));
  const add = compile(({ x }: { x: Tensor }) => {
    const next = tf.add(tf.mul(state.read(), 0.5), x);
    state.assign(next);
    return { next };
  }, { signature: { x: { type: "float32", shape: [2] } } });
  const twice = compile(() => ({ twice: tf.mul(state.read(), 2) }));
  const inputs = Array.from({ length: 20 }, (_, i) => vector(i, -i));
  const found = await Promise.all(inputs.flatMap((x) => [add({ x }), twice({})]));
  let expected = 0;
  for (let i = 0; i < inputs.length; i++) {
    expected = Math.fround(Math.fround(expected * 0.5) + i);
    const [{ next }, { twice }] = [found[2 * i], found[2 * i + 1]] as [
      { next: Tensor },
      { twice: Tensor },
    ];
    assertEquals(take(next), [expected, i === 0 ? -0 : -expected].map((value) => value + 0));
    assertEquals(take(twice), [2 * expected, -2 * expected].map((value) => value + 0));
  }
  tf.dispose(inputs);
  add.dispose();
  twice.dispose();
  state.dispose();
});

Deno.test("a signal stops a call that has not started, and only that", async () => {
  await startTensorFlow();
  const count = createVariable("count", [], Float32Array.of(0));
  const up = compile(() => {
    const next = tf.add(count.read(), 1);
    count.assign(next);
    return { next };
  });
  await assertRejects(
    () => up({}, { signal: AbortSignal.abort(new Error("enough")) }),
    Error,
    "enough",
  );
  const stop = new AbortController();
  const first = up({}, { signal: stop.signal });
  const second = up({}, { signal: stop.signal });
  const third = up({});
  first.then(() => stop.abort(new Error("after the first")));
  assertEquals(take((await first).next), [1]);
  await assertRejects(() => second, Error, "after the first");
  assertEquals(take((await third).next), [2]);
  up.dispose();
  count.dispose();
});

Deno.test("timers run while a long call runs", async () => {
  await startTensorFlow();
  const long = compile(({ x }: { x: Tensor }) => {
    let y = x;
    for (let i = 0; i < 12; i++) y = tf.matMul(y, x);
    return { y };
  }, { signature: { x: { type: "float32", shape: ["n", "n"] } } });
  const warm = tf.zeros([1, 1]);
  (await long({ x: warm })).y.dispose();
  const x = tf.zeros([900, 900]);
  const started = performance.now();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 2);
  const { y } = await long({ x });
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1000;
  y.dispose();
  // a call that blocked would let no tick through at all
  assertGreater(ticks, 3, `${ticks} ticks in ${seconds} s`);
  tf.dispose([x, warm]);
  long.dispose();
});

Deno.test("operations may run at once while a compiled call is under way", async () => {
  await startTensorFlow();
  const long = compile(({ x }) => ({ y: tf.max(tf.matMul(tf.matMul(x!, x!), x!)) }));
  const x = tf.ones([600, 600]);
  const result = long({ x });
  await new Promise((resolve) => setTimeout(resolve, 1));
  for (let i = 0; i < 50; i++) assertEquals(take(tf.add(vector(i), 1)), [i + 1]);
  assertEquals(take((await result).y), [600 ** 2]);
  x.dispose();
  long.dispose();
});

Deno.test("dispose frees functions and what they captured", () =>
  leavingNothing(async () => {
    const outside = tf.ones([3]);
    const add = compile(({ x }) => ({ y: tf.add(x!, outside) }));
    const x = vector(1, 2, 3);
    assertEquals(take((await add({ x })).y), [2, 3, 4]);
    add.dispose();
    add.dispose();
    await assertRejects(() => add({ x }), Error, 'Cannot run "compiled": it was disposed.');
    assertEquals(add.traces(), 0);
    tf.dispose([x, outside]);
  }));

Deno.test("dispose lets a call that is under way end", async () => {
  await startTensorFlow();
  const cube = compile(({ x }) => ({ y: tf.max(tf.matMul(tf.matMul(x!, x!), x!)) }), {
    name: "cube",
  });
  const x = tf.ones([500, 500]);
  const running = cube({ x });
  const waiting = cube({ x });
  await new Promise((resolve) => setTimeout(resolve, 0));
  cube.dispose();
  assertEquals(take((await running).y), [500 ** 2]);
  await assertRejects(() => waiting, Error, 'Cannot run "cube": it was disposed.');
  x.dispose();
});
