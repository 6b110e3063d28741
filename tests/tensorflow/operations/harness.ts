/**
 * What every operation must fulfil: its value is that of a plain formula, its gradients are those
 * of the formula by central differences, and running it at once, traced for all sizes and compiled
 * with XLA give the same numbers.
 *
 * The differences are taken in double precision on the formula, not on the operation: they are
 * exact to eight digits, so a gradient that is off by a hundredth of a percent is seen.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../../lib/tensorflow/backend.ts";
import { handleCount } from "../../../lib/tensorflow/handles.ts";
import { compile, type InputSpec, type Tensors } from "../../../lib/tensorflow/trace.ts";
import { count, normal, stream, type Values } from "./arrays.ts";

/** One input of a case; a size given by name differs from call to call. */
export interface Input {
  readonly shape: readonly (number | string)[];
  /** What it holds: normal numbers, numbers from 0.5 to 2, 0 or 1, or whole numbers below a limit. */
  readonly holds?: "normal" | "positive" | "mask" | { readonly below: number };
}

/** One operation at work. */
export interface Case<Name extends string = string> {
  readonly name: string;
  readonly inputs: Readonly<Record<Name, Input>>;
  readonly output: readonly (number | string)[];
  /** Not compiled with XLA, to save time: another case of the same operation is. */
  readonly xla?: false;
  /** The operation. */
  run(inputs: Readonly<Record<Name, Tensor>>): Tensor;
  /** Its formula. */
  expected(inputs: Readonly<Record<Name, Values>>): Values;
}

/** Arrays by name. */
export type Results = Readonly<Record<string, Values>>;

/** Sizes of named dimensions, one record a call; none of them was used for tracing. */
export type Sizes = Readonly<Record<string, number>>;

/** The calls every case must stand: several sizes, all different, all equal, and all 1. */
export const SIZES: readonly Sizes[] = [
  { b: 2, t: 3, n: 5 },
  { b: 1, t: 1, n: 1 },
  { b: 3, t: 3, n: 3 },
  { b: 1, t: 4, n: 2 },
  { b: 4, t: 1, n: 8 },
];

/** Largest difference allowed, relative to the largest number, between ways to run an operation. */
export const BETWEEN_WAYS = 1e-6;
/** The same between an operation, whose numbers have 24 bits, and its formula. */
export const FROM_FORMULA = 2e-6;

/** Writes a case with the names of its inputs known to the compiler. */
export function operation<Name extends string>(found: Case<Name>): Case {
  return found as unknown as Case;
}

/** Checks a case in all ways and at all sizes; throws on the first difference. */
export async function checkCase(found: Case, calls: readonly Sizes[] = SIZES): Promise<void> {
  await startTensorFlow();
  const body = withGradients(found);
  const signature = signatureOf(found);
  const traced = compile(body, { name: found.name, signature });
  const xla = compile(body, { name: found.name, signature, xla: true });
  try {
    for (const [call, sizes] of calls.entries()) {
      const inputs = draw(found, sizes, call);
      const tensors = () => toTensors(found, inputs);
      const check = (actual: Results, expected: Results, tolerance: number, way: string) =>
        compare(actual, expected, tolerance, `${found.name} at ${JSON.stringify(sizes)}, ${way}`);
      const eager = eagerly(found, body, tensors());
      check(eager, formula(found, inputs), FROM_FORMULA, "formula");
      check(await called(traced, tensors()), eager, BETWEEN_WAYS, "traced");
      // XLA takes a tenth of a second for each set of sizes: one is enough
      if (call > 0 || found.xla === false) continue;
      check(await called(xla, tensors()), eager, BETWEEN_WAYS, "XLA");
    }
    assertEquals(traced.traces(), 1, `${found.name} was traced more than once`);
  } finally {
    traced.dispose();
    xla.dispose();
  }
}

/** The operation's value and, by "gradient of" names, its gradients for given output weights. */
function withGradients(found: Case): (inputs: Tensors) => Record<string, Tensor> {
  const learned = learnedOf(found);
  return (inputs) => {
    const { outputWeights, ...own } = inputs;
    if (learned.length === 0) return { value: found.run(own) };
    const { value, grads } = tf.engine().gradients(
      () => found.run(own),
      learned.map((name) => own[name]!),
      outputWeights!,
      true,
    );
    const gradients = learned.map((name, i) => {
      assert(grads[i], `${found.name} gives no gradient for "${name}"`);
      return [`gradient of ${name}`, grads[i]] as const;
    });
    return { value, ...Object.fromEntries(gradients) };
  };
}

