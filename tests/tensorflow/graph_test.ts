import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { currentTrace, Trace } from "../../lib/tensorflow/graph.ts";
import { DataType } from "../../lib/tensorflow/runtime.ts";
import { int32, int32s, op, ops } from "../../lib/tensorflow/operations/operation.ts";
import { compile, type Tensors } from "../../lib/tensorflow/trace.ts";
import { leavingNothing, take, vector } from "./support.ts";

await startTensorFlow();

/** Compiles a body of a [n] and b [n] and runs it at two sizes; gives the results at size 2. */
async function traced(body: (a: Tensor, b: Tensor) => Tensors): Promise<number[][]> {
  const found: number[][] = [];
  await leavingNothing(async () => {
    const compiled = compile(({ a, b }) => body(a!, b!), {
      signature: { a: { type: "float32", shape: ["n"] }, b: { type: "float32", shape: ["n"] } },
    });
    for (const inputs of [{ a: vector(9), b: vector(8) }, { a: vector(1, 2), b: vector(3, 4) }]) {
      const results = Object.values(await compiled(inputs)).map(take);
      if (inputs.a.size === 2) found.push(...results);
      tf.dispose(inputs);
    }
    compiled.dispose();
  });
  return found;
}

Deno.test("operations with lists of inputs are traced", async () => {
  assertEquals(
    await traced((a, b) => ({
      concatenated: op("ConcatV2", [a, b, a, int32(0)]),
      packed: op("Pack", [a, b], { axis: 1 }),
      added: op("AddN", [a, b, b]),
      outer: op("Einsum", [a, b], { equation: "i,j->ij" }),
      alone: op("ConcatV2", [a, b, int32(0)]),
    })),
    [[1, 2, 3, 4, 1, 2], [1, 3, 2, 4], [7, 10], [3, 4, 6, 8], [1, 2, 3, 4]],
  );
});

Deno.test("operations with several outputs are traced", async () => {
  assertEquals(
    await traced((a, b) => {
      const pairs = op("Pack", [a, b]); // [2, n]
      const [first, second] = ops("Unpack", [pairs], { num: 2 }, 2);
      const [x, whole] = ops("IdentityN", [a, int32s(5, 6)], {}, 2);
      const [largest, places] = ops("TopKV2", [b, int32(1)], {}, 2);
      return {
        second: second!,
        first: first!,
        x: x!,
        whole: whole!,
        largest: largest!,
        places: places!,
      };
    }),
    [[3, 4], [1, 2], [1, 2], [5, 6], [4], [1]],
  );
});

Deno.test("kernels of tfjs with lists and several outputs are traced", async () => {
  assertEquals(
    await traced((a, b) => {
      const [low, high] = tf.split(tf.stack([a, b], 1), 2, 1);
      return {
        low: low!,
        high: high!,
        joined: tf.concat([a, b, a] as ReturnType<typeof vector>[]),
      };
    }),
    [[1, 2], [3, 4], [1, 2, 3, 4, 1, 2]],
  );
});

Deno.test("constants of every type are traced", async () => {
  assertEquals(
    await traced((a) => {
      const texts = tf.tensor1d(["", "ä".repeat(40)], "string");
      const yes = tf.tensor1d([true], "bool");
      const pair = tf.complex([0], [1]);
      const half = op("Cast", [tf.scalar(0.5)], { DstT: DataType.bfloat16 });
      return {
        lengths: op("StringLength", [texts]),
        chosen: op("SelectV2", [yes, a, int32(0).toFloat()]),
        squared: tf.real(tf.mul(pair, pair)),
        raised: op("Mul", [op("Cast", [half], { DstT: DataType.float32 }), a]),
      };
    }),
    [[0, 80], [1, 2], [-1], [0.5, 1]],
  );
});

Deno.test("a graph's own checks stop the call that fails them", async () => {
  const positive = compile(({ x }: { x: Tensor }) => {
    ops("Assert", [tf.all(tf.greater(x, 0)), tf.scalar("x must be positive")], {}, 0);
    return { y: tf.log(x) };
  }, { name: "positive", signature: { x: { type: "float32", shape: ["n"] } } });
  const [good, bad] = [vector(1), vector(1, -1)];
  assertEquals(take((await positive({ x: good })).y), [0]);
  await assertRejects(() => positive({ x: bad }), Error, "x must be positive");
  assertEquals(take((await positive({ x: good })).y), [0]);
  tf.dispose([good, bad]);
  positive.dispose();
});

Deno.test("an operation is added to the graph only while a function is traced", () => {
  assertStrictEquals(currentTrace(), null);
  const trace = new Trace("by hand", new Map());
  trace.record(() => assertStrictEquals(currentTrace(), trace));
  assertStrictEquals(currentTrace(), null);
  trace.abandon();
});

Deno.test("stateful operations draw anew at each call, in the order of the code", async () => {
  const draw = compile(() => {
    const shape = int32s(4);
    const first = op("RandomUniform", [shape], { dtype: DataType.float32, seed: 1, seed2: 2 });
    return { first, second: op("RandomUniform", [shape], { dtype: DataType.float32 }) };
  });
  const all = new Set<number>();
  for (let call = 0; call < 3; call++) {
    const { first, second } = await draw({});
    for (const number of [...take(first), ...take(second)]) all.add(number);
  }
  assertEquals(all.size, 24);
  draw.dispose();
});
