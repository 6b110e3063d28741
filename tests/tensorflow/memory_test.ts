import { assertEquals, assertLess } from "@std/assert";
import { startTensorFlow, tf } from "../../lib/tensorflow/backend.ts";
import { handleCount } from "../../lib/tensorflow/handles.ts";
import { op } from "../../lib/tensorflow/operations/operation.ts";
import { compile, type Tensors } from "../../lib/tensorflow/trace.ts";
import { createVariable } from "../../lib/tensorflow/variables.ts";
import { batch, createBlock, SIGNATURE } from "./block.ts";
import { stream } from "./operations/arrays.ts";
import { leavingNothing, take } from "./support.ts";

await startTensorFlow();

const MEBIBYTE = 2 ** 20;

/**
 * Runs `body` some times to warm up and then `times` more; tensors and handles must stay as they
 * are, and resident memory, without JavaScript's own heap, may grow by `limit` MiB in all.
 */
async function staysLevel(
  body: (time: number) => unknown,
  { warmUp, times, limit }: { warmUp: number; times: number; limit: number },
): Promise<void> {
  for (let i = 0; i < warmUp; i++) await body(i);
  const before = [tf.memory().numTensors, handleCount()];
  const resident = () => Deno.memoryUsage().rss - Deno.memoryUsage().heapTotal;
  let grown = Infinity;
  // Three attempts: what the system or an allocator does once passes, a leak comes again.
  for (let attempt = 0; attempt < 3 && grown >= limit; attempt++) {
    const start = resident();
    for (let i = warmUp; i < warmUp + times; i++) await body(i);
    assertEquals([tf.memory().numTensors, handleCount()], before);
    grown = (resident() - start) / MEBIBYTE;
  }
  assertLess(grown, limit, `resident memory grew by ${grown.toFixed(1)} MiB in ${times} times`);
}

Deno.test("300 compiled training steps of random sizes leave nothing behind", () =>
  leavingNothing(async () => {
    const block = createBlock();
    const step = compile<Tensors, Tensors>(block.step, { name: "step", signature: SIGNATURE });
    const next = stream(2);
    const pick = <T>(list: readonly T[]) => list[Math.floor(list.length * next())]!;
    // oneDNN keeps code for each size of a matrix product, so the warm-up must meet them all
    await staysLevel(async (time) => {
      const inputs = batch(time, pick([1, 3, 7]), pick([1, 5, 16, 23]));
      take((await step(inputs)).loss);
      tf.dispose(inputs);
    }, { warmUp: 100, times: 300, limit: 16 });
    assertEquals(step.traces(), 1);
    step.dispose();
    block.dispose();
  }));

Deno.test("training steps at once leave nothing behind", () =>
  leavingNothing(async () => {
    const block = createBlock();
    await staysLevel((time) => {
      const inputs = batch(time, 8, 24); // 1 MB of intermediate results
      take(block.step(inputs).loss);
      tf.dispose(inputs);
    }, { warmUp: 12, times: 20, limit: 24 });
    block.dispose();
  }));

Deno.test("tracing, running and disposing functions over and over leaves little behind", () =>
  staysLevel(async (time) => {
    const outside = tf.fill([1 << 18], time); // 1 MiB, captured
    const add = compile(({ x }) => ({ y: tf.sum(tf.relu(tf.add(tf.mul(x!, x!), outside))) }));
    const x = tf.ones([1]);
    tf.dispose(await add({ x }));
    add.dispose();
    tf.dispose([x, outside]);
  }, { warmUp: 40, times: 60, limit: 24 }));

Deno.test("large tensors made, read and disposed at once leave nothing behind", () =>
  staysLevel(() => {
    const x = tf.ones([1 << 18]); // 1 MiB
    const y = tf.add(x, 1);
    assertEquals(y.dataSync()[1 << 17], 2);
    tf.dispose([x, y]);
    tf.tidy(() => tf.sum(tf.add(tf.ones([1 << 18]), 1)).dataSync());
  }, { warmUp: 20, times: 100, limit: 48 }));

Deno.test("the memory of disposed variables is given back", () =>
  leavingNothing(async () => {
    const values = new Float32Array(1 << 20);
    const make = () => createVariable("large", [1 << 20], values).dispose();
    await staysLevel(make, { warmUp: 20, times: 100, limit: 60 }); // 400 MB
  }));

Deno.test("strings, short and long, leave nothing behind", () =>
  staysLevel((time) => {
    const texts = Array.from({ length: 50 }, (_, i) => `${time} ${"text ".repeat(i * 20)}`);
    const tensor = tf.tensor1d(texts, "string");
    const copy = tf.reshape(tensor, [5, 10]);
    assertEquals(copy.dataSync<"string">()[49], texts[49]);
    tf.dispose([tensor, copy]);
  }, { warmUp: 50, times: 400, limit: 24 })); // 400 x 150 kB through TensorFlow, twice

Deno.test("operations that fail leave nothing behind", () =>
  staysLevel(() => {
    const [a, b] = [tf.ones([200, 300]), tf.ones([200, 300])];
    try {
      op("MatMul", [a, b]);
    } catch {
      // expected
    }
    tf.dispose([a, b]);
  }, { warmUp: 50, times: 300, limit: 16 }));
