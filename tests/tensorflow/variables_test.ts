import { assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../lib/tensorflow/backend.ts";
import { createVariable } from "../../lib/tensorflow/variables.ts";
import { leavingNothing, take } from "./support.ts";

Deno.test("a variable keeps its values in row-major order", () =>
  leavingNothing(() => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const weight = createVariable("encoder/layer_3/kernel", [2, 3], values);
    values.fill(0); // the variable has a copy
    assertEquals([weight.name, weight.shape], ["encoder/layer_3/kernel", [2, 3]]);
    const read = weight.read();
    assertEquals(read.shape, [2, 3]);
    assertEquals(take(read), [1, 2, 3, 4, 5, 6]);
    const copy = weight.values();
    copy.fill(9);
    assertEquals([...weight.values()], [1, 2, 3, 4, 5, 6]);
    weight.dispose();
  }));

Deno.test("a tensor read before a change keeps the old values", () =>
  leavingNothing(() => {
    const weight = createVariable("weight", [2], Float32Array.of(1, 2));
    const old = weight.read();
    weight.load(Float32Array.of(3, 4));
    const next = tf.tensor1d([5, 6]);
    const middle = weight.read();
    weight.assign(next);
    next.dispose();
    assertEquals([take(old), take(middle), [...weight.values()]], [[1, 2], [3, 4], [5, 6]]);
    weight.dispose();
  }));

Deno.test("a variable may be a scalar or empty", () =>
  leavingNothing(() => {
    const scalar = createVariable("scalar", [], Float32Array.of(7));
    const empty = createVariable("empty", [0, 3], new Float32Array(0));
    assertEquals([[...scalar.values()], [...empty.values()]], [[7], []]);
    const read = empty.read();
    assertEquals(read.shape, [0, 3]);
    tf.dispose(read);
    scalar.dispose();
    empty.dispose();
  }));

Deno.test("two variables of one name are two variables", () =>
  leavingNothing(() => {
    const a = createVariable("same", [1], Float32Array.of(1));
    const b = createVariable("same", [1], Float32Array.of(2));
    a.load(Float32Array.of(3));
    assertEquals([[...a.values()], [...b.values()]], [[3], [2]]);
    a.dispose();
    assertEquals([...b.values()], [2]);
    b.dispose();
  }));

Deno.test("values that don't fit the shape are refused, and the variable stays as it was", () =>
  leavingNothing(() => {
    assertThrows(
      () => createVariable("kernel", [2, 2], Float32Array.of(1, 2, 3)),
      Error,
      'Cannot load 3 values into variable "kernel" of shape [2,2], which holds 4.',
    );
    const kernel = createVariable("kernel", [2], Float32Array.of(1, 2));
    assertThrows(() => kernel.load(Float32Array.of(1)), Error, "Cannot load 1 values");
    for (const wrong of [tf.ones([3]), tf.ones([1, 2]), tf.scalar(1)]) {
      assertThrows(
        () => kernel.assign(wrong),
        Error,
        `Cannot assign a tensor of shape [${wrong.shape}] to variable "kernel" of shape [2].`,
      );
      wrong.dispose();
    }
    const whole = tf.tensor1d([1, 2], "int32");
    assertThrows(() => kernel.assign(whole), Error, "AssignVariableOp");
    whole.dispose();
    assertEquals([...kernel.values()], [1, 2]);
    kernel.dispose();
  }));

Deno.test("a disposed variable can't be used, and disposing it again does nothing", () =>
  leavingNothing(() => {
    const weight = createVariable("weight", [1], Float32Array.of(1));
    weight.dispose();
    weight.dispose();
    const value = tf.ones([1]);
    const uses = [
      () => weight.read(),
      () => weight.values(),
      () => weight.load(Float32Array.of(1)),
      () => weight.assign(value),
    ];
    for (const use of uses) {
      assertThrows(use, Error, 'Cannot use variable "weight": it was disposed.');
    }
    value.dispose();
  }));
