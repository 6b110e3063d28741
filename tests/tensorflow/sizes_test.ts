import { assert, assertEquals, assertThrows } from "@std/assert";
import { startTensorFlow, tf } from "../../lib/tensorflow/backend.ts";
import { bakedSize, standIns } from "../../lib/tensorflow/sizes.ts";
import { DataType } from "../../lib/tensorflow/runtime.ts";
import { createHandle } from "../../lib/tensorflow/values.ts";

const names = [..."abcdefgh"];
const sizes = standIns(names);

async function found(type: number, shape: number[], values: number[]): Promise<string | null> {
  await startTensorFlow();
  return bakedSize({ pointer: createHandle(shape, type, values), type, shape }, sizes);
}

Deno.test("each dimension has a stand-in of its own, by order of first mention", () => {
  assertEquals([...standIns(["n", "t", "n"])], [["n", sizes.get("a")], ["t", sizes.get("b")]]);
  assertEquals(new Set(sizes.values()).size, 8);
  assertThrows(() => standIns([...names, "i"]), Error, "more than 8 unknown dimensions");
});

Deno.test("a stand-in is seen as a value, a multiple, negated, as a reciprocal and in a shape", async () => {
  for (const [name, size] of sizes) {
    assertEquals(await found(DataType.int32, [3], [1, size, 2]), name);
    assertEquals(await found(DataType.int32, [], [-12 * size]), name);
    assertEquals(await found(DataType.float32, [], [384 * size]), name);
    assertEquals(await found(DataType.float32, [1], [1 / size]), name);
    assertEquals(await found(DataType.float32, [2], [0.5, 1 / (768 * size)]), name);
    assertEquals(await found(DataType.float32, [size], new Array(size).fill(0)), name);
    assertEquals(await found(DataType.bool, [2, size], new Array(2 * size).fill(0)), name);
  }
});

Deno.test("the usual constants of a model are no stand-ins", async () => {
  const whole = [
    ...[
      0,
      1,
      -1,
      2,
      3,
      12,
      64,
      128,
      300,
      312,
      384,
      512,
      768,
      1024,
      1152,
      1536,
      2048,
      2304,
      3072,
      4096,
    ],
    ...[30522, 28996, 21128, 30000, 50257, 50265, 119547, 250002, 2 ** 20, 2 ** 31 - 1, 65535],
    ...Array.from({ length: 60 }, (_, i) => 1990 + i), // years, as seeds are
    ...[42, 123, 1234, 1337, 12345, 31337, 123456, 10000, -10000, 100000, 1000000],
  ];
  for (const value of whole) {
    assertEquals(await found(DataType.int32, [], [value]), null, `${value}`);
  }
  const real = [
    ...[0.1, 0.3, 0.05, 0.9, 0.999, 0.001, 0.98, 0.02, 0.01, 1e-4, 1e-5, 5e-5, 2e-5, 3e-5, 1e-6],
    ...[1e-8, 1e-12, -10000, -1e9, 1 / 0.9, Math.SQRT1_2, 1 / Math.sqrt(2 * Math.PI), 1 / 8],
    ...[1 / Math.sqrt(32), 1 / Math.sqrt(384), 1 / 768, 0.044715, Math.sqrt(2 / Math.PI), 1e30],
  ];
  for (const value of real) {
    assertEquals(await found(DataType.float32, [], [value]), null, `${value}`);
  }
});

Deno.test("a long constant is taken for weights", async () => {
  assertEquals(await found(DataType.float32, [65], new Array(65).fill(sizes.get("a")!)), null);
});

Deno.test("without unknown dimensions nothing is looked for", async () => {
  await startTensorFlow();
  const pointer = createHandle([], DataType.int32, [sizes.get("a")!]);
  assertEquals(bakedSize({ pointer, type: DataType.int32, shape: [] }, new Map()), null);
  assert(tf);
});
