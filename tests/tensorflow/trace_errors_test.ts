import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { valueAndGradients } from "../../lib/tensorflow/gradients.ts";
import { embedding } from "../../lib/tensorflow/operations/embedding.ts";
import { add, multiply, sum } from "../../lib/tensorflow/operations/arithmetic.ts";
import { int32, op } from "../../lib/tensorflow/operations/operation.ts";
import { compile, type CompileOptions, type Tensors } from "../../lib/tensorflow/trace.ts";
import { createVariable } from "../../lib/tensorflow/variables.ts";
import { leavingNothing, take, vector } from "./support.ts";

const ROWS: CompileOptions = {
  name: "layer",
  signature: { x: { type: "float32", shape: ["n", 2] } },
};

/** Compiles and calls a body on x [3, 2]; checks the error, and that nothing is left behind. */
function refuses(
  body: (inputs: Tensors) => Tensors,
  message: string,
  options: CompileOptions = ROWS,
): Promise<void> {
  return leavingNothing(async () => {
    const compiled = compile(body, options);
    const x = tf.ones([3, 2]);
    await assertRejects(() => compiled({ x }), Error, message);
    assertEquals(compiled.traces(), 0);
    // the engine goes on
    const works = compile(({ x }) => ({ y: tf.mul(x!, 2) }), options);
    assertEquals(take((await works({ x })).y), [2, 2, 2, 2, 2, 2]);
    works.dispose();
    compiled.dispose();
    x.dispose();
  });
}

Deno.test("reading a value while tracing is refused", () =>
  refuses(
    ({ x }) => ({ y: tf.scalar(tf.sum(x!).dataSync()[0]!) }),
    "Cannot read a value while tracing",
  ));

Deno.test("reading a variable's values while tracing is refused", async () => {
  await startTensorFlow();
  const weight = createVariable("weight", [], Float32Array.of(2));
  await refuses(
    ({ x }) => ({ y: tf.mul(x!, weight.values()[0]!) }),
    "Cannot read a value while tracing",
  );
  weight.dispose();
});

Deno.test("a shape that depends on values is refused", () =>
  refuses(
    ({ x }) => ({ y: op("Where", [tf.greater(x!, 0)]) }),
    'Cannot trace "layer": the shape of a result depends on values',
  ));

const BAKED: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  "in a reshape": (x) => x.reshape([x.shape[0]! * 2]),
  "as a number": (x) => tf.mul(x, x.shape[0]!),
  "as a reciprocal": (x) => tf.mul(x, 1 / x.shape[0]!),
  "as a whole number": (x) => tf.add(x, tf.scalar(2 * x.shape[0]!, "int32").toFloat()),
  "negated": (x) => tf.add(x, -x.shape[0]!),
  "in zeros": (x) => tf.add(x, tf.zeros(x.shape)),
  "in the gradient of a mean": (x) =>
    valueAndGradients(({ x }) => tf.mean(x!) as Tensor, { x }).gradients["x"]!,
};
for (const [how, body] of Object.entries(BAKED)) {
  Deno.test(`a size that ends up in a constant is refused with its dimension's name: ${how}`, () =>
    refuses(({ x }) => ({ y: body(x!) }), 'the size of dimension "n" ended up in a constant'));
}

Deno.test("the second of two unknown dimensions is named as well", () =>
  leavingNothing(async () => {
    const compiled = compile(({ x }) => ({ y: tf.mul(x!, x!.shape[1]!) }), {
      signature: { x: { type: "float32", shape: ["batch", "length"] } },
    });
    const x = tf.ones([2, 3]);
    await assertRejects(() => compiled({ x }), Error, 'dimension "length" ended up in a constant');
    compiled.dispose();
    x.dispose();
  }));

Deno.test("more unknown dimensions than stand-ins are refused", () =>
  leavingNothing(async () => {
    const names = [..."abcdefghi"];
    const signature = Object.fromEntries(
      names.map((name) => [name, { type: "float32", shape: [name] }] as const),
    );
    const compiled = compile(({ a }) => ({ a: a! }), { signature });
    const inputs = Object.fromEntries(names.map((name) => [name, vector(1)]));
    await assertRejects(() => compiled(inputs), Error, "more than 8 unknown dimensions");
    tf.dispose(inputs);
  }));

Deno.test("an output that is no tensor is refused", () =>
  refuses(
    ({ x }) => ({ x: x!, loss: undefined as unknown as Tensor }),
    'Cannot trace "layer": its output "loss" is no tensor.',
  ));

Deno.test("what TensorFlow refuses while tracing names the operation and the function", () =>
  refuses(
    ({ x }) => ({ y: op("MatMul", [x!, x!]) }),
    'Cannot trace the operation "MatMul" in "layer": Dimensions must be equal',
  ));

Deno.test("an operation that doesn't exist is refused", () =>
  refuses(({ x }) => ({ y: op("NoSuchOperation", [x!]) }), 'the operation "NoSuchOperation"'));

