import { assert, assertEquals, assertLess } from "@std/assert";
import { startTensorFlow, tf } from "../../lib/tensorflow/backend.ts";
import { compile, type Tensors } from "../../lib/tensorflow/trace.ts";
import { batch, createBlock, SIGNATURE } from "./block.ts";
import { take } from "./support.ts";

await startTensorFlow();

/** Trains a fresh block for some steps, compiled or not; gives the losses and the last weights. */
async function train(steps: number, options: { compiled: boolean; seed?: number }) {
  const block = createBlock();
  const step = compile<Tensors, Tensors>(block.step, { name: "step", signature: SIGNATURE });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const inputs = batch(i, 4 + i % 5, 3 + i % 7);
    if (options.seed !== undefined) {
      inputs["seed"]!.dispose();
      inputs["seed"] = tf.tensor1d([options.seed, i], "int32");
    }
    const { loss } = options.compiled ? await step(inputs) : block.step(inputs);
    losses.push(take(loss)[0]!);
    tf.dispose(inputs);
  }
  const weights = block.weights();
  block.dispose();
  step.dispose();
  return { losses, weights };
}

Deno.test("a compiled training step repeated from the same seeds gives the same bits", async () => {
  const first = await train(25, { compiled: true });
  const second = await train(25, { compiled: true });
  assertEquals(second.losses, first.losses);
  assertEquals(second.weights, first.weights);
  const other = await train(25, { compiled: true, seed: 5 });
  assert(other.losses.some((loss, i) => loss !== first.losses[i]), "dropout was not at work");
});

Deno.test("a compiled training step does what the same code does at once", async () => {
  const compiled = await train(12, { compiled: true });
  const atOnce = await train(12, { compiled: false });
  compiled.losses.forEach((loss, i) => assertLess(Math.abs(loss - atOnce.losses[i]!), 1e-4));
  compiled.weights.forEach((weight, i) => {
    // Adam divides by the gradient's size, so rounding of a gradient near 0 shows in the weight
    assertLess(Math.abs(weight - atOnce.weights[i]!), 0.01);
  });
});

Deno.test("training learns", async () => {
  const { losses } = await train(150, { compiled: true });
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value) / list.length;
  assertLess(mean(losses.slice(-20)), 0.6 * mean(losses.slice(0, 20)));
});
