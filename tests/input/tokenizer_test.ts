import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { data, readReference, readText, reference } from "./official.ts";
import * as input from "../../lib/input/tokenizer.ts";
import type { Tokenizer, TokenizerOptions } from "../../lib/input/tokenizer.ts";
import { bert } from "../../lib/model/bert.ts";
import { createRandom } from "../../lib/base/random.ts";
import { encoderFolder, noEncoder, smallTokenizer, vocabulary } from "./encoder.ts";

/** With the special pieces of BERT. */
const createTokenizer = (text: string, options?: TokenizerOptions) =>
  input.createTokenizer(text, bert.specials, options);
const loadTokenizer = (file: string) => input.loadTokenizer(file, bert.specials);

const small = createTokenizer(smallTokenizer());
const ids = (...pieces: string[]) => pieces.map((piece) => vocabulary[piece]!);

Deno.test("encode() gives word pieces without special tokens, cut or padding", () => {
  assertEquals(
    small.encode("The cats sat, sitting\tunable."),
    ids("the", "cat", "##s", "sat", ",", "[UNK]", "un", "##able", "."),
  );
  assertEquals(small.encode(""), []);
  assertEquals(small.encode(" \t\n\r "), []);
});

Deno.test("encode() sets Han characters apart, those beyond the basic plane as well", () => {
  assertEquals(small.encode("cat中cat"), ids("cat", "中", "cat"));
  assertEquals(small.encode("cat𠀀𠀀cat"), ids("cat", "𠀀", "𠀀", "cat"));
});

Deno.test("encode() leaves a final capital sigma no final sigma", () => {
  assertEquals(small.encode("ΟΣ ος"), ids("ο", "##σ", "ο", "##ς"));
});

Deno.test("encode() finds special tokens that are glued to text", () => {
  assertEquals(small.encode("cat[SEP]cat"), ids("cat", "[SEP]", "cat"));
});

Deno.test("encode() gives a word of more than 100 characters as unknown", () => {
  assertEquals(small.encode("e".repeat(100)).length, 100);
  assertEquals(small.encode("e".repeat(101)), ids("[UNK]"));
});

Deno.test("a tokenizer tells its special tokens, its size and its pieces", () => {
  assertEquals(small.specials, { begin: [2], between: [3], end: [3], pad: 0, unk: 1 });
  assertEquals(small.size, Object.keys(vocabulary).length);
  assertEquals([small.piece(6), small.piece(1000)], ["cat", undefined]);
  assert(small.hash !== createTokenizer(smallTokenizer({ version: "2.0" })).hash);
});

Deno.test("encode() gives the same with a memory of words, without, and with a tiny one", () => {
  const all = [0, 2, 500_000].map((memory) => createTokenizer(smallTokenizer(), { memory }));
  assertSame(all, strange(2000));
});

Deno.test("a tokenizer whose words are not independent does without a memory", () => {
  // A token that is looked for after lower-casing and holds a blank spans two words.
  const added_tokens = [{ id: 60, content: "cat sat", special: false, normalized: true }];
  const tokenizer = createTokenizer(smallTokenizer({ added_tokens }));
  assertEquals(tokenizer.encode("the cat sat"), [vocabulary.the, 60]);
});

Deno.test("createTokenizer() refuses what is no tokenizer, and says why", () => {
  const refuse = (text: string, why: string) =>
    assertThrows(() => createTokenizer(text, { file: "e/tokenizer.json" }), Error, why);
  refuse("{", `Cannot use the tokenizer "e/tokenizer.json": it is not JSON`);
  refuse("[]", "it is not an object");
  refuse("{}", `it has no "model.vocab"`);
  refuse(smallTokenizer({ model: { vocab: { a: -1 } } }), `the id of "a" is -1`);
  refuse(smallTokenizer({ added_tokens: [{ id: "0" }] }), `"added_tokens" has {"id":"0"}`);
  refuse(smallTokenizer({ added_tokens: 3 }), `"added_tokens" is not a list`);
  refuse(smallTokenizer({ normalizer: { type: "Nonsense" } }), "Nonsense");
  refuse(smallTokenizer({ normalizer: 3 }), "its normalizer or pre_tokenizer is 3");
});

Deno.test("createTokenizer() refuses two pieces of one id", () => {
  const vocab = { ...vocabulary, sat: vocabulary.cat };
  const model = { type: "WordPiece", vocab, unk_token: "[UNK]" };
  const refuse = (changes: Record<string, unknown>, why: string) =>
    assertThrows(() => createTokenizer(smallTokenizer(changes)), Error, why);
  refuse({ model }, `"cat" and "sat" have the same id, 6;`);
  refuse({ added_tokens: [{ id: 6, content: "new" }] }, `"cat" and "new" have the same id, 6;`);
});