Deno.test("an error of the function itself comes out unchanged, and nothing is left behind", () =>
  refuses(({ x }) => {
    tf.keep(tf.mul(x!, 2)).dispose();
    const { gradients } = valueAndGradients(({ x }) => sum(multiply(x!, x!), [0, 1]), { x: x! });
    if (gradients["x"]) throw new Error("given up");
    return { x: x! };
  }, "given up"));

Deno.test("an error inside a loss leaves nothing behind, tracing or not", async () => {
  const failing = (x: Tensor) =>
    valueAndGradients(({ x }) => {
      const product = multiply(x!, x!);
      if (product.rank > 0) throw new Error("no loss");
      return product;
    }, { x });
  await refuses(({ x }) => failing(x!).gradients, "no loss");
  await leavingNothing(() => {
    const x = vector(1, 2);
    for (let i = 0; i < 3; i++) assertThrows(() => failing(x), Error, "no loss");
    const { value, gradients } = valueAndGradients(({ x }) => sum(multiply(x!, x!), [0]), { x });
    assertEquals([take(value), take(gradients["x"])], [[5], [2, 4]]);
    x.dispose();
  });
});

Deno.test("calling a compiled function inside another is refused", async () => {
  await startTensorFlow();
  const inner = compile(({ x }) => ({ y: x! }), { ...ROWS, name: "inner" });
  await refuses(({ x }) => {
    inner({ x: x! });
    return { x: x! };
  }, 'Cannot call the compiled "inner" while another function is traced');
  inner.dispose();
});

Deno.test("variables can't be created or disposed while tracing", async () => {
  await startTensorFlow();
  await refuses(({ x }) => {
    createVariable("late", [], Float32Array.of(1));
    return { x: x! };
  }, 'Cannot create variable "late" while tracing.');
  const weight = createVariable("weight", [], Float32Array.of(1));
  await refuses(({ x }) => {
    weight.dispose();
    return { x: x! };
  }, 'Cannot dispose variable "weight" while tracing.');
  assertEquals([...weight.values()], [1]);
  weight.dispose();
});

Deno.test("a traced tensor that escapes can't be used or read", async () => {
  await startTensorFlow();
  let escaped: Tensor | undefined;
  const leak = compile(({ x }) => {
    escaped = tf.keep(tf.mul(x!, 2));
    return { x: x! };
  }, ROWS);
  const x = tf.ones([1, 2]);
  tf.dispose(await leak({ x }));
  assertThrows(() => escaped!.dataSync(), Error, "Cannot read a value");
  assertThrows(
    () => tf.add(escaped!, 1),
    Error,
    "an input is a traced tensor, which has no values outside the compiled function it belongs to",
  );
  const other = compile(({ x }) => ({ y: add(x!, escaped!) }), { ...ROWS, name: "other" });
  await assertRejects(
    () => other({ x }),
    Error,
    'Cannot trace "other": it uses a tensor of another function that was traced earlier.',
  );
  await assertRejects(() => leak({ x: escaped! }), Error, "layer");
  tf.dispose([x, escaped!]);
  leak.dispose();
});

Deno.test("a captured variable that was disposed is named", async () => {
  await startTensorFlow();
  const weight = createVariable("head/kernel", [2], Float32Array.of(1, 2));
  const scale = compile(({ x }) => ({ y: tf.mul(x!, weight.read()) }), ROWS);
  const x = tf.ones([1, 2]);
  assertEquals(take((await scale({ x })).y), [1, 2]);
  weight.dispose();
  await assertRejects(
    () => scale({ x }),
    Error,
    'Cannot run "layer": it uses the variable "head/kernel", which was disposed.',
  );
  x.dispose();
  scale.dispose();
});

Deno.test("TensorFlow's own error while running comes out with the function's name", () =>
  leavingNothing(async () => {
    const table = tf.tensor2d([[1, 2], [3, 4]]);
    const lookUp = compile(({ ids }) => ({ rows: embedding(table, ids!) }), {
      name: "look up rows",
      signature: { ids: { type: "int32", shape: ["n"] } },
    });
    const ids = (...values: number[]) => tf.tensor1d(values, "int32");
    const [good, bad] = [ids(1, 0), ids(0, 2)];
    for (let call = 0; call < 3; call++) {
      assertEquals(take((await lookUp({ ids: good })).rows), [3, 4, 1, 2]);
      const error = await assertRejects(() => lookUp({ ids: bad }), Error);
      assertStringIncludes(error.message, "indices[1] = 2 is not in [0, 2)");
      assertStringIncludes(error.message, "look_up_rows");
    }
    assertEquals(lookUp.traces(), 1);
    tf.dispose([table, good, bad]);
    lookUp.dispose();
  }));

Deno.test("a call that fails while running stops only itself", async () => {
  await startTensorFlow();
  const third = compile(({ x }) => ({ y: op("GatherV2", [x!, int32(2), int32(0)]) }), {
    signature: { x: { type: "float32", shape: ["n"] } },
  });
  const inputs = [vector(1, 2, 3), vector(1, 2), vector(3, 4, 5)];
  const results = await Promise.allSettled(inputs.map((x) => third({ x })));
  assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  for (const result of results) if (result.status === "fulfilled") result.value.y.dispose();
  assert(third.traces() === 1);
  tf.dispose(inputs);
  third.dispose();
});
