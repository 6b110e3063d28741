/**
 * A small transformer block with a classifier, and its training step with dropout and Adam: enough
 * to exercise everything a real training step uses.
 *
 * @module
 */

import { type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { valueAndGradients } from "../../lib/tensorflow/gradients.ts";
import {
  add,
  divide,
  mean,
  multiply,
  scale,
  squareRoot,
  subtract,
} from "../../lib/tensorflow/operations/arithmetic.ts";
import { paddingBias, selfAttention } from "../../lib/tensorflow/operations/attention.ts";
import { dense } from "../../lib/tensorflow/operations/dense.ts";
import { dropout } from "../../lib/tensorflow/operations/dropout.ts";
import { embedding } from "../../lib/tensorflow/operations/embedding.ts";
import { gelu } from "../../lib/tensorflow/operations/gelu.ts";
import { layerNorm } from "../../lib/tensorflow/operations/layer_norm.ts";
import { crossEntropy } from "../../lib/tensorflow/operations/losses.ts";
import { number } from "../../lib/tensorflow/operations/operation.ts";
import { type RandomSource, randomSource } from "../../lib/tensorflow/operations/random.ts";
import { concat, position, reshape } from "../../lib/tensorflow/operations/shapes.ts";
import type { InputSpec, Tensors } from "../../lib/tensorflow/trace.ts";
import { createVariable, type Variable } from "../../lib/tensorflow/variables.ts";
import { count, normal, stream } from "./operations/arrays.ts";

const WIDTH = 16;
const VOCABULARY = 40;
const CLASSES = 3;

/** Shapes of the parameters by name. */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  embeddings: [VOCABULARY, WIDTH],
  ...Object.fromEntries(
    ["query", "key", "value", "output"].flatMap((name) => [
      [`${name}/kernel`, [WIDTH, WIDTH]],
      [`${name}/bias`, [WIDTH]],
    ]),
  ),
  "norm/scale": [WIDTH],
  "norm/shift": [WIDTH],
  "inner/kernel": [WIDTH, 4 * WIDTH],
  "inner/bias": [4 * WIDTH],
  "outer/kernel": [4 * WIDTH, WIDTH],
  "outer/bias": [WIDTH],
  "classifier/kernel": [WIDTH, CLASSES],
  "classifier/bias": [CLASSES],
};

/** What the step takes. */
export const SIGNATURE = {
  tokens: { type: "int32", shape: ["b", "t"] },
  mask: { type: "float32", shape: ["b", "t"] },
  labels: { type: "int32", shape: ["b"] },
  seed: { type: "int32", shape: [2] },
} as const satisfies Readonly<Record<string, InputSpec>>;

/** A block with its weights and the optimiser's state. */
export interface Block {
  /** One update; returns the loss. */
  step(inputs: Tensors): { loss: Tensor };
  /** Every weight, in one list. */
  weights(): number[];
  dispose(): void;
}

/** A block whose weights are the same each time. */
export function createBlock(): Block {
  const next = stream(1);
  const make = (suffix: string, values: (name: string) => number) =>
    Object.fromEntries(
      Object.entries(SHAPES).map(([name, shape]) => {
        const numbers = Float32Array.from({ length: count(shape) }, () => values(name));
        return [name, createVariable(`${name}${suffix}`, shape, numbers)] as const;
      }),
    );
  const weights = make("", (name) => name.endsWith("scale") ? 1 : 0.1 * normal(next));
  const means = make("/mean", () => 0);
  const squares = make("/square", () => 0);
  return {
    step: (inputs) =>
      tf.tidy(() => {
        const random = randomSource(inputs["seed"]!);
        const parameters = Object.fromEntries(
          Object.entries(weights).map(([name, variable]) => [name, variable.read()]),
        );
        const { value, gradients } = valueAndGradients(
          (p) => mean(crossEntropy(logits(p, inputs, random), inputs["labels"]!), [0]),
          parameters,
        );
        for (const [name, gradient] of Object.entries(gradients)) {
          update(weights[name]!, means[name]!, squares[name]!, gradient);
        }
        return { loss: value };
      }),
    weights: () => Object.values(weights).flatMap((variable) => [...variable.values()]),
    dispose: () => {
      for (const all of [weights, means, squares]) {
        for (const variable of Object.values(all)) variable.dispose();
      }
    },
  };
}

function logits(p: Tensors, { tokens, mask }: Tensors, random: RandomSource): Tensor {
  const layer = (name: string, x: Tensor) => dense(x, p[`${name}/kernel`]!, p[`${name}/bias`]!);
  const norm = (x: Tensor) => layerNorm(x, p["norm/scale"]!, p["norm/shift"]!);
  const x = norm(dropout(embedding(p["embeddings"]!, reshape(tokens!, [-1])), 0.1, random));
  const together = concat([layer("query", x), layer("key", x), layer("value", x)]);
  const options = { heads: 2, dropout: 0.1, random };
  const mixed = selfAttention(together, paddingBias(mask!), options);
  const attended = norm(add(x, dropout(layer("output", mixed), 0.1, random)));
  const hidden = norm(add(attended, layer("outer", gelu(layer("inner", attended)))));
  const rows = reshape(hidden, [[tokens!, 0], [tokens!, 1], WIDTH]); // [b, t, d]
  return layer("classifier", position(rows, 0));
}

/** Adam without bias correction. */
function update(weight: Variable, mean: Variable, square: Variable, gradient: Tensor): void {
  const nextMean = add(scale(mean.read(), 0.9), scale(gradient, 0.1));
  const nextSquare = add(scale(square.read(), 0.99), scale(multiply(gradient, gradient), 0.01));
  mean.assign(nextMean);
  square.assign(nextSquare);
  const change = divide(nextMean, add(squareRoot(nextSquare), number(1e-6)));
  weight.assign(subtract(weight.read(), scale(change, 0.01)));
}

/** A batch of b rows of t tokens, made from `step`; the label follows from the first token. */
export function batch(step: number, b: number, t: number): Record<string, Tensor> {
  const next = stream(step);
  const tokens = Int32Array.from({ length: b * t }, () => Math.floor(VOCABULARY * next()));
  const lengths = Array.from({ length: b }, () => 1 + Math.floor(t * next()));
  const mask = Float32Array.from(
    { length: b * t },
    (_, i) => i % t < lengths[Math.floor(i / t)]! ? 1 : 0,
  );
  const labels = Int32Array.from({ length: b }, (_, row) => tokens[row * t]! % CLASSES);
  return {
    tokens: tf.tensor2d(tokens, [b, t], "int32"),
    mask: tf.tensor2d(mask, [b, t]),
    labels: tf.tensor1d(labels, "int32"),
    seed: tf.tensor1d([step, 0], "int32"),
  };
}
