import { assert, assertEquals, assertThrows } from "@std/assert";
import { bert, type BertConfig } from "../../lib/model/bert.ts";
import type { BatchTensors } from "../../lib/model/encoder.ts";
import { initialise, type Parameters } from "../../lib/model/parameters.ts";
import { createRandom } from "../../lib/base/random.ts";
import { startTensorFlow, type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { valueAndGradients } from "../../lib/tensorflow/gradients.ts";
import { add, multiply, sum } from "../../lib/tensorflow/operations/arithmetic.ts";
import type { Precision } from "../../lib/tensorflow/operations/matmul.ts";
import { type RandomSource, randomSource } from "../../lib/tensorflow/operations/random.ts";
import { reshape } from "../../lib/tensorflow/operations/shapes.ts";
import { compile } from "../../lib/tensorflow/trace.ts";
import { bertFormula } from "./bert_formula.ts";
import { type Flat, normals, numericGradients, randomParameters } from "./formulas.ts";
import { assertClose } from "./heads_harness.ts";

await startTensorFlow();

const config: BertConfig = {
  ...{
    family: "bert",
    name: "small",
    layers: 2,
    width: 8,
    heads: 2,
    intermediate: 16,
    vocabulary: 50,
  },
  ...{ maxLength: 12, types: 2, layerNormEpsilon: 1e-12, dropout: 0.1 },
  ...{ attentionDropout: 0.1, activation: "gelu" },
};

/** Weights ten times as large as usual, so that positions do look at one another. */
const parameters: Parameters = Object.fromEntries(
  bert.parameters(config).map(({ name, shape }) => {
    const start = name.endsWith("/scale") ? "ones" : "normal";
    const { values } = initialise([{ name, shape, start }], createRandom(3))[name]!;
    const factor = start === "ones" ? 1 : 10;
    return [name, tf.tensor(values.map((value) => factor * value), [...shape], "float32")];
  }),
);

/** Rows of ids, the rest of each being padding; the second half of a row is side 1. */
function batchOf(rows: readonly (readonly number[])[], length = 0): BatchTensors {
  const longest = Math.max(length, ...rows.map((row) => row.length));
  const fill = (cell: (row: readonly number[], at: number) => number) =>
    rows.map((row) =>
      Array.from({ length: longest }, (_, at) => at < row.length ? cell(row, at) : 0)
    );
  return {
    tokens: tf.tensor2d(fill((row, at) => row[at]!), undefined, "int32"),
    sides: tf.tensor2d(fill((row, at) => 2 * at >= row.length ? 1 : 0), undefined, "int32"),
    mask: tf.tensor2d(fill(() => 1)),
  };
}

/** Hidden states by row and position, and pooled by row. */
function run(
  batch: BatchTensors,
  random?: RandomSource,
): { hidden: number[][][]; pooled: number[][] } {
  return tf.tidy(() => {
    const { hidden, pooled } = bert.encode(parameters, config, batch, { random });
    return {
      hidden: hidden.arraySync() as number[][][],
      pooled: pooled().arraySync() as number[][],
    };
  });
}

const SHORT = [1, 7, 9, 2];
const LONG = [1, 30, 31, 32, 33, 34, 35, 36, 37, 2];

function assertNear(actual: readonly number[], expected: readonly number[], what: string): void {
  assertEquals(actual.length, expected.length, what);
  const gap = Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)));
  assert(gap < 2e-6, `${what}: off by ${gap}`);
}

Deno.test("parameters() lists 5 tables and norms, 16 a layer and the pooler, once each", () => {
  const parameters = bert.parameters(config);
  assertEquals(parameters.length, 5 + 2 * 16 + 2);
  assertEquals(new Set(parameters.map(({ name }) => name)).size, parameters.length);
  assertEquals(new Set(parameters.map(({ source }) => source)).size, parameters.length);
  assertEquals(parameters.find(({ name }) => name === "encoder/layer_1/output/kernel"), {
    name: "encoder/layer_1/output/kernel",
    shape: [16, 8],
    start: "normal",
    source: "encoder.layer.1.output.dense.weight",
    transposed: true,
  });
});

