import { assert, assertEquals } from "@std/assert";
import { startTensorFlow, type Tensor, tf } from "../../../lib/tensorflow/backend.ts";
import { scale } from "../../../lib/tensorflow/operations/arithmetic.ts";
import { attention, paddingBias } from "../../../lib/tensorflow/operations/attention.ts";
import { dense } from "../../../lib/tensorflow/operations/dense.ts";
import { gruCell } from "../../../lib/tensorflow/operations/gru.ts";
import {
  batchMatMul,
  lower,
  type Precision,
  raise,
} from "../../../lib/tensorflow/operations/matmul.ts";
import { dataType } from "../../../lib/tensorflow/operations/operation.ts";
import { concat, reshape } from "../../../lib/tensorflow/operations/shapes.ts";
import { DataType } from "../../../lib/tensorflow/runtime.ts";
import { compile, type InputSpec, type Tensors } from "../../../lib/tensorflow/trace.ts";
import { count, normal, stream } from "./arrays.ts";
import { leavingNothing, take } from "../support.ts";

await startTensorFlow();

/** bfloat16 keeps 8 bits: rounding one factor is off by up to 1/256 of it. */
const TOLERANCE = 1.5e-2;

/** An operation with matrix products, and the shapes of its inputs; "n" differs by call. */
interface Product {
  readonly name: string;
  readonly shapes: Readonly<Record<string, readonly (number | string)[]>>;
  readonly output: readonly (number | string)[];
  run(inputs: Tensors, precision: Precision): Tensor;
}

const PRODUCTS: readonly Product[] = [
  {
    name: "dense",
    shapes: { x: ["n", 32], kernel: [32, 16], bias: [16] },
    output: ["n", 16],
    run: ({ x, kernel, bias }, precision) => dense(x!, kernel!, bias!, { precision }),
  },
  {
    name: "batchMatMul",
    shapes: { a: [3, "n", 16], b: [3, 16, 8] },
    output: [3, "n", 8],
    run: ({ a, b }, precision) => batchMatMul(a!, b!, { precision }),
  },
  {
    name: "batchMatMul, transposed",
    shapes: { a: [3, "n", 16], b: [3, 8, 16] },
    output: [3, "n", 8],
    run: ({ a, b }, precision) => batchMatMul(a!, b!, { precision, transposeB: true }),
  },
  {
    name: "attention",
    shapes: { q: ["n", 6, 16], k: ["n", 6, 16], v: ["n", 6, 16] },
    output: ["n", 6, 16],
    run: ({ q, k, v }, precision) =>
      tf.tidy(() => {
        const flat = (x: Tensor) => reshape(x, [-1, 16]);
        const bias = paddingBias(tf.tidy(() => tf.onesLike(q!.sum(2) as Tensor)));
        const keysAndValues = concat([flat(k!), flat(v!)]);
        const options = { heads: 2, precision };
        const mixed = attention(scale(flat(q!), Math.SQRT1_2 / 2), keysAndValues, bias, options);
        const back = dense(mixed, tf.eye(16), tf.zeros([16]), { precision }); // float32 again
        return reshape(back, [[q!, 0], 6, 16]);
      }),
  },
  {
    name: "gruCell",
    shapes: {
      x: ["n", 8],
      state: ["n", 8],
      inputKernel: [8, 24],
      inputBias: [24],
      stateKernel: [8, 24],
      stateBias: [24],
    },
    output: ["n", 8],
    run: ({ x, state, inputKernel, inputBias, stateKernel, stateBias }, precision) =>
      gruCell(x!, state!, {
        inputKernel: inputKernel!,
        inputBias: inputBias!,
        stateKernel: stateKernel!,
        stateBias: stateBias!,
      }, precision),
  },
];

/** The value and the gradients for given weights of the output. */
function withGradients(product: Product, precision: Precision) {
  return ({ weights, ...inputs }: Tensors): Record<string, Tensor> => {
    const names = Object.keys(inputs);
    const { value, grads } = tf.engine().gradients(
      () => product.run(inputs, precision),
      names.map((name) => inputs[name]!),
      weights!,
    );
    return { value, ...Object.fromEntries(names.map((name, i) => [name, grads[i]!])) };
  };
}

