/**
 * Small things the tests of this folder share.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { handleCount } from "../../lib/tensorflow/handles.ts";

/** The numbers of a tensor, which is disposed. */
export function take(tensor: Tensor | undefined): number[] {
  const numbers = Array.from(tensor!.dataSync());
  tensor!.dispose();
  return numbers;
}

/** A float32 vector. */
export function vector(...numbers: number[]): Tensor {
  return tf.tensor1d(numbers);
}

/** Runs `body` and fails where it leaves tensors or handles behind. */
export async function leavingNothing(body: () => unknown): Promise<void> {
  await startTensorFlow();
  const before = [tf.memory().numTensors, handleCount()];
  await body();
  assertEquals([tf.memory().numTensors, handleCount()], before, "tensors and handles left behind");
}
