import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "../../lib/model/encoders.ts";
import { fromTensors, toTensors } from "../../lib/model/names.ts";
import { decode } from "../../lib/base/safetensors.ts";
import { reference } from "../input/official.ts";
import { config, smallTensors } from "./small.ts";

const load = (tensors: ReturnType<typeof smallTensors>) => fromTensors(tensors, config, "w.st");

Deno.test("fromTensors() gives dense kernels as [in, out]", () => {
  const tensors = smallTensors();
  const { shape, values } = load(tensors).parameters["encoder/layer_0/intermediate/kernel"]!;
  const stored = tensors["encoder.layer.0.intermediate.dense.weight"]!;
  assertEquals([shape, stored.shape], [[4, 6], [6, 4]]);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 6; j++) assertEquals(values[i * 6 + j], stored.values[j * 4 + i]);
  }
});

Deno.test("fromTensors() copies, so that the bytes of a file are free again", () => {
  const tensors = smallTensors();
  const given = tensors["embeddings.word_embeddings.weight"]!.values;
  const { values } = load(tensors).parameters["encoder/embeddings/word"]!;
  assertEquals<ArrayLike<number | bigint>>(values, given);
  assert(values.buffer !== given.buffer);
});

Deno.test("fromTensors() understands the prefix bert. and the old names of layer norm", () => {
  const plain = load(smallTensors());
  assertEquals(plain.missing, []);
  assertEquals(plain.leftOut, []);
  const old = (source: string) =>
    `bert.${source}`.replace("LayerNorm.weight", "LayerNorm.gamma")
      .replace("LayerNorm.bias", "LayerNorm.beta");
  assertEquals(load(smallTensors(old)), plain);
});

Deno.test("fromTensors() names what it leaves out", () => {
  const extra = { dtype: "F32", shape: [1], values: Float32Array.of(1) } as const;
  const ids = { dtype: "I64", shape: [1, 2], values: BigInt64Array.of(0n, 1n) } as const;
  const tensors = {
    ...smallTensors((source) => `bert.${source}`),
    "cls.predictions.bias": extra,
    "bert.embeddings.position_ids": ids,
    "bert.encoder.layer.2.output.dense.bias": extra,
  };
  assertEquals(load(tensors).leftOut, [
    "cls.predictions.bias",
    "bert.embeddings.position_ids",
    "bert.encoder.layer.2.output.dense.bias",
  ]);
});

Deno.test("fromTensors() lets a pooler be missing as a whole, not by half", () => {
  const { ["pooler.dense.weight"]: _, ...half } = smallTensors();
  assertThrows(() => load(half), Error, "pooler.dense.weight is missing, expected floats [4,4]");
  const { ["pooler.dense.bias"]: __, ...none } = half;
  const { missing, parameters } = load(none);
  assertEquals(missing, ["encoder/pooler/kernel", "encoder/pooler/bias"]);
  assertEquals(Object.keys(parameters).length, 37);
});

Deno.test("fromTensors() names every tensor that is missing, misshapen or no float", () => {
  const tensors = smallTensors();
  delete tensors["encoder.layer.1.attention.self.key.bias"];
  const word = tensors["embeddings.word_embeddings.weight"]!;
  tensors["embeddings.word_embeddings.weight"] = { ...word, shape: [4, 10] } as typeof word;
  tensors["embeddings.LayerNorm.bias"] = { dtype: "I32", shape: [4], values: new Int32Array(4) };
  const { message } = assertThrows(() => load(tensors), Error);
  for (
    const part of [
      `Cannot load the encoder "w.st": `,
      "encoder.layer.1.attention.self.key.bias is missing, expected floats [4]",
      "embeddings.word_embeddings.weight is F32 [4,10], expected floats [10,4]",
      "embeddings.LayerNorm.bias is I32 [4], expected floats [4]",
    ]
  ) assertEquals(message.includes(part), true, message);
});

Deno.test("fromTensors() counts what is wrong beyond the first few tensors", () => {
  const { message } = assertThrows(() => load({}), Error);
  assertEquals(message.match(/ is missing/g)?.length, 6);
  assertEquals(message.includes("; and 31 more; the file and its config.json"), true, message);
});

Deno.test("fromTensors() refuses values that are not finite, and names tensor and place", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    const tensors = smallTensors();
    tensors["embeddings.LayerNorm.bias"]!.values[2] = value;
    const refusal = `value 2 of embeddings.LayerNorm.bias is ${value}, expected finite numbers`;
    assertThrows(() => load(tensors), Error, refusal);
  }
});

Deno.test("fromTensors() refuses two names for one parameter", () => {
  const tensors = smallTensors();
  tensors["bert.pooler.dense.bias"] = tensors["pooler.dense.bias"]!;
  assertThrows(
    () => load(tensors),
    Error,
    `"pooler.dense.bias" and "bert.pooler.dense.bias" stand for the same parameter`,
  );
});

Deno.test("toTensors() gives back what fromTensors() was given", () => {
  const tensors = smallTensors();
  const { parameters } = load(tensors);
  const head = { shape: [1], values: Float32Array.of(1) };
  assertEquals(toTensors({ ...parameters, "head/bias": head }, config), tensors);
});

Deno.test("toTensors() names the parameter that is missing", () => {
  const { ["encoder/pooler/bias"]: _, ...rest } = load(smallTensors()).parameters;
  assertThrows(() => toTensors(rest, config), Error, "encoder/pooler/bias [4] is missing");
});

Deno.test({
  name: "fromTensors() reads the reference's encoder whole",
  ignore: reference.missing,
  fn: async () => {
    const text = await Deno.readTextFile(`${reference.path}/tiny_config.json`);
    const bytes = await Deno.readFile(`${reference.path}/tiny.safetensors`);
    const tiny = parseConfig(text, "tiny_config.json");
    const { leftOut, missing } = fromTensors(decode(bytes).tensors, tiny, "tiny.safetensors");
    assertEquals([leftOut, missing], [[], []]);
  },
});
