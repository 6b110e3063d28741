import { assertEquals, assertThrows } from "@std/assert";
import { startTensorFlow, tf } from "../../lib/tensorflow/backend.ts";
import {
  handleCount,
  lookUp,
  outputOf,
  registerPointer,
  release,
} from "../../lib/tensorflow/handles.ts";
import { DataType } from "../../lib/tensorflow/runtime.ts";
import { createHandle } from "../../lib/tensorflow/values.ts";

await startTensorFlow();

Deno.test("an id stands for a tensor until it is released", () => {
  const before = handleCount();
  const pointer = createHandle([2, 1], DataType.int32, [1, 2]);
  const { id, shape, dtype } = registerPointer(pointer);
  assertEquals([shape, dtype, handleCount()], [[2, 1], DataType.int32, before + 1]);
  assertEquals(lookUp(id), {
    kind: "eager",
    pointer,
    type: DataType.int32,
    shape: [2, 1],
    trace: null,
  });
  release(id);
  assertEquals(handleCount(), before);
  assertThrows(() => lookUp(id), Error, `Tensor ${id} is disposed.`);
  release(id); // nothing happens
});

Deno.test("ids are never used twice", () => {
  const ids = Array.from({ length: 5 }, () => {
    const { id } = registerPointer(createHandle([], DataType.float32, [0]));
    release(id);
    return id;
  });
  assertEquals(new Set(ids).size, 5);
});

Deno.test("a tensor of tfjs and its clones share a handle that the last one frees", () => {
  const tensor = tf.tensor1d([1, 2]);
  const sum = tf.add(tensor, 1);
  const before = handleCount();
  const clone = sum.clone();
  assertEquals(handleCount(), before);
  sum.dispose();
  assertEquals([...clone.dataSync()], [2, 3]);
  clone.dispose();
  assertEquals(handleCount(), before - 1);
  tensor.dispose();
});

Deno.test("an output is an operation's address and a number", () => {
  const view = new DataView(outputOf(Deno.UnsafePointer.create(0x1234n), 3).buffer);
  assertEquals([view.getBigUint64(0, true), view.getInt32(8, true)], [0x1234n, 3]);
});
