import { assertEquals, assertRejects } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { valueAndGradients } from "../../lib/tensorflow/gradients.ts";
import { mean, multiply } from "../../lib/tensorflow/operations/arithmetic.ts";
import { lower, raise } from "../../lib/tensorflow/operations/matmul.ts";
import { dataType, op } from "../../lib/tensorflow/operations/operation.ts";
import { DataType } from "../../lib/tensorflow/runtime.ts";
import { sideBySide } from "../../lib/tensorflow/side_by_side.ts";
import { compile, type Tensors } from "../../lib/tensorflow/trace.ts";
import { createVariable } from "../../lib/tensorflow/variables.ts";
import { leavingNothing, take, vector } from "./support.ts";

await startTensorFlow();

const specs = {
  x: { type: "float32", shape: ["n"] },
  w: { type: "float32", shape: [] },
} as const;

let made = 0;

/** w x, the gradient of its mean square by w, and w x in bfloat16. */
function body({ x, w }: Tensors): Tensors {
  made++;
  const { gradients } = valueAndGradients((p) => {
    const y = multiply(x!, p.w!);
    return mean(multiply(y, y), [0]);
  }, { w: w! });
  const y = op("Mul", [x!, w!]);
  return { y, slope: gradients.w!, low: lower(y, "bfloat16") };
}

/** Both results in float32. */
const both = (all: readonly Tensors[]) =>
  Object.fromEntries(
    all.flatMap(({ y, slope, low }, i) => [
      [`y${i}`, y!],
      [`slope${i}`, slope!],
      [`low${i}`, raise(low!)],
    ]),
  ) as Record<string, Tensor>;

const EXPECTED = { y0: [3, 6], slope0: [15], low0: [3, 6], y1: [12], slope1: [96], low1: [12] };

Deno.test("calls give what the body gives for each input, traced or at once", () =>
  leavingNothing(async () => {
    const [a, b] = [vector(1, 2), vector(4)];
    const weight = createVariable("w", [], Float32Array.of(3));
    const run = ({ a, b }: Tensors) => {
      const w = weight.read();
      return both(sideBySide("part", specs, body, [{ x: a!, w }, { x: b!, w }]));
    };
    const values = (outputs: Record<string, Tensor>) =>
      Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, take(tensor)]));
    assertEquals(values(tf.tidy(() => run({ a, b }))), EXPECTED);

    made = 0;
    const compiled = compile(run, {
      signature: {
        a: { type: "float32", shape: ["n 0"] },
        b: { type: "float32", shape: ["n 1"] },
      },
    });
    assertEquals(values(await compiled({ a, b })), EXPECTED);
    assertEquals(values(await compiled({ a: b, b: a })).y1, [3, 6]);
    assertEquals([made, compiled.traces()], [1, 1]);
    compiled.dispose();
    weight.dispose();
    tf.dispose([a, b]);
  }));

Deno.test("shapes and types of results are known while the trace goes on", () =>
  leavingNothing(async () => {
    const found: unknown[] = [];
    const run = compile(({ x }: Tensors) => {
      const w = tf.scalar(2);
      for (const { y, low } of sideBySide("part", specs, body, [{ x: x!, w }, { x: x!, w }])) {
        found.push(
          y!.shape.length,
          y!.shape[0] === x!.shape[0],
          dataType(low!) === DataType.bfloat16,
        );
      }
      return {};
    }, { signature: { x: { type: "float32", shape: ["any"] } } });
    const x = vector(1, 2, 3);
    await run({ x });
    assertEquals(found, [1, true, true, 1, true, true]);
    run.dispose();
    x.dispose();
  }));

Deno.test("a tensor from outside is refused, and nothing is left behind", () =>
  leavingNothing(async () => {
    const outside = tf.add(1, 1); // an operation has run, so that it is no constant of the trace
    const one = { x: { type: "float32", shape: [] } } as const;
    const run = compile(({ x }: Tensors) => {
      sideBySide("lost", one, ({ x }) => ({ y: op("Mul", [x!, outside]) }), [{ x: x! }]);
      return {};
    });
    const x = tf.scalar(1);
    await assertRejects(
      () => run({ x }),
      Error,
      'Cannot record "lost": it uses a tensor from outside; hand it over as an input.',
    );
    run.dispose();
    tf.dispose([outside, x]);
  }));