Deno.test("encode() gives a state for every position and a pooled one for every row", () => {
  const { hidden, pooled } = run(batchOf([SHORT, LONG]));
  assertEquals([hidden.length, hidden[0]!.length, hidden[0]![0]!.length], [2, LONG.length, 8]);
  assertEquals([pooled.length, pooled[0]!.length], [2, 8]);
  assert(pooled.flat().every((value) => Math.abs(value) < 1));
});

Deno.test("encode() gives a row the same states whatever the other rows and the padding", () => {
  const alone = run(batchOf([SHORT]));
  const others = { "a long row": [LONG, SHORT], "its own copy": [SHORT, SHORT] };
  const batches = Object.entries(others).map(([name, rows]) => [name, batchOf(rows)] as const);
  for (const [name, batch] of [...batches, ["more padding", batchOf([SHORT], 12)] as const]) {
    const found = run(batch);
    const row = found.hidden.length - 1;
    const states = found.hidden[row]!.slice(0, SHORT.length).flat();
    assertNear(states, alone.hidden[0]!.flat(), `hidden states beside ${name}`);
    assertNear(found.pooled[row]!, alone.pooled[0]!, `pooled beside ${name}`);
  }
});

Deno.test("encode() tells positions, sides and pieces apart", () => {
  const first = (batch: BatchTensors) => run(batch).hidden[0]!.flat();
  const plain = batchOf([SHORT]);
  const ofOneSide = { ...plain, sides: tf.zeros([1, 4], "int32") };
  const changed = {
    pieces: batchOf([[1, 7, 8, 2]]),
    order: batchOf([[1, 9, 7, 2]]),
    sides: ofOneSide,
  };
  for (const [what, batch] of Object.entries(changed)) {
    const gap = Math.max(...first(batch).map((value, i) => Math.abs(value - first(plain)[i]!)));
    assert(gap > 1e-3, `${what} change nothing`);
  }
});

Deno.test("encode() drops nothing without a random source and repeats itself from a seed", () => {
  const batch = batchOf([SHORT, LONG]);
  const seeded = (seed: number) => run(batch, randomSource(tf.tensor1d([seed, 0], "int32")));
  assertEquals(run(batch), run(batch));
  assertEquals(seeded(1), seeded(1));
  assert(`${seeded(1).hidden}` !== `${seeded(2).hidden}`);
  assert(`${seeded(1).hidden}` !== `${run(batch).hidden}`);
});

Deno.test("encode() compiled once serves batches of all sizes", async () => {
  const compiled = compile((inputs: Readonly<Record<string, Tensor>>) => {
    const { hidden, pooled } = bert.encode(parameters, config, inputs as unknown as BatchTensors);
    return { hidden, pooled: pooled() };
  }, {
    signature: {
      tokens: { type: "int32", shape: ["b", "t"] },
      sides: { type: "int32", shape: ["b", "t"] },
      mask: { type: "float32", shape: ["b", "t"] },
    },
  });
  for (const rows of [[SHORT], [LONG, SHORT, SHORT], [LONG, LONG]]) {
    const batch = batchOf(rows);
    const { hidden, pooled } = await compiled({ ...batch });
    const expected = run(batch);
    assertNear([...hidden.dataSync()], expected.hidden.flat(2), `${rows.length} rows`);
    assertNear([...pooled.dataSync()], expected.pooled.flat(), `${rows.length} rows`);
  }
  assertEquals(compiled.traces(), 1);
  compiled.dispose();
});

Deno.test("encode() pools the same whether the last layer runs for all positions or the first", () => {
  for (const precision of ["float32", "bfloat16"] as const) {
    const batch = batchOf([SHORT, LONG]);
    const run = (first: boolean) => {
      const { found } = valueAndPooled(batch, precision, first);
      return found;
    };
    const [all, few] = [run(false), run(true)];
    const near = precision === "float32" ? 2e-6 : 2e-2;
    for (const name of Object.keys(all)) {
      const largest = Math.max(...all[name]!.map(Math.abs), 1);
      const gaps = all[name]!.map((value, i) => Math.abs(value - few[name]![i]!));
      assert(
        Math.max(...gaps) < near * largest,
        `${precision} ${name}: off by ${Math.max(...gaps)}`,
      );
    }
  }
});

