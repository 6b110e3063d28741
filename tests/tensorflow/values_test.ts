import { assert, assertEquals, assertThrows } from "@std/assert";
import { startTensorFlow } from "../../lib/tensorflow/backend.ts";
import { registerPointer, release } from "../../lib/tensorflow/handles.ts";
import { DataType } from "../../lib/tensorflow/runtime.ts";
import { createHandle, readHandle, type TensorValues } from "../../lib/tensorflow/values.ts";

await startTensorFlow();

/** Copies values into TensorFlow and out again. */
function roundTrip(shape: number[], type: number, values: TensorValues) {
  const pointer = createHandle(shape, type, values);
  const made = registerPointer(pointer);
  try {
    assertEquals([made.shape, made.dtype], [shape, type]);
    return readHandle(pointer);
  } finally {
    release(made.id);
  }
}

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("numbers of every type come back as they went", () => {
  const real = Float32Array.of(0, -0, 1.5, -3e38, 1e-45, Infinity, -Infinity, NaN);
  assertEquals(roundTrip([2, 4], DataType.float32, real), real);
  const whole = Int32Array.of(0, 1, -1, 2 ** 31 - 1, -(2 ** 31));
  assertEquals(roundTrip([5], DataType.int32, whole), whole);
  const long = BigInt64Array.of(0n, -1n, 2n ** 63n - 1n, -(2n ** 63n));
  assertEquals(roundTrip([4], DataType.int64, long), long);
  const bytes = Uint8Array.of(0, 1, 255);
  assertEquals(roundTrip([3], DataType.uint8, bytes), bytes);
  assertEquals(roundTrip([3], DataType.bool, Uint8Array.of(1, 0, 1)), Uint8Array.of(1, 0, 1));
  const pairs = Float32Array.of(1, 2, 3, 4); // real and imaginary parts in turn
  assertEquals(roundTrip([2], DataType.complex64, pairs), pairs);
});

Deno.test("plain arrays and views into larger ones are taken as well", () => {
  assertEquals(roundTrip([2], DataType.float32, [1.5, 2]), Float32Array.of(1.5, 2));
  assertEquals(roundTrip([2], DataType.int32, [1, -2]), Int32Array.of(1, -2));
  assertEquals(roundTrip([2], DataType.bool, [3, 0]), Uint8Array.of(1, 0));
  assertEquals(roundTrip([2], DataType.int64, [1, -2]), BigInt64Array.of(1n, -2n));
  const large = Float32Array.of(9, 1, 2, 3, 9);
  assertEquals(roundTrip([3], DataType.float32, large.subarray(1, 4)), Float32Array.of(1, 2, 3));
});

Deno.test("scalars and tensors without elements keep their shapes", () => {
  assertEquals(roundTrip([], DataType.float32, [7]), Float32Array.of(7));
  assertEquals(roundTrip([], DataType.string, [encode("a")]), [encode("a")]);
  for (const shape of [[0], [0, 3], [2, 0, 5]]) {
    assertEquals(roundTrip(shape, DataType.float32, new Float32Array(0)), new Float32Array(0));
    assertEquals(roundTrip(shape, DataType.int32, new Int32Array(0)), new Int32Array(0));
    assertEquals(roundTrip(shape, DataType.bool, new Uint8Array(0)), new Uint8Array(0));
    assertEquals(roundTrip(shape, DataType.string, []), []);
  }
});

Deno.test("strings come back byte for byte: empty, long, with zeros, and in any script", () => {
  // TensorFlow keeps up to 22 bytes in place and longer strings elsewhere
  const texts = [
    "",
    "a",
    "x".repeat(22),
    "y".repeat(23),
    "z".repeat(100_000),
    "naïve 漢字 🙂",
    "a\0b",
  ];
  const bytes = [...texts.map(encode), Uint8Array.of(0xff, 0xfe, 0)];
  assertEquals(roundTrip([2, 4], DataType.string, bytes), bytes);
});

Deno.test("bfloat16 comes back as float32", async () => {
  const { op, dataType } = await import("../../lib/tensorflow/operations/operation.ts");
  const { tf } = await import("../../lib/tensorflow/backend.ts");
  const low = op("Cast", [tf.tensor1d([1, -2.5, 1.00390625, 3e38])], { DstT: DataType.bfloat16 });
  assertEquals(dataType(low), DataType.bfloat16);
  // 8 bits of mantissa: 1.0039 lies half-way and goes to the even neighbour
  const largest = Math.fround(3.0042e38);
  const found = [...low.dataSync()];
  assertEquals(found.slice(0, 3), [1, -2.5, 1]);
  assert(Math.abs(found[3]! / largest - 1) < 1e-3);
});

Deno.test("a wrong number of values is refused", () => {
  assertThrows(
    () => createHandle([2, 3], DataType.float32, new Float32Array(5)),
    Error,
    "Cannot create a tensor of shape [2,3]: it needs 6 values, 5 given.",
  );
  assertThrows(
    () => createHandle([2], DataType.complex64, new Float32Array(2)),
    Error,
    "it needs 4 values, 2 given.",
  );
  assertThrows(
    () => createHandle([2], DataType.string, [encode("one")]),
    Error,
    "Cannot create a tensor of shape [2]: it needs 2 strings, 1 given.",
  );
  assertThrows(() => createHandle([], DataType.int32, []), Error, "it needs 1 values, 0 given.");
});

Deno.test("an unknown type is refused", () => {
  assertThrows(() => createHandle([1], 99, [1]), Error, "TensorFlow's data type 99");
});