Deno.test("createTokenizer() refuses a file that would give words no id", () => {
  const model = { type: "WordPiece", vocab: vocabulary, unk_token: "[unk]" };
  const refusal = `its parts don't fit each other ("some words get no id"); fetch`;
  assertThrows(() => createTokenizer(smallTokenizer({ model })), Error, refusal);
});

Deno.test("createTokenizer() refuses in one short line, however deep or long a part is", () => {
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  const parts = [
    "normalizer",
    "pre_tokenizer",
    "post_processor",
    "decoder",
    "added_tokens",
    "model",
  ];
  for (const part of parts) {
    const text = smallTokenizer({ [part]: "deep" }).replace(`:"deep"`, `:${deep}`);
    const { message } = assertThrows(() => createTokenizer(text), Error);
    assertMatch(message, /^Cannot use the tokenizer "tokenizer.json": [ -~]{10,300}$/);
  }
  const control = '{"a":\u001b[31m\n\n}';
  assertMatch(assertThrows(() => createTokenizer(control), Error).message, /^[ -~]+$/);
});

Deno.test("loadTokenizer() names the line that is not UTF-8", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, Uint8Array.of(0x7b, 0x0a, 0xff));
  await assertRejects(() => loadTokenizer(file), Error, `"${file}": line 2 is not UTF-8`);
  await Deno.remove(file);
});

Deno.test("createTokenizer() names the special token that is missing", () => {
  for (const name of ["[CLS]", "[SEP]", "[PAD]", "[UNK]"]) {
    const { [name]: _, ...vocab } = vocabulary;
    const model = { type: "WordPiece", vocab, unk_token: "[UNK]" };
    const text = smallTokenizer({ model, added_tokens: [] });
    assertThrows(() => createTokenizer(text), Error, `it has no ${name};`);
  }
});

Deno.test("loadTokenizer() reads a file, and says when there is none", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, smallTokenizer());
  assertEquals((await loadTokenizer(file)).encode("cat"), ids("cat"));
  await Deno.remove(file);
  await assertRejects(() => loadTokenizer(file), Error, "there is no such file");
});

interface Row {
  readonly lower: boolean;
  readonly text: string;
  readonly tokens: string[];
  readonly hf_tokens?: string[];
}

Deno.test({
  name: "encode() gives the pieces of tokenizer.jsonl, those of Hugging Face where they differ",
  ignore: noEncoder || reference.missing,
  fn: async () => {
    const text = await Deno.readTextFile(`${encoderFolder}/tokenizer.json`);
    const cased = JSON.parse(text);
    cased.normalizer.lowercase = false;
    const [lower, keep] = [createTokenizer(text), createTokenizer(JSON.stringify(cased))];
    const rows = readReference<Row>("tokenizer.jsonl");
    const differing = new Set(rows.filter((row) => row.hf_tokens).map((row) => row.text));
    let compared = 0;
    for (const row of rows) {
      if (!row.lower && differing.has(row.text)) continue; // recorded for lower case only
      const tokenizer = row.lower ? lower : keep;
      const pieces = tokenizer.encode(row.text).map((id) => tokenizer.piece(id));
      assertEquals(pieces, row.hf_tokens ?? row.tokens, row.text);
      compared++;
    }
    assert(compared > 340);
  },
});

Deno.test({
  name: "encode() gives the same with and without a memory of words on official sentences",
  ignore: noEncoder || data.missing,
  fn: async () => {
    const text = await Deno.readTextFile(`${encoderFolder}/tokenizer.json`);
    const both = [createTokenizer(text), createTokenizer(text, { memory: 0 })];
    for (const file of ["CoLA/dev.tsv", "RTE/dev.tsv", "STS-B/dev.tsv"]) {
      assertSame(both, (await readText(`${data.path}/${file}`)).split("\n"));
    }
    assertSame(both, strange(3000));
  },
});

function assertSame(tokenizers: readonly Tokenizer[], texts: readonly string[]): void {
  for (const text of texts) {
    const [first, ...others] = tokenizers.map((tokenizer) => tokenizer.encode(text).join());
    for (const other of others) assertEquals(other, first, JSON.stringify(text));
  }
}

/** Short texts of characters that normalisers and splitters treat in special ways. */
function strange(count: number): string[] {
  const pool = [
    ..." \t\n\r\v\f\u0085\u00a0\u2028\ufeff\u3000ΣςσİıA\u0300\u0323\u0345e\u0301[]CLSSEP'’-.,中",
    ...["[SEP]", "[CLS]", "𠀀", "\ud83d", "\ude00", "😀", "각", "\ufffd", "\u200d", "ß", "cat"],
  ];
  const random = createRandom(2018);
  const one = () => pool[random.integer(pool.length)]!;
  return Array.from(
    { length: count },
    () => Array.from({ length: 1 + random.integer(12) }, one).join(""),
  );
}
