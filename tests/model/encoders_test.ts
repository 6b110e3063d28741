import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { Encoder } from "../../lib/model/encoder.ts";
import { encoderOf, encoders, formatConfig, parseConfig } from "../../lib/model/encoders.ts";
import { encoderFolder, noEncoder } from "../input/encoder.ts";
import { smallConfig } from "./small.ts";

const parse = (changes: Record<string, unknown> = {}, file = "encoders/small/config.json") =>
  parseConfig(JSON.stringify({ ...smallConfig, ...changes }), file);

Deno.test("parseConfig() reads sizes and constants", () => {
  const changes = { layer_norm_eps: 1e-5, hidden_dropout_prob: 0, extra: "ignored" };
  assertEquals<unknown>(parse(changes), {
    family: "bert",
    name: "small",
    layers: 2,
    width: 4,
    heads: 2,
    intermediate: 6,
    vocabulary: 10,
    maxLength: 8,
    types: 2,
    layerNormEpsilon: 1e-5,
    dropout: 0,
    attentionDropout: 0.1,
    activation: "gelu",
  });
});

Deno.test("parseConfig() takes BERT's own values for what may be absent", () => {
  const absent = { type_vocab_size: undefined, hidden_act: null };
  const found = parse({ ...absent, layer_norm_eps: undefined, hidden_dropout_prob: null });
  const usual = { types: 2, layerNormEpsilon: 1e-12, dropout: 0.1, activation: "gelu" };
  assertEquals<unknown>(found, { ...parse(), ...usual });
});

Deno.test("parseConfig() names an encoder after its folder, else after the file", () => {
  assertEquals(parse({}, "/a/b c/config.json").name, "b c");
  assertEquals(parse({}, "a/b//config.json").name, "b");
  assertEquals(parse({}, "tiny.json").name, "tiny");
});

Deno.test("parseConfig() names the families there are where a config.json is of another", () => {
  const known = Object.keys(encoders).map((family) => JSON.stringify(family)).join(" or ");
  for (const [model_type, shown] of [["gpt2", '"gpt2"'], ["toString", '"toString"']]) {
    const why = `model_type is ${shown}, supported is ${known}`;
    assertThrows(() => parse({ model_type }), Error, why);
  }
  assertThrows(() => parse({ model_type: null }), Error, `is missing, supported is ${known}`);
});

Deno.test("every encoder stands under its family, and its table is one of its parameters", () => {
  for (const [family, encoder] of Object.entries<Encoder>(encoders)) {
    assertEquals(encoder.family, family);
    const config = parse({ model_type: family, type_vocab_size: undefined });
    assertEquals([config.family, encoderOf(config)], [family, encoder]);
    const table = encoder.parameters(config).find(({ name }) => name === encoder.table);
    assertEquals(table?.shape, [config.vocabulary, config.width]);
  }
});

Deno.test("parseConfig() refuses other architectures and says what is supported", () => {
  const refuse = (changes: Record<string, unknown>, why: string) =>
    assertThrows(
      () => parse(changes, "e/config.json"),
      Error,
      `Cannot use the encoder described in "e/config.json": ${why}`,
    );
  refuse({ hidden_act: "gelu_new" }, `hidden_act is "gelu_new", supported is "gelu"`);
  refuse(
    { position_embedding_type: "relative_key" },
    `position_embedding_type is "relative_key", supported is "absolute"`,
  );
  refuse({ is_decoder: true }, "is_decoder is true, supported is false");
  refuse({ add_cross_attention: true }, "add_cross_attention is true, supported is false");
});

Deno.test("parseConfig() names the setting that is missing or out of range", () => {
  const refuse = (changes: Record<string, unknown>, why: string) =>
    assertThrows(() => parse(changes), Error, why);
  refuse({ hidden_size: undefined }, "hidden_size is missing, expected a whole number from 1");
  refuse({ num_hidden_layers: 0 }, "num_hidden_layers is 0, expected a whole number from 1");
  refuse({ vocab_size: "10" }, `vocab_size is "10", expected a whole number from 1`);
  refuse({ intermediate_size: 1.5 }, "intermediate_size is 1.5");
  refuse({ type_vocab_size: 1 }, "type_vocab_size is 1, expected a whole number from 2");
  refuse({ max_position_embeddings: 3 }, "expected a whole number from 4");
  refuse({ hidden_size: 5 }, "hidden_size 5 is no multiple of num_attention_heads 2");
  refuse({ layer_norm_eps: 0 }, "layer_norm_eps is 0, expected a share above 0");
  refuse({ hidden_dropout_prob: 1 }, "hidden_dropout_prob is 1, expected a share from 0 to 1");
  refuse({ attention_probs_dropout_prob: "0" }, `attention_probs_dropout_prob is "0"`);
});

Deno.test("parseConfig() refuses a number of layers that would fill the memory", () => {
  const many = "num_hidden_layers is 1000000000, expected at most 1000";
  assertThrows(() => parse({ num_hidden_layers: 1e9 }), Error, many);
  assertEquals(parse({ num_hidden_layers: 1000 }).layers, 1000);
});

Deno.test("parseConfig() refuses in one short line, however deep or long a value is", () => {
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  for (const value of [deep, JSON.stringify("x\n".repeat(9999)), `{"toString":1}`]) {
    for (const name of ["model_type", "hidden_size", "layer_norm_eps", "is_decoder"]) {
      const text =
        `{"model_type":"bert","hidden_size":4,"num_attention_heads":2,"${name}":${value}}`;
      const { message } = assertThrows(() => parseConfig(text, "a/config.json"), Error);
      assertMatch(message, /^Cannot use the encoder described in "a\/config.json": [ -~]{10,300}$/);
    }
  }
  assertThrows(() => parseConfig("\u001b\n{", "a/config.json"), Error, "it is not JSON (");
});

Deno.test("parseConfig() refuses what is no JSON record", () => {
  assertThrows(() => parseConfig("{", "config.json"), Error, "it is not JSON");
  for (const text of ["[]", "null", "3"]) {
    assertThrows(() => parseConfig(text, "config.json"), Error, "it is not an object");
  }
});

Deno.test("formatConfig() writes what parseConfig() reads", () => {
  const config = parse({ layer_norm_eps: 1e-6, hidden_dropout_prob: 0.3 });
  assertEquals(parseConfig(formatConfig(config), "x/small/config.json"), config);
});

Deno.test({
  name: "parseConfig() reads the default encoder's config.json",
  ignore: noEncoder,
  fn: async () => {
    const file = `${encoderFolder}/config.json`;
    const { name, layers, width, heads, vocabulary } = parseConfig(
      await Deno.readTextFile(file),
      file,
    );
    assertEquals([name, layers, width, heads, vocabulary], [
      ...["all-MiniLM-L6-v2", 6, 384, 12, 30_522],
    ]);
  },
});
