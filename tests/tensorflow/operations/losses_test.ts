import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { startTensorFlow, tf } from "../../../lib/tensorflow/backend.ts";
import { valueAndGradients } from "../../../lib/tensorflow/gradients.ts";
import { mean } from "../../../lib/tensorflow/operations/arithmetic.ts";
import { binaryCrossEntropy } from "../../../lib/tensorflow/operations/losses.ts";

await startTensorFlow();

/** The loss of one logit, and its gradient. */
function lossOf(logit: number, target: number): [loss: number, gradient: number] {
  return tf.tidy(() => {
    const targets = tf.tensor2d([[target]]);
    const { value, gradients } = valueAndGradients(
      ({ logits }) => mean(binaryCrossEntropy(logits!, targets), [0]),
      { logits: tf.tensor2d([[logit]]) },
    );
    return [value.dataSync()[0]!, gradients.logits!.dataSync()[0]!] as [number, number];
  });
}

Deno.test("binaryCrossEntropy() is exact where a logit is large, right or wrong", () => {
  assertEquals(lossOf(1000, 0), [1000, 1]);
  assertEquals(lossOf(-1000, 1), [1000, -1]);
  assertEquals(lossOf(1000, 1), [0, 0]);
  assertEquals(lossOf(3e38, 0)[1], 1);
  const [loss, gradient] = lossOf(-20, 0);
  assert(Math.abs(loss / Math.log1p(Math.exp(-20)) - 1) < 1e-6, `${loss}`);
  assert(Math.abs(gradient / Math.exp(-20) - 1) < 1e-6, `${gradient}`);
});

Deno.test("binaryCrossEntropy() takes targets between 0 and 1", () => {
  const [loss, gradient] = lossOf(0, 0.25);
  assertAlmostEquals(loss, Math.LN2, 1e-7);
  assertAlmostEquals(gradient, 0.25, 1e-7);
});