/** Pooled states and their gradients; with `first` nobody asks for the hidden states. */
function valueAndPooled(batch: BatchTensors, precision: Precision, first: boolean) {
  const pooledOf = (p: Parameters) => {
    const encoded = bert.encode(p, config, batch, { precision });
    if (!first) assert(encoded.hidden);
    return encoded.pooled();
  };
  const { value, gradients } = valueAndGradients((p) => sum(pooledOf(p), [0, 1]), parameters);
  const all: Record<string, Tensor> = { value, pooled: pooledOf(parameters), ...gradients };
  const found = Object.fromEntries(
    Object.entries(all).map(([name, tensor]) => [name, [...tensor.dataSync()]]),
  );
  return { found };
}

Deno.test("encode() names the parameter that is missing", () => {
  const { ["encoder/layer_1/output/bias"]: _, ...rest } = parameters;
  assertThrows(
    () => bert.encode(rest, config, batchOf([SHORT])).hidden,
    Error,
    '"encoder/layer_1/output/bias" is missing',
  );
});

/** A smaller one still, for its formula. */
const tiny: BertConfig = {
  ...{ ...config, name: "tiny", width: 4, intermediate: 6, vocabulary: 6, maxLength: 5 },
};
const tinyRows = {
  tokens: [[1, 4, 2, 5, 3], [1, 3, 2, 0, 0]],
  sides: [[0, 0, 1, 1, 1], [0, 0, 1, 0, 0]],
  mask: [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]],
};

/** The encoder's outputs, and the gradients of their sum weighted by `weights`. */
function runTiny(flat: Flat, weights: Readonly<Record<"hidden" | "pooled", number[]>>): Flat {
  const actual: Flat = {};
  const keep = (name: string, tensor: Tensor) => {
    actual[name] = { shape: tensor.shape, values: [...tensor.dataSync()] };
  };
  const weigh = (x: Tensor, by: number[]) => sum(multiply(reshape(x, [-1]), tf.tensor1d(by)), [0]);
  tf.tidy(() => {
    const batch = {
      tokens: tf.tensor2d(tinyRows.tokens, undefined, "int32"),
      sides: tf.tensor2d(tinyRows.sides, undefined, "int32"),
      mask: tf.tensor2d(tinyRows.mask),
    };
    const tensors = Object.entries(flat).map(([name, { shape, values }]) =>
      [name, tf.tensor(values, [...shape], "float32")] as const
    );
    const { gradients } = valueAndGradients((parameters) => {
      const { hidden, pooled } = bert.encode(parameters, tiny, batch);
      const last = pooled();
      keep("hidden", hidden);
      keep("pooled", last);
      return add(weigh(hidden, weights.hidden), weigh(last, weights.pooled));
    }, Object.fromEntries(tensors));
    for (const [name, gradient] of Object.entries(gradients)) keep(name, gradient!);
  });
  return actual;
}

Deno.test("encode() has values and gradients of its formula, padding included", () => {
  const specs = bert.parameters(tiny)
    .map(({ name, shape }) => ({ name, shape, start: "normal" as const }));
  const flat = randomParameters(specs, 11);
  const random = createRandom("weights of the outputs");
  const [rows, length] = [tinyRows.tokens.length, tinyRows.tokens[0]!.length];
  const weights = {
    hidden: normals(random, rows * length * tiny.width),
    pooled: normals(random, rows * tiny.width),
  };
  const { hidden, pooled } = bertFormula(flat, tiny, tinyRows);
  const loss = (parameters: Flat) => {
    const found = bertFormula(parameters, tiny, tinyRows);
    const weigh = (name: keyof typeof weights) =>
      found[name].data.reduce((sum, value, i) => sum + value * weights[name][i]!, 0);
    return weigh("hidden") + weigh("pooled");
  };
  const actual = runTiny(flat, weights);
  for (const [name, { shape, data }] of Object.entries({ hidden, pooled })) {
    assertClose(actual, { [name]: { shape, values: [...data] } }, 3e-6, "encode()");
  }
  assertClose(actual, numericGradients(loss, flat), 1e-5, "encode()");
});
