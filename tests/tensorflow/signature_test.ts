import { assertEquals, assertRejects } from "@std/assert";
import { type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { compile, type Tensors } from "../../lib/tensorflow/trace.ts";
import { leavingNothing, take, vector } from "./support.ts";

/** Calls a function of x [n, 2] and y [n] with given inputs and expects an error. */
function refuses(inputs: () => Tensors, message: string): Promise<void> {
  return leavingNothing(async () => {
    const scale = compile<Tensors, Tensors>(
      ({ x, y }) => ({ z: tf.mul(x!, tf.expandDims(y!, 1)) }),
      {
        name: "scale",
        signature: {
          x: { type: "float32", shape: ["n", 2] },
          y: { type: "float32", shape: ["n"] },
        },
      },
    );
    const given = inputs();
    await assertRejects(() => scale(given), Error, message);
    tf.dispose(Object.values(given));
    const good = { x: tf.ones([2, 2]), y: vector(2, 3) };
    assertEquals(take((await scale(good)).z), [2, 2, 3, 3]);
    tf.dispose(Object.values(good));
    scale.dispose();
  });
}

Deno.test("a missing input is named", () =>
  refuses(() => ({ x: tf.ones([2, 2]) }), 'Cannot run "scale": input "y" is missing.'));

Deno.test("an input of another type is refused", () =>
  refuses(
    () => ({ x: tf.ones([2, 2]), y: tf.ones([2], "int32") }),
    'input "y" is int32 of shape [2], expected float32 of shape [2].',
  ));

Deno.test("an input of another rank is refused", () =>
  refuses(
    () => ({ x: tf.ones([2, 2]), y: tf.ones([2, 1]) }),
    'input "y" is float32 of shape [2,1], expected float32 of shape [2].',
  ));

Deno.test("an input whose fixed size differs is refused", () =>
  refuses(
    () => ({ x: tf.ones([2, 3]), y: tf.ones([2]) }),
    'input "x" is float32 of shape [2,3], expected float32 of shape [2,2].',
  ));

Deno.test("inputs that disagree on a named dimension are refused", () =>
  refuses(
    () => ({ x: tf.ones([2, 2]), y: tf.ones([3]) }),
    'input "y" is float32 of shape [3], expected float32 of shape [2].',
  ));

Deno.test("a disposed input is refused", () =>
  refuses(() => {
    const x = tf.ones([2, 2]);
    x.dispose();
    return { x, y: tf.ones([2]) };
  }, 'Cannot run "scale": input "x" is disposed.'));

Deno.test("a dimension given twice in one input must agree with itself", () =>
  leavingNothing(async () => {
    const trace = compile(({ x }: { x: Tensor }) => ({ y: tf.matMul(x, x) }), {
      signature: { x: { type: "float32", shape: ["n", "n"] } },
    });
    const [square, oblong] = [tf.ones([2, 2]), tf.ones([2, 3])];
    assertEquals(take((await trace({ x: square })).y), [2, 2, 2, 2]);
    await assertRejects(() => trace({ x: oblong }), Error, "is float32 of shape [2,3]");
    tf.dispose([square, oblong]);
    trace.dispose();
  }));
