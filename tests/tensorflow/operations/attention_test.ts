import { assert } from "@std/assert";
import { startTensorFlow, tf } from "../../../lib/tensorflow/backend.ts";
import { attention, paddingBias } from "../../../lib/tensorflow/operations/attention.ts";
import { lower, raise } from "../../../lib/tensorflow/operations/matmul.ts";
import { compile, type Tensors } from "../../../lib/tensorflow/trace.ts";
import { leavingNothing, take } from "../support.ts";

await startTensorFlow();

Deno.test("weights in bfloat16 are rounded once, their sum being made in float32", () =>
  leavingNothing(async () => {
    const t = 96; // positions, and the width of the only head
    const bias = tf.tidy(() => paddingBias(tf.ones([1, t])));
    const body = ({ queries, keys, bias }: Tensors) => {
      const values = tf.eye(t); // the results are the weights
      const both = lower(tf.concat([keys!, values], 1), "bfloat16");
      const low = lower(queries!, "bfloat16");
      return { weights: raise(attention(low, both, bias!, { heads: 1, precision: "bfloat16" })) };
    };
    // one score of each key for all queries, in steps that bfloat16 holds
    const score = (key: number) => -(key % 7) / 4;
    const inputs = {
      queries: tf.tidy(() => tf.concat([tf.ones([t, 1]), tf.zeros([t, t - 1])], 1)),
      keys: tf.tidy(() =>
        tf.concat([
          tf.tensor2d(Array.from({ length: t }, (_, key) => [score(key)])),
          tf.zeros([t, t - 1]),
        ], 1)
      ),
      bias,
    };
    const traced = compile(body);
    const found = {
      traced: take((await traced(inputs)).weights),
      eager: take(tf.tidy(() => body(inputs)).weights),
    };
    const total = Array.from({ length: t }, (_, key) => Math.exp(score(key)))
      .reduce((sum, one) => sum + one);
    for (const [way, weights] of Object.entries(found)) {
      weights.forEach((weight, i) => {
        const expected = Math.exp(score(i % t)) / total;
        const gap = Math.abs(weight / expected - 1);
        assert(gap <= 2 ** -8, `${way}: ${weight} instead of ${expected} for key ${i % t}`);
      });
    }
    traced.dispose();
    tf.dispose(inputs);
  }));
