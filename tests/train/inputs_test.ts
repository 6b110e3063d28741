import { assertEquals } from "@std/assert";
import { collate } from "../../lib/input/batches.ts";
import { tf } from "../../lib/tensorflow/backend.ts";
import { batchSignature, batchTensors, sequences } from "../../lib/train/inputs.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { toyFeatures, toyPairs } from "../support/toy.ts";

Deno.test("a batch's arrays become tensors of rows, each of one sequence", () =>
  leavingNothing(() => {
    const batch = collate(toyFeatures(6), [4, 1, 5]);
    const tensors = batchTensors(batch);
    for (const [name, { type }] of Object.entries(batchSignature(1))) {
      const tensor = tensors[name as keyof typeof tensors];
      assertEquals([tensor.shape, tensor.dtype], [[3, 1, batch.length], type]);
      assertEquals([...tensor.dataSync()], [...batch[name as keyof typeof tensors]]);
    }
    tf.dispose(Object.values(tensors));
  }));

Deno.test("a ranking row has its candidates side by side; as sequences they follow one another", () =>
  leavingNothing(() => {
    const batch = collate(toyPairs(6), [2, 0]);
    const rows = batchTensors(batch);
    assertEquals(rows.tokens.shape, [2, 2, batch.length]);
    const flat = sequences({ ...rows });
    for (const name of ["tokens", "segments", "mask"] as const) {
      assertEquals(flat[name].shape, [4, batch.length]);
      assertEquals([...flat[name].dataSync()], [...batch[name]]);
    }
    tf.dispose([...Object.values(rows), ...Object.values(flat)]);
  }));

Deno.test("the signature leaves rows and length open, and fixes the candidates", () => {
  for (const candidates of [1, 2]) {
    for (const { shape } of Object.values(batchSignature(candidates))) {
      assertEquals(shape, ["r", candidates, "t"]);
    }
  }
});