function draw(product: Product, n: number): Record<string, Tensor> {
  const next = stream(n);
  const all = { ...product.shapes, weights: product.output };
  return Object.fromEntries(
    Object.entries(all).map(([name, shape]) => {
      const known = shape.map((size) => typeof size === "string" ? n : size);
      const numbers = Float32Array.from({ length: count(known) }, () => 0.5 * normal(next));
      return [name, tf.tensor(numbers, known)];
    }),
  );
}

function signatureOf(product: Product): Record<string, InputSpec> {
  const all = { ...product.shapes, weights: product.output };
  return Object.fromEntries(
    Object.entries(all).map(([name, shape]) => [name, { type: "float32", shape }]),
  );
}

/** Largest difference of two lists over the largest number. */
function difference(a: readonly number[], b: readonly number[]): number {
  const largest = Math.max(...b.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / largest;
}

for (const product of PRODUCTS) {
  Deno.test(`${product.name} in bfloat16 is near float32, gradients too, at once and traced`, () =>
    leavingNothing(async () => {
      const low = withGradients(product, "bfloat16");
      const traced = compile(low, { name: product.name, signature: signatureOf(product) });
      let largest = 0;
      for (const n of [5, 1, 9]) {
        const inputs = draw(product, n);
        const full = withGradients(product, "float32")(inputs);
        const [atOnce, compiled] = [low(inputs), await traced(inputs)];
        for (const [name, exact] of Object.entries(full)) {
          const numbers = take(exact);
          for (const [how, found] of Object.entries({ atOnce, compiled })) {
            const off = difference(take(found[name]!), numbers);
            largest = Math.max(largest, off);
            assert(off < TOLERANCE, `${name} with n = ${n}, ${how}, is off by ${off}`);
          }
        }
        tf.dispose(inputs);
      }
      // and it is bfloat16 indeed: float32 would agree to seven digits
      assert(largest > 1e-4, `off by ${largest} only`);
      assertEquals(traced.traces(), 1);
      traced.dispose();
    }));
}

Deno.test("a product in bfloat16 is off by what rounding two factors and a result explains", () =>
  leavingNothing(() => {
    // 0.42 of the unit roundoff for each of three roundings, in the root mean square; cutting the
    // result off instead of rounding it, as TensorFlow's own kernels do, counts for four
    const rounding = 0.42 * 2 ** -8;
    const [rounded, cut] = [Math.sqrt(3) * rounding, Math.sqrt(6) * rounding];
    const next = stream(1);
    for (const inner of [8, 64, 512]) {
      const draw = (rows: number, columns: number) =>
        tf.tensor2d(Float32Array.from({ length: rows * columns }, () => normal(next)), [
          rows,
          columns,
        ]);
      const [x, kernel, bias] = [draw(64, inner), draw(inner, 64), tf.zeros([64])];
      const exact = take(dense(x, kernel, bias));
      const found = take(dense(x, kernel, bias, { precision: "bfloat16" }));
      const squares = exact.reduce((sum, value, i) => sum + (value - found[i]!) ** 2, 0);
      const off = Math.sqrt(squares / exact.length / inner); // a product's size is sqrt(inner)
      assert(off > 0.8 * rounded && off < 1.2 * cut, `${inner} terms: off by ${off}`);
      tf.dispose([x, kernel, bias]);
    }
  }));

Deno.test("lower and raise change the type and nothing that has it already", () =>
  leavingNothing(() => {
    const x = tf.tensor1d([1, 1 + 2 ** -9]);
    assertEquals(lower(x, "float32"), x);
    assertEquals(raise(x), x);
    const low = lower(x, "bfloat16");
    assertEquals([dataType(low), dataType(x)], [DataType.bfloat16, DataType.float32]);
    assertEquals(lower(low, "bfloat16"), low);
    const back = raise(low);
    assertEquals(dataType(back), DataType.float32);
    assertEquals(take(back), [1, 1]);
    tf.dispose([x, low]);
  }));
