/**
 * Parity of the tokenizer: the pieces of every recorded text.
 *
 * @module
 */

import { createTokenizer, type Tokenizer } from "../../input/tokenizer.ts";
import { bert } from "../../model/bert.ts";
import { type ComparisonRow, createMeter } from "./compare.ts";
import type { Reference } from "./reference.ts";

interface RecordedText {
  readonly kind: string;
  readonly name: string;
  readonly lower: boolean;
  readonly text: string;
  readonly ids: readonly number[];
  /** What tokenizer.json gives where the reference program gives something else; ours follows it. */
  readonly hf_tokens?: readonly string[];
}

/** The special tokens, as BERT's tokenizer.json lists them. */
const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/**
 * Compares the ids of every text, those of each origin in a row. Where today's tokenizer.json and
 * the reference program differ, what tokenizer.json gives was recorded for uncased texts only; the
 * same texts with case have nothing to be compared with and are left out.
 */
export async function checkTokenizer(reference: Reference): Promise<ComparisonRow[]> {
  const texts = await reference.lines<RecordedText>("tokenizer.jsonl");
  const vocabulary = await reference.text("vocab.txt");
  const ids = new Map(vocabularyOf(vocabulary).map((piece, id) => [piece, id]));
  const changed = new Set(texts.filter((each) => each.hf_tokens).map(({ text }) => text));
  return [true, false].flatMap((lower) => {
    const tokenizer = bertTokenizer(vocabulary, lower);
    const chosen = texts.filter((each) =>
      each.lower === lower && (lower || !changed.has(each.text))
    );
    return [...new Set(chosen.map(({ kind }) => kind))].map((origin) => {
      const meter = createMeter("exact");
      for (const { kind, name, text, ids: recorded, hf_tokens: today } of chosen) {
        if (kind !== origin) continue;
        const expected = today?.map((piece) => ids.get(piece) ?? -1) ?? recorded;
        meter.add(`"${name}"`, tokenizer.encode(text), expected);
      }
      const all = texts.filter((each) => each.lower === lower && each.kind === origin);
      const left = all.length - chosen.filter(({ kind }) => kind === origin).length;
      const what = `${origin}, ${lower ? "uncased" : "cased"}` +
        (left > 0 ? `, ${left} left out` : "");
      return meter.row("tokenizer", what, "ids");
    });
  });
}

/**
 * A tokenizer of BERT's usual layout over the pieces of a vocab.txt.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bertTokenizer } from "./tokenizer.ts";
 * const tokenizer = bertTokenizer("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##able\n");
 * assertEquals(tokenizer.encode("Unable"), [5, 6]);
 * ```
 */
export function bertTokenizer(vocabulary: string, lowercase = true): Tokenizer {
  const vocab = Object.fromEntries(vocabularyOf(vocabulary).map((piece, id) => [piece, id]));
  return createTokenizer(
    JSON.stringify({
      added_tokens: SPECIAL.map((content) => ({ id: vocab[content], content, normalized: false })),
      normalizer: {
        type: "BertNormalizer",
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null, // as lower-casing says
        lowercase,
      },
      pre_tokenizer: { type: "BertPreTokenizer" },
      post_processor: null,
      decoder: null,
      model: {
        type: "WordPiece",
        unk_token: "[UNK]",
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 100,
        vocab,
      },
    }),
    bert.specials,
    { file: "vocab.txt" },
  );
}

/** One piece a line, its number is its id. */
function vocabularyOf(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}