function learnedOf(found: Case): string[] {
  return Object.entries(found.inputs)
    .filter(([, { holds = "normal" }]) => holds === "normal" || holds === "positive")
    .map(([name]) => name);
}

function signatureOf(found: Case): Record<string, InputSpec> {
  const own = Object.entries(found.inputs).map(([name, { shape, holds }]) =>
    [name, { type: typeof holds === "object" ? "int32" : "float32", shape }] as const
  );
  return { ...Object.fromEntries(own), outputWeights: { type: "float32", shape: found.output } };
}

/** Inputs of one call, rounded to float32, and the weights of the output's elements. */
function draw(found: Case, sizes: Sizes, seed: number): Results {
  const next = stream(seed + 1);
  const inputs: Record<string, Input> = {
    ...found.inputs,
    outputWeights: { shape: found.output },
  };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, holds = "normal" }]) => {
      const known = shape.map((size) => typeof size === "number" ? size : sizes[size]!);
      const data = Float64Array.from({ length: count(known) }, () => element(holds, next));
      return [name, { shape: known, data }];
    }),
  );
}

function element(holds: NonNullable<Input["holds"]>, next: () => number): number {
  if (holds === "normal") return Math.fround(normal(next));
  if (holds === "positive") return Math.fround(0.5 + 1.5 * next());
  if (holds === "mask") return next() < 0.7 ? 1 : 0;
  return Math.floor(holds.below * next());
}

function toTensors(found: Case, inputs: Results): Tensors {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => {
      const tensor = typeof found.inputs[name]?.holds === "object"
        ? tf.tensor(Int32Array.from(data), [...shape], "int32")
        : tf.tensor(Float32Array.from(data), [...shape], "float32");
      return [name, tensor] as const;
    }),
  );
}

function eagerly(
  found: Case,
  body: (inputs: Tensors) => Record<string, Tensor>,
  given: Tensors,
): Results {
  const counts = () => [tf.memory().numTensors, handleCount()] as const;
  const { outputWeights: _, ...own } = given;
  tf.dispose(found.run(own)); // gives each input its handle
  const [tensors, handles] = counts();
  const value = found.run(own);
  assertEquals(counts(), [tensors + 1, handles + 1], `${found.name} leaves tensors behind`);
  value.dispose();
  const results = body(given);
  const made = Object.keys(results).length;
  assertEquals(tf.memory().numTensors, tensors + made, `${found.name} leaves tensors behind`);
  return take(results, given);
}

async function called(
  compiled: (inputs: Tensors) => Promise<Tensors>,
  given: Tensors,
): Promise<Results> {
  return take(await compiled(given), given);
}

/** Reads results and disposes them and the inputs. */
function take(results: Tensors, inputs: Tensors): Results {
  const read = Object.entries(results).map(([name, tensor]) => {
    const values = { shape: tensor.shape, data: Float64Array.from(tensor.dataSync()) };
    return [name, values] as const;
  });
  tf.dispose([...Object.values(results), ...Object.values(inputs)]);
  return Object.fromEntries(read);
}

/** The formula's value, and its gradients by central differences. */
function formula(found: Case, inputs: Results): Results {
  const weights = inputs["outputWeights"]!.data;
  const weighted = () =>
    found.expected(inputs).data.reduce((sum, value, i) => sum + value * weights[i]!, 0);
  const step = 1e-4;
  const gradients = learnedOf(found).map((name) => {
    const { shape, data } = inputs[name]!;
    const gradient = data.map((value, i) => {
      data[i] = value + step;
      const above = weighted();
      data[i] = value - step;
      const below = weighted();
      data[i] = value;
      return (above - below) / (2 * step);
    });
    return [`gradient of ${name}`, { shape, data: gradient }] as const;
  });
  return { value: found.expected(inputs), ...Object.fromEntries(gradients) };
}

/** Compares two sets of results; differences are relative to the largest number among them. */
export function compare(
  actual: Results,
  expected: Results,
  tolerance: number,
  place: string,
): void {
  assertEquals(Object.keys(actual), Object.keys(expected), place);
  const numbers = Object.values(expected).flatMap(({ data }) => [...data]);
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const found = actual[name]!;
    assertEquals(found.shape, shape, `shape of the ${name} (${place})`);
    data.forEach((value, i) => {
      const off = Math.abs(found.data[i]! - value) / largest;
      if (off <= tolerance) return;
      throw new Error(
        `${name} (${place}): element ${i} is ${found.data[i]}, expected ${value}; ` +
          `off by ${off.toExponential(1)} of the largest, ${largest}.`,
      );
    });
  }
}
