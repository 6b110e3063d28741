import { assertEquals, assertThrows } from "@std/assert";
import { startTensorFlow, tf } from "../../lib/tensorflow/backend.ts";
import { binding } from "../../lib/tensorflow/binding.ts";
import { op } from "../../lib/tensorflow/operations/operation.ts";
import { leavingNothing, take } from "./support.ts";

await startTensorFlow();

Deno.test("tensors of every type that tfjs knows come back as they went", () =>
  leavingNothing(() => {
    const texts = ["", "naïve 漢字 🙂", "long ".repeat(1000)];
    const pairs = tf.complex([[1, 2]], [[-3, 4]]);
    const tensors = [
      tf.tensor2d([[1.5, -2], [0, 3e38]]),
      tf.tensor1d([1, -2, 2 ** 31 - 1], "int32"),
      tf.tensor1d([true, false], "bool"),
      tf.tensor1d(texts, "string"),
      tf.scalar(1.5),
      tf.scalar("text"),
      tf.scalar(true, "bool"),
      tf.tensor2d([], [0, 3]),
      tf.tensor1d([], "string"),
      pairs,
    ];
    for (const tensor of tensors) {
      const copy = tf.reshape(tensor, [...tensor.shape, 1]); // through TensorFlow
      assertEquals([copy.dtype, copy.shape], [tensor.dtype, [...tensor.shape, 1]]);
      assertEquals(copy.dataSync(), tensor.dataSync());
      tf.dispose([tensor, copy]);
    }
  }));

Deno.test("strings are compared as bytes", () =>
  leavingNothing(() => {
    const [a, b] = [tf.tensor1d(["a", "", "ä"], "string"), tf.tensor1d(["a", "a", "ä"], "string")];
    assertEquals(take(op("Equal", [a, b])), [1, 0, 1]);
    assertEquals(take(op("StringLength", [b])), [1, 1, 2]);
    tf.dispose([a, b]);
  }));

Deno.test("kernels of tfjs run on TensorFlow", () =>
  leavingNothing(() =>
    tf.tidy(() => {
      assertEquals(tf.getBackend(), "tensorflow");
      const x = tf.tensor4d(Array.from({ length: 16 }, (_, i) => i), [1, 4, 4, 1]);
      assertEquals([...tf.maxPool(x as ReturnType<typeof tf.tensor4d>, 2, 2, "valid").dataSync()], [
        5,
        7,
        13,
        15,
      ]);
      const { values, indices } = tf.topk(tf.tensor1d([3, 9, 4]), 2);
      assertEquals([[...values.dataSync()], [...indices.dataSync()]], [[9, 4], [1, 2]]);
      assertEquals(
        tf.split(tf.range(0, 6), 3).map((part) => [...part.dataSync()]),
        [[0, 1], [2, 3], [4, 5]],
      );
      assertEquals([...tf.cumsum(tf.tensor1d([1, 2, 3])).dataSync()], [1, 3, 6]);
      assertEquals([...tf.oneHot(tf.tensor1d([1, 0], "int32"), 2).dataSync()], [0, 1, 1, 0]);
    })
  ));

Deno.test("saved models are refused with a reason", () => {
  for (const use of [binding.loadSavedModel, binding.runSavedModel, binding.deleteSavedModel]) {
    assertThrows(use, Error, "this binding runs operations only");
  }
  assertEquals(binding.getNumOfSavedModels(), 0);
});

Deno.test("the binding says what it runs on", () => {
  assertEquals(binding.TF_Version.split(".")[0], "2");
  assertEquals(typeof binding.isUsingGpuDevice(), "boolean");
  const before = binding.getNumOfTensors();
  const id = binding.createTensor([2], binding.TF_FLOAT, [1, 2]);
  assertEquals(binding.getNumOfTensors(), before + 1);
  assertEquals(binding.tensorDataSync(id), Float32Array.of(1, 2));
  binding.deleteTensor(id);
  assertThrows(() => binding.tensorDataSync(id), Error, "disposed");
});
