import { assertEquals, assertThrows } from "@std/assert";
import { type Attribute, setAttribute } from "../../lib/tensorflow/attributes.ts";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { op, ops } from "../../lib/tensorflow/operations/operation.ts";
import { compile } from "../../lib/tensorflow/trace.ts";
import { DataType } from "../../lib/tensorflow/runtime.ts";
import { take, vector } from "./support.ts";

await startTensorFlow();

/** Runs a body at once and compiled; both must give the same numbers, which are returned. */
async function bothWays(body: () => Tensor): Promise<number[]> {
  const atOnce = take(tf.tidy(body));
  const compiled = compile(() => ({ y: body() }));
  assertEquals(take((await compiled({})).y), atOnce);
  compiled.dispose();
  return atOnce;
}

const grid = () => tf.range(0, 16).reshape([1, 4, 4, 1]);

Deno.test("truth values and types", async () => {
  const matrix = () => tf.tensor2d([[1, 2], [3, 4]]);
  assertEquals(await bothWays(() => op("MatMul", [matrix(), matrix()], { transpose_a: true })), [
    10,
    14,
    14,
    20,
  ]);
  assertEquals(await bothWays(() => op("Cast", [vector(1.9, -1.9)], { DstT: DataType.int32 })), [
    1,
    -1,
  ]);
});

Deno.test("whole and real numbers", async () => {
  const rows = () => ops("Split", [tf.scalar(0, "int32"), vector(1, 2, 3, 4)], { num_split: 2 }, 2);
  assertEquals(await bothWays(() => rows()[1]!), [3, 4]);
  assertEquals(await bothWays(() => op("LeakyRelu", [vector(-2, 2)], { alpha: 0.25 })), [-0.5, 2]);
});

Deno.test("strings and lists of whole numbers", async () => {
  const pooled = () =>
    op("MaxPool", [grid()], {
      ksize: [1, 2, 2, 1],
      strides: [1, 2, 2, 1],
      padding: "VALID",
      data_format: "NHWC",
    });
  assertEquals(await bothWays(pooled), [5, 7, 13, 15]);
});

Deno.test("shapes, of rank 0 as well", async () => {
  for (const shape of [[2, 2], [4], [1, 4, 1]]) {
    const checked = () => op("EnsureShape", [tf.reshape(vector(1, 2, 3, 4), shape)], { shape });
    assertEquals(await bothWays(checked), [1, 2, 3, 4]);
  }
  assertEquals(await bothWays(() => op("EnsureShape", [tf.scalar(3)], { shape: [] })), [3]);
  assertThrows(() => op("EnsureShape", [tf.scalar(3)], { shape: [1] }), Error, "EnsureShape");
});

Deno.test("empty lists of numbers", async () => {
  const squeezed = () => op("Squeeze", [tf.ones([1, 2, 1])], { squeeze_dims: [] });
  assertEquals(await bothWays(() => op("Shape", [squeezed()], { out_type: 3 })), [2]);
});

Deno.test("lists of real numbers", async () => {
  const pooled = () =>
    ops("FractionalAvgPool", [grid()], {
      pooling_ratio: [1, 1.5, 1.5, 1],
      deterministic: true,
      seed: 1,
    }, 3)[0]!;
  assertEquals(await bothWays(() => op("Shape", [pooled()], { out_type: DataType.int32 })), [
    1,
    2,
    2,
    1,
  ]);
});

Deno.test("lists of types, which follow from the inputs", async () => {
  const both = () => ops("IdentityN", [vector(1), tf.tensor1d([2], "int32")], {}, 2);
  assertEquals(await bothWays(() => both()[0]!), [1]);
  assertEquals(await bothWays(() => both()[1]!), [2]);
});

Deno.test("lists of strings, and several tensors for one input", async () => {
  const fused = () => {
    const [a, b] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[1, -1], [1, -1]])];
    return op("_FusedMatMul", [a, b, vector(0.5, 0.5)], { fused_ops: ["BiasAdd", "Relu"] });
  };
  assertEquals(await bothWays(fused), [3.5, 0]);
});

Deno.test("an attribute that the operation doesn't have is refused", () => {
  assertThrows(
    () => op("Neg", [vector(1)], { alpha: 1 }),
    Error,
    'Operation "Neg" has no attribute "alpha".',
  );
});

Deno.test("an unknown kind of attribute is refused", () => {
  const target = { eager: true, operation: null };
  const attribute = (value: unknown): Attribute => ({ name: "odd", type: 9, value });
  assertThrows(() => setAttribute(target, attribute(1)), Error, 'attribute "odd": unknown kind 9');
  assertThrows(
    () => setAttribute(target, attribute([1])),
    Error,
    'list attribute "odd": unknown kind 9',
  );
});
