import { assertEquals } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { compile } from "../../lib/tensorflow/trace.ts";
import { createVariable, type Variable } from "../../lib/tensorflow/variables.ts";
import { take, vector } from "./support.ts";

/** Runs a body that changes variables, compiled, and the same body at once; both must agree. */
async function sameAsAtOnce(
  starts: readonly number[],
  body: (variables: readonly Variable[], x: Tensor) => Record<string, Tensor>,
  calls = 3,
): Promise<void> {
  await startTensorFlow();
  const make = () => starts.map((start, i) => createVariable(`v${i}`, [], Float32Array.of(start)));
  const [compiled, atOnce] = [make(), make()];
  const step = compile(({ x }: { x: Tensor }) => body(compiled, x));
  for (let call = 1; call <= calls; call++) {
    const x = tf.scalar(call);
    const expected = tf.tidy(() => body(atOnce, x));
    const found = await step({ x });
    assertEquals(Object.values(found).map(take), Object.values(expected).map(take));
    const values = (variables: Variable[]) => variables.map((variable) => [...variable.values()]);
    assertEquals(values(compiled), values(atOnce));
    x.dispose();
  }
  for (const variable of [...compiled, ...atOnce]) variable.dispose();
  step.dispose();
}

Deno.test("an assignment happens exactly once a call, a hundred times", () =>
  sameAsAtOnce([0], ([v], x) => {
    v!.assign(tf.add(v!.read(), x));
    return {};
  }, 100));

Deno.test("a read after an assignment sees it, one before does not", () =>
  sameAsAtOnce([1], ([v], x) => {
    const before = v!.read();
    v!.assign(tf.mul(x, 10));
    const between = v!.read();
    v!.assign(tf.add(v!.read(), 1));
    return { before, between, after: v!.read() };
  }));

Deno.test("an assignment waits for a slow use of an earlier read", () =>
  sameAsAtOnce([2], ([v], x) => {
    // a long chain of operations on the old value, none of which the assignment depends on
    let chain = v!.read();
    for (let i = 0; i < 40; i++) chain = tf.add(tf.mul(chain, 0.5), 1);
    v!.assign(x);
    return { chain, again: v!.read() };
  }, 20));

Deno.test("two variables that swap values keep the order of the code", () =>
  sameAsAtOnce([1, 2], ([a, b]) => {
    const kept = a!.read();
    a!.assign(b!.read());
    b!.assign(kept);
    return { a: a!.read(), b: b!.read() };
  }, 5));

Deno.test("assignments to two variables may be interleaved", () =>
  sameAsAtOnce([1, 1], ([a, b], x) => {
    for (let i = 0; i < 5; i++) {
      a!.assign(tf.add(tf.mul(a!.read(), 0.5), b!.read()));
      b!.assign(tf.add(tf.mul(b!.read(), 0.25), x));
      a!.assign(tf.sub(a!.read(), b!.read()));
    }
    return { a: a!.read() };
  }, 10));

Deno.test("of several assignments without a read in between the last one counts", () =>
  sameAsAtOnce([0], ([v], x) => {
    v!.assign(x);
    v!.assign(tf.mul(x, 2));
    v!.assign(tf.mul(x, 3));
    return {};
  }, 20));

Deno.test("an output that was read before an assignment keeps its value after the call", async () => {
  await startTensorFlow();
  const v = createVariable("v", [1000], new Float32Array(1000).fill(1));
  const step = compile(() => {
    const before = v.read();
    v.assign(tf.add(before, 1));
    return { before, after: v.read() };
  });
  const first = await step({});
  const second = await step({});
  assertEquals(
    [first.before, first.after, second.before, second.after].map((tensor) => take(tensor)[999]),
    [1, 2, 2, 3],
  );
  step.dispose();
  v.dispose();
});

Deno.test("values loaded in a traced function are loaded at each call", async () => {
  await startTensorFlow();
  const v = createVariable("v", [2], Float32Array.of(1, 2));
  const reset = compile(() => {
    v.load(Float32Array.of(5, 6));
    return {};
  });
  for (let call = 0; call < 2; call++) {
    v.load(Float32Array.of(0, 0));
    await reset({});
    assertEquals([...v.values()], [5, 6]);
  }
  reset.dispose();
  v.dispose();
});

Deno.test("variables updated by compiled calls and at once in turn stay in step", async () => {
  await startTensorFlow();
  const v = createVariable("v", [1], Float32Array.of(1));
  const step = compile(({ x }: { x: Tensor }) => (v.assign(tf.add(v.read(), x)), {}));
  const x = vector(1);
  for (let i = 0; i < 50; i++) {
    await step({ x });
    tf.tidy(() => v.assign(tf.add(v.read(), 1)));
  }
  assertEquals([...v.values()], [101]);
  x.dispose();
  step.dispose();
  v.dispose();
});
