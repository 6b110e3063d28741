/** Tokenizers with damage, and whole ones with strange texts. */
import { assert, assertEquals } from "@std/assert";
import { createTokenizer, loadTokenizer, type Tokenizer } from "../../lib/input/tokenizer.ts";
import { bert } from "../../lib/model/bert.ts";
import { bertTokenizer } from "../../lib/dev/parity/tokenizer.ts";
import type { Random } from "../../lib/base/random.ts";
import { smallTokenizer } from "../input/encoder.ts";
import { attempt, fuzz, type Kind } from "./fuzz.ts";
import { anyText, mutate, pick } from "./mutate.ts";
import { anyJson } from "./structures.ts";

const texts = [
  ..."The cats sat.|unable 中𠀀 ΟΣ [CLS] [MASK] e\u0301|\0\ufffd\ud800|   |__proto__ constructor"
    .split("|"),
  ...["x".repeat(300), "a\u0300".repeat(50), "[[[[[[CLS]]]]]]", "\u202e\u2028\ufeff", ""],
];
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Every id stands for a piece, and the special ones are four different ones. */
function checkTokenizer(tokenizer: Tokenizer, some: readonly string[]): void {
  const { size, specials: { begin, between, end, pad, unk } } = tokenizer;
  assertEquals(new Set([...begin, ...between, ...end, pad, unk]).size, 4);
  for (const text of some) {
    const ids = tokenizer.encode(text);
    assertEquals(tokenizer.encode(text), ids, "the second time gives other ids");
    const wrong = ids.find((id) => typeof tokenizer.piece(id) !== "string" || id >= size);
    assertEquals(wrong, undefined, `an id of ${JSON.stringify(text.slice(0, 50))} is no piece's`);
    assert(ids.every((id) => Number.isInteger(id) && id >= 0));
  }
}

async function readFile(file: string, whole: Uint8Array, random: Random): Promise<void> {
  const { bytes } = mutate(whole, random, anyJson);
  await Deno.writeFile(file, bytes);
  const tokenizer = await attempt([file], () => loadTokenizer(file, bert.specials));
  checkTokenizer(tokenizer, texts);
  assertEquals(await Deno.readFile(file), bytes, "the file was changed");
}

export const kinds: Readonly<Record<string, Kind>> = {
  "tokenizer.json": {
    count: 2500,
    open: (folder) => {
      const whole = bytesOf(smallTokenizer());
      return { input: (random) => readFile(`${folder}/tokenizer.json`, whole, random) };
    },
  },
  "vocab.txt": {
    count: 1000,
    open: () => {
      const pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", "σ", "中"];
      const whole = bytesOf(pieces.join("\n") + "\n");
      return {
        input: async (random) => {
          const { bytes } = mutate(whole, random, anyText);
          const text = new TextDecoder().decode(bytes);
          const tokenizer = await attempt(["vocab.txt"], () => bertTokenizer(text));
          checkTokenizer(tokenizer, texts.slice(0, 3));
        },
      };
    },
  },
  "texts": {
    count: 300,
    all: "read",
    open: () => {
      const tokenizers = [0, 500].map((memory) =>
        createTokenizer(smallTokenizer(), bert.specials, { memory })
      );
      return {
        input: (random) => {
          const { bytes } = mutate(
            bytesOf(pick(random, texts)),
            random,
            anyText,
            texts.map(bytesOf),
          );
          const text = new TextDecoder().decode(bytes);
          for (const tokenizer of tokenizers) checkTokenizer(tokenizer, [text]);
          assertEquals(...tokenizers.map(({ encode }) => encode(text)) as [number[], number[]]);
        },
      };
    },
  },
};

fuzz(import.meta.url, kinds);
