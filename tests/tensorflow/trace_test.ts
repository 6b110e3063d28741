import { assert, assertEquals, assertGreater } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { op } from "../../lib/tensorflow/operations/operation.ts";
import { compile, type InputSpec } from "../../lib/tensorflow/trace.ts";
import { createVariable } from "../../lib/tensorflow/variables.ts";
import { leavingNothing, take, vector } from "./support.ts";

const row: InputSpec = { type: "float32", shape: ["n"] };

Deno.test("a compiled function gives its outputs by name", () =>
  leavingNothing(async () => {
    const both = compile(({ a, b }) => ({ sum: tf.add(a!, b!), product: tf.mul(a!, b!) }), {
      signature: { a: row, b: row },
    });
    const [a, b] = [vector(1, 2), vector(3, 4)];
    const { sum, product } = await both({ a, b });
    assertEquals(take(sum), [4, 6]);
    assertEquals(take(product), [3, 8]);
    tf.dispose([a, b]);
    both.dispose();
  }));

Deno.test("an output may be an input, a constant, a tensor from outside or another output", () =>
  leavingNothing(async () => {
    const outside = vector(7);
    outside.square().dispose(); // gives it a handle before the trace
    const late = vector(8); // gets its handle while tracing
    const pass = compile(({ x }: { x: Tensor }) => {
      const doubled = tf.mul(x, 2);
      return { x, constant: vector(5, 6), outside, late, doubled, again: doubled };
    }, { signature: { x: row } });
    const x = vector(1, 2);
    for (let call = 0; call < 2; call++) {
      const found = await pass({ x });
      assertEquals(Object.keys(found), ["x", "constant", "outside", "late", "doubled", "again"]);
      assertEquals(Object.values(found).map(take), [[1, 2], [5, 6], [7], [8], [2, 4], [2, 4]]);
    }
    assertEquals([x, outside, late].map((tensor) => tensor.isDisposed), [false, false, false]);
    tf.dispose([x, outside, late]);
    pass.dispose();
  }));

Deno.test("a function without outputs runs for its effects", async () => {
  await startTensorFlow();
  const count = createVariable("count", [], Float32Array.of(0));
  const up = compile(() => {
    count.assign(tf.add(count.read(), 1));
    return {};
  });
  assertEquals(await up({}), {});
  assertEquals([...count.values()], [1]);
  up.dispose();
  count.dispose();
});

Deno.test("with a signature a function is traced once for all sizes", async () => {
  await startTensorFlow();
  let runs = 0;
  const square = compile(({ x }) => {
    runs++;
    return { y: tf.square(x!) };
  }, { signature: { x: { type: "float32", shape: ["b", 2, "t"] } } });
  for (const [b, t] of [[1, 1], [5, 3], [2, 40], [1171, 1], [1, 1]] as const) {
    const x = tf.fill([b, 2, t], 3);
    const { y } = await square({ x });
    assertEquals(y!.shape, [b, 2, t]);
    assert(take(y).every((value) => value === 9));
    x.dispose();
  }
  assertEquals([runs, square.traces()], [1, 1]);
  assertGreater(square.nodes(), 1);
  square.dispose();
});

Deno.test("without a signature a function is traced once for each set of shapes", async () => {
  await startTensorFlow();
  // the length is a constant of each trace
  const length = compile(({ x }) => ({ y: tf.mul(x!, x!.shape[0]!) }));
  for (const x of [[1], [1, 1], [2], [2, 2], [3, 3, 3]]) {
    const given = tf.tensor1d(x);
    assertEquals(take((await length({ x: given })).y), x.map((value) => value * x.length));
    given.dispose();
  }
  assertEquals(length.traces(), 3);
  const whole = tf.tensor1d([4], "int32");
  assertEquals(take((await length({ x: whole })).y), [4]);
  assertEquals(length.traces(), 4);
  length.dispose();
});

Deno.test("inputs are found by name, in whatever order they are given", async () => {
  await startTensorFlow();
  const [a, b] = [vector(5), vector(3)];
  for (const signature of [{ a: row, b: row }, undefined]) {
    const minus = compile(({ a, b }) => ({ y: tf.sub(a!, b!) }), signature ? { signature } : {});
    assertEquals(take((await minus({ a, b })).y), [2]);
    assertEquals(take((await minus({ b, a })).y), [2]);
    minus.dispose();
  }
});

Deno.test("one tensor may be two inputs and captured too, and an input may be unused", () =>
  leavingNothing(async () => {
    const x = vector(3);
    tf.dispose(tf.add(x, 0));
    for (const xla of [false, true]) {
      const mix = compile(({ a, b }) => ({ y: tf.sub(tf.mul(a!, b!), x) }), {
        signature: { a: row, unused: row, b: row },
        xla,
      });
      assertEquals(take((await mix({ a: x, unused: x, b: x })).y), [6]);
      mix.dispose();
    }
    x.dispose();
  }));

Deno.test("inputs may be whole numbers and truth values", async () => {
  await startTensorFlow();
  const choose = compile(
    ({ which, a, b }) => ({ y: op("SelectV2", [which!, a!, op("Cast", [b!], { DstT: 1 })]) }),
    {
      signature: {
        which: { type: "bool", shape: ["n"] },
        a: row,
        b: { type: "int32", shape: ["n"] },
      },
    },
  );
  const { y } = await choose({
    which: tf.tensor1d([true, false], "bool"),
    a: vector(1.5, 2.5),
    b: tf.tensor1d([7, 8], "int32"),
  });
  assertEquals(take(y), [1.5, 8]);
  choose.dispose();
});

Deno.test("with XLA a function gives the same numbers and keeps its effects", async () => {
  await startTensorFlow();
  const weight = createVariable("weight", [2], Float32Array.of(1, -2));
  const outside = vector(0.5, 0.25);
  const body = ({ x }: { x: Tensor }) => {
    const y = tf.add(tf.mul(x, weight.read()), outside);
    weight.assign(tf.mul(weight.read(), 2));
    return { y, weight: weight.read() };
  };
  const signature = { x: { type: "float32", shape: ["n", 2] } } as const;
  const xla = compile(body, { signature, xla: true });
  for (const [rows, factor] of [[1, 1], [3, 2]] as const) {
    const x = tf.ones([rows, 2]);
    const { y, weight } = await xla({ x });
    const expected = [factor + 0.5, -2 * factor + 0.25];
    assertEquals(take(y), Array.from({ length: rows }, () => expected).flat());
    assertEquals(take(weight), [2 * factor, -4 * factor]);
    x.dispose();
  }
  assertEquals(xla.traces(), 1);
  assertEquals([...weight.values()], [4, -8]);
  xla.dispose();
  weight.dispose();
});

Deno.test("outputs live on outside every tidy", async () => {
  await startTensorFlow();
  const double = compile(({ x }) => ({ y: tf.mul(x!, 2) }));
  const x = vector(2);
  let call: ReturnType<typeof double> | undefined;
  tf.tidy(() => {
    call = double({ x });
  });
  const { y } = await call!;
  assertEquals(take(y), [4]);
  x.dispose();
  double.dispose();
});
