import { assert, assertEquals, assertRejects } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../../lib/tensorflow/backend.ts";
import { dense } from "../../../lib/tensorflow/operations/dense.ts";
import { gelu } from "../../../lib/tensorflow/operations/gelu.ts";
import { fusedDense, normalised } from "../../../lib/tensorflow/operations/inference.ts";
import { layerNorm } from "../../../lib/tensorflow/operations/layer_norm.ts";
import { type Precision, raise } from "../../../lib/tensorflow/operations/matmul.ts";
import { compile } from "../../../lib/tensorflow/trace.ts";
import { runsTraced } from "../../../lib/tensorflow/trial.ts";
import { op } from "../../../lib/tensorflow/operations/operation.ts";
import { leavingNothing, take } from "../support.ts";

await startTensorFlow();

const [IN, OUT] = [24, 40];

/** Both forms of an operation, with weights of their own. */
const pairs: Record<string, (precision: Precision) => Record<"own" | "ordinary", Form>> = {
  fusedDense: (precision) => ({
    own: (x, w, b) => fusedDense(x, w, b, { precision }),
    ordinary: (x, w, b) => dense(x, w, b, { precision }),
  }),
  "fusedDense, low": (precision) => ({
    own: (x, w, b) => raise(fusedDense(x, w, b, { precision, low: true })),
    ordinary: (x, w, b) => dense(x, w, b, { precision }),
  }),
  "fusedDense with GELU": (precision) => ({
    own: (x, w, b) => fusedDense(x, w, b, { precision, gelu: true }),
    ordinary: (x, w, b) => raise(gelu(dense(x, w, b, { precision, low: true }))),
  }),
  normalised: () => ({
    own: (x) => normalised(x, tf.linspace(0.5, 2, IN), tf.linspace(-1, 1, IN)),
    ordinary: (x) => layerNorm(x, tf.linspace(0.5, 2, IN), tf.linspace(-1, 1, IN)),
  }),
};

type Form = (x: Tensor, w: Tensor, b: Tensor) => Tensor;

for (const [name, make] of Object.entries(pairs)) {
  for (const [precision, tolerance] of [["float32", 2e-6], ["bfloat16", 2e-2]] as const) {
    Deno.test(`${name} gives what the ordinary operations give, in ${precision}`, () =>
      leavingNothing(async () => {
        const { own, ordinary } = make(precision);
        const weights = tf.randomNormal([IN, OUT], 0, 0.3, "float32", 1);
        const bias = tf.randomNormal([OUT], 0, 1, "float32", 2);
        const compiled = compile(({ x, w, b }) => ({ y: own(x, w, b) }), {
          signature: {
            x: { type: "float32", shape: ["n", IN] },
            w: { type: "float32", shape: [IN, OUT] },
            b: { type: "float32", shape: [OUT] },
          },
        });
        for (const rows of [1, 7, 300]) {
          const x = tf.randomNormal([rows, IN], 0.5, 2, "float32", 3);
          const expected = take(tf.tidy(() => ordinary(x, weights, bias)));
          const eager = take(tf.tidy(() => own(x, weights, bias)));
          const traced = take((await compiled({ x, w: weights, b: bias })).y);
          x.dispose();
          for (const found of [eager, traced]) {
            assertEquals(found.length, expected.length);
            const far = found.findIndex((value, i) =>
              Math.abs(value - expected[i]!) > tolerance * Math.max(1, Math.abs(expected[i]!))
            );
            assertEquals(far, -1, `${found[far]} instead of ${expected[far]}`);
          }
        }
        compiled.dispose();
        tf.dispose([weights, bias]);
      }));
  }
}

Deno.test("asking for a gradient of what keeps nothing for it is an error", async () => {
  const norm = ([x, s]: readonly Tensor[]) => op("_MklLayerNorm", [x!, s!, s!], { epsilon: 1 });
  if (!runsTraced(norm, [[1, 1], [1]])) return; // then the ordinary operation runs
  const slope = compile(({ x }: { x: Tensor }) => ({
    y: tf.grad((x) => normalised(x, tf.ones([3]), tf.zeros([3])))(x),
  }));
  await assertRejects(
    () => slope({ x: tf.ones([2, 3]) }),
    Error,
    `"normalised" has no gradient: run the network without \`inference\``,
  );
});

Deno.test("what TensorFlow lacks doesn't run, and trying leaves nothing behind", () =>
  leavingNothing(() => {
    assert(runsTraced(([x]) => tf.add(x!, 1), [[2]]));
    const unknown = ([x]: readonly Tensor[]) => op("_FusedMatMul", [x!, x!], { fused_ops: ["No"] });
    assertEquals(runsTraced(unknown, [[1, 1]]), false);
    assertEquals(runsTraced(([x]) => op("NoSuchOperation", [x!]), [[1, 1]]), false);
  }));
