import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { initialise, type ParameterSpec, scope } from "../../lib/model/parameters.ts";
import { createRandom } from "../../lib/base/random.ts";
import { startTensorFlow, tf } from "../../lib/tensorflow/backend.ts";

const specs: readonly ParameterSpec[] = [
  { name: "a/kernel", shape: [40, 50], start: "normal" },
  { name: "a/bias", shape: [50], start: "zeros" },
  { name: "norm/scale", shape: [4], start: "ones" },
  { name: "cell/kernel", shape: [64, 30], start: { uniform: 1 / 8 } },
];

/** Mean and standard deviation. */
function moments(values: Float32Array): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(square)];
}

Deno.test("linear weights start from N(0, 0.02), biases at 0, norms at 1", () => {
  const started = initialise(specs, createRandom(1));
  const [mean, deviation] = moments(started["a/kernel"]!.values);
  assertAlmostEquals(mean, 0, 0.002); // 0.02 / sqrt(2000) = 0.0004
  assertAlmostEquals(deviation, 0.02, 0.001);
  assertEquals(new Set(started["a/bias"]!.values), new Set([0]));
  assertEquals(new Set(started["norm/scale"]!.values), new Set([1]));
});

Deno.test("recurrent cells start uniformly within their bound", () => {
  const { values } = initialise(specs, createRandom(1))["cell/kernel"]!;
  const [mean, deviation] = moments(values);
  assertAlmostEquals(mean, 0, 0.01);
  assertAlmostEquals(deviation, 1 / 8 / Math.sqrt(3), 0.005);
  assert(values.every((value) => Math.abs(value) <= 1 / 8));
});

Deno.test("shapes are kept, and the same seed gives the same values", () => {
  const started = initialise(specs, createRandom(1));
  assertEquals(Object.values(started).map(({ shape }) => shape), specs.map(({ shape }) => shape));
  assertEquals(initialise(specs, createRandom(1)), started);
  assert(
    initialise(specs, createRandom(2))["a/kernel"]!.values[0] !== started["a/kernel"]!.values[0],
  );
});

Deno.test("a parameter more leaves the values of the others as they were", () => {
  const more: ParameterSpec = { name: "first", shape: [7], start: "normal" };
  const { first: _, ...others } = initialise([more, ...specs], createRandom(1));
  assertEquals(others, initialise(specs, createRandom(1)));
});

Deno.test("a scope reaches what is below its path and names what is missing", async () => {
  await startTensorFlow();
  const bias = tf.tensor1d([1, 2]);
  const at = scope({ "heads/rte/output/bias": bias }, "heads/rte");
  assertEquals(at("output/bias"), bias);
  assertThrows(() => at("output/kernel"), Error, 'Parameter "heads/rte/output/kernel" is missing.');
  bias.dispose();
});
