import { assertEquals, assertThrows } from "@std/assert";
import { type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { valueAndGradients } from "../../lib/tensorflow/gradients.ts";
import { add, multiply, sum } from "../../lib/tensorflow/operations/arithmetic.ts";
import { leavingNothing, take, vector } from "./support.ts";

Deno.test("the value and a gradient for each parameter come by name", () =>
  leavingNothing(() => {
    const parameters = { a: vector(1, 2), b: vector(3, 4) };
    const { value, gradients } = valueAndGradients(
      ({ a, b }) => sum(multiply(a!, multiply(a!, b!)), [0]),
      parameters,
    );
    assertEquals(take(value), [3 + 16]);
    assertEquals([take(gradients["a"]), take(gradients["b"])], [[6, 16], [1, 4]]);
    tf.dispose(Object.values(parameters));
  }));

Deno.test("a parameter the loss doesn't depend on gets no gradient", () =>
  leavingNothing(() => {
    const parameters = { used: tf.scalar(2) as Tensor, idle: vector(1) };
    const found = valueAndGradients(({ used }) => multiply(used!, used!), parameters);
    assertEquals(Object.keys(found.gradients), ["used"]);
    const none = valueAndGradients(() => tf.scalar(1), parameters);
    assertEquals(none.gradients, {});
    tf.dispose([found, none, parameters]);
  }));

Deno.test("gradients of parameters that are only added are tensors of their own", () =>
  leavingNothing(() => {
    const parameters = { a: tf.scalar(1) as Tensor, b: tf.scalar(2) as Tensor };
    const { value, gradients } = valueAndGradients(({ a, b }) => add(add(a!, b!), a!), parameters);
    assertEquals(take(value), [4]);
    assertEquals(take(gradients["a"]), [2]);
    assertEquals(take(gradients["b"]), [1]);
    tf.dispose(parameters);
  }));

Deno.test("operations of tfjs and of our own mix in one loss", () =>
  leavingNothing(() => {
    const x = vector(1, 2);
    const { value, gradients } = valueAndGradients(
      ({ x }) => tf.sum(multiply(tf.square(x!), tf.exp(x!))) as Tensor,
      { x },
    );
    assertEquals(take(value).length, 1);
    const slopes = [1, 2].map((x) => (2 * x + x * x) * Math.exp(x));
    take(gradients["x"]).forEach((slope, i) =>
      assertEquals(Math.abs(slope / slopes[i]! - 1) < 1e-6, true)
    );
    x.dispose();
  }));

Deno.test("a loss that is no scalar is refused", () =>
  leavingNothing(() => {
    const x = vector(1, 2);
    assertThrows(
      () => valueAndGradients(({ x }) => multiply(x!, x!), { x }),
      Error,
      "Cannot differentiate a loss of shape [2]: it is no scalar.",
    );
    x.dispose();
  }));
