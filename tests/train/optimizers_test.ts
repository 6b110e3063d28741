import { assert } from "@std/assert";
import { createRandom } from "../../lib/base/random.ts";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import {
  adamax,
  adamw,
  bertAdam,
  clipFactor,
  globalNorm,
  type Optimizer,
  sgd,
} from "../../lib/train/optimizers.ts";

await startTensorFlow();

/** New value and state of a single number. */
type Rule = (
  p: number,
  g: number,
  state: readonly number[],
  at: { rate: number; count: number; decay: number },
) => [number, number[]];

/** The same updates written from their papers, one number at a time. */
const RULES: readonly (readonly [Optimizer, Rule])[] = [
  [adamax, (p, g, [m = 0, u = 0], { rate, decay }) => {
    m = 0.9 * m + 0.1 * g;
    u = Math.max(0.999 * u, Math.abs(g) + 1e-6);
    return [p - rate * (m / (u + 1e-6) + decay * p), [m, u]];
  }],
  [adamw, (p, g, [m = 0, v = 0], { rate, count, decay }) => {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const [mHat, vHat] = [m / (1 - 0.9 ** count), v / (1 - 0.999 ** count)];
    return [p - rate * mHat / (Math.sqrt(vHat) + 1e-8) - rate * decay * p, [m, v]];
  }],
  [bertAdam, (p, g, [m = 0, v = 0], { rate, decay }) => {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    return [p - rate * (m / (Math.sqrt(v) + 1e-6) + decay * p), [m, v]];
  }],
  [sgd, (p, g, _state, { rate, decay }) => [p - rate * (g + decay * p), []]],
];

const N = 24;

for (const [optimizer, rule] of RULES) {
  for (const decay of [0, 0.01]) {
    Deno.test(`${optimizer.name} with decay ${decay} makes the updates of its formula`, () => {
      const random = createRandom(optimizer.name);
      let expected = Array.from({ length: N }, () => [random.normal(), [] as number[]] as const);
      let value: Tensor = tf.tensor1d(expected.map(([p]) => p));
      let state: Tensor[] = optimizer.slots.map(() => tf.zeros([N]));
      for (let count = 1; count <= 12; count++) {
        // some gradients are large, some tiny, some 0
        const gradient = Array.from(
          { length: N },
          (_, i) => i % 6 === 0 ? 0 : random.normal() * 10 ** (i % 5 - 3),
        );
        const rate = 0.01 * count;
        const next = tf.tidy(() => {
          const context = { rate: tf.scalar(rate), count: tf.scalar(count), decay };
          const made = optimizer.update(value, tf.tensor1d(gradient), state, context);
          return [made.value, ...made.state];
        });
        tf.dispose([value, ...state]);
        [value, ...state] = next as [Tensor, ...Tensor[]];
        expected = expected.map(([p, own], i) =>
          rule(p, gradient[i]!, own, { rate, count, decay })
        );
      }
      const slots = [value, ...state].map((tensor) => [...tensor.dataSync()]);
      expected.forEach(([p, own], i) =>
        [p, ...own].forEach((number, slot) => {
          const gap = Math.abs(slots[slot]![i]! - number);
          assert(gap <= 3e-6 * Math.max(1, Math.abs(number)), `slot ${slot}, ${i}: off by ${gap}`);
        })
      );
      tf.dispose([value, ...state]);
    });
  }
}

Deno.test("globalNorm() is the length of all gradients taken as one vector", () => {
  const norm = globalNorm([tf.tensor1d([3, 0]), tf.tensor2d([[0, 4], [12, 0]])]);
  assert(Math.abs(norm.dataSync()[0]! - 13) < 1e-6);
});

Deno.test("clipFactor() brings a norm down to the limit and leaves a smaller one alone", () => {
  const factor = (norm: number) => clipFactor(tf.scalar(norm), 2).dataSync()[0]!;
  assert(Math.abs(factor(8) - 0.25) < 1e-6);
  assert(factor(1.9) === 1);
  assert(factor(0) === 1);
});
