import { assertEquals, assertThrows } from "@std/assert";
import { startTensorFlow, tf } from "../../lib/tensorflow/backend.ts";
import { op, ops } from "../../lib/tensorflow/operations/operation.ts";
import { leavingNothing, take, vector } from "./support.ts";

await startTensorFlow();

Deno.test("operations with lists of inputs run at once", () =>
  leavingNothing(() => {
    const [a, b] = [vector(1, 2), vector(3, 4)];
    const axis = tf.scalar(0, "int32");
    assertEquals(take(op("ConcatV2", [a, b, a, axis])), [1, 2, 3, 4, 1, 2]);
    assertEquals(take(op("Pack", [a, b], { axis: 1 })), [1, 3, 2, 4]);
    assertEquals(take(op("AddN", [a, b, b])), [7, 10]);
    assertEquals(take(op("Einsum", [a, b], { equation: "i,j->ij" })), [3, 4, 6, 8]);
    assertEquals(ops("IdentityN", [a, axis], {}, 2).map(take), [[1, 2], [0]]);
    assertEquals(ops("Unpack", [a], { num: 2 }, 2).map(take), [[1], [2]]);
    tf.dispose([a, b, axis]);
  }));

Deno.test("TensorFlow's refusal comes out with the operation's name, and nothing is left behind", () =>
  leavingNothing(() => {
    const [a, b] = [tf.ones([2, 3]), tf.ones([2, 3])];
    assertThrows(
      () => op("MatMul", [a, b]),
      Error,
      'Cannot run the operation "MatMul": Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]',
    );
    const whole = tf.ones([2, 3], "int32");
    assertThrows(() => op("AddV2", [a, whole]), Error, 'Cannot run the operation "AddV2"');
    assertThrows(() => op("AddV2", [a]), Error, 'Cannot run the operation "AddV2"');
    assertThrows(() => op("NoSuchOperation", [a]), Error, '"NoSuchOperation"');
    assertEquals(take(op("AddV2", [a, b])), [2, 2, 2, 2, 2, 2]);
    tf.dispose([a, b, whole]);
  }));

Deno.test("a disposed tensor is refused", () => {
  const [x, y] = [vector(1), vector(2)];
  tf.dispose(tf.add(x, y));
  y.dispose();
  assertThrows(
    () => op("AddV2", [x, y]),
    Error,
    'Cannot run the operation "AddV2": input 1 is disposed.',
  );
  assertThrows(() => tf.add(x, y), Error);
  x.dispose();
});
