/**
 * The encoder's own tokenizer: text in, word-piece ids out, as its tokenizer.json says.
 *
 * The work is done by `@huggingface/tokenizers`; what is added here is a memory of words (most
 * words of a corpus have been seen before), two things in which the library departs from the
 * tokenizer that the encoder was trained with (Han characters beyond the basic plane stay glued to
 * their neighbours, a final capital sigma becomes a final small one), and checks of the file.
 *
 * @module
 */
import { Tokenizer as Library } from "@huggingface/tokenizers";
import { createHash } from "node:crypto";
import { readWhole, textOf } from "../base/disk.ts";
import { quote, reasonOf } from "../base/quote.ts";
import type { Specials } from "../types.ts";
import { idsOf, parseLayout, type TokenizerLayout } from "./tokenizer_layout.ts";

/** Text to word pieces, for one encoder. */
export interface Tokenizer {
  /** Number of ids: one more than the largest; an encoder's vocabulary must not be smaller. */
  readonly size: number;
  /** Ids of the encoder's special pieces. */
  readonly specials: Specials<number>;
  /** sha256 of tokenizer.json: whatever was made with another tokenizer has another one. */
  readonly hash: string;
  /** Ids of the pieces of a text, without special tokens around them. */
  encode(text: string): number[];
  /** The piece an id stands for (`##` marks the rest of a word), or undefined. */
  piece(id: number): string | undefined;
}

/** Options of {@linkcode createTokenizer}. */
export interface TokenizerOptions {
  /** Name of the file in messages. */
  readonly file?: string;
  /** How many words to remember; 0 asks the library every time. Default 500,000. */
  readonly memory?: number;
}

/**
 * Reads an encoder's tokenizer.json; truncation and padding in it are not applied, since
 * `featurize` cuts and `collate` pads.
 *
 * Throws where the file is missing or cannot be used (see {@linkcode createTokenizer}).
 *
 * @param specials the special pieces as the encoder says them.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { loadTokenizer } from "./tokenizer.ts";
 *
 * const specials = { begin: ["<s>"], between: [], end: ["</s>"], pad: "<pad>", unk: "<unk>" };
 * const load = () => loadTokenizer("nowhere/tokenizer.json", specials);
 * await assertRejects(load, Error, "there is no such file");
 * ```
 */
export async function loadTokenizer(
  file: string,
  specials: Specials<string>,
  options: Omit<TokenizerOptions, "file"> = {},
): Promise<Tokenizer> {
  let text: string;
  try {
    text = textOf((await readWhole(file)).bytes, file);
  } catch (cause) {
    const { cause: missing } = cause as Error;
    if (!(missing instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(
      `Cannot read the tokenizer "${file}": there is no such file; give the folder of an encoder ` +
        `that has a tokenizer.json`,
      { cause },
    );
  }
  return createTokenizer(text, specials, { ...options, file });
}

/**
 * Makes a tokenizer from the text of a tokenizer.json.
 *
 * Throws where the text is not JSON, is not laid out as a tokenizer, has two pieces of one id, lacks
 * a special piece, or gives a word no id. The reference program's tokenizer differs in three things: a
 * final sigma, special tokens glued to text, and code points without a meaning, which it drops.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createTokenizer } from "./tokenizer.ts";
 *
 * const vocab = { "[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, un: 4, "##able": 5, "!": 6 };
 * const tokenizer = createTokenizer(JSON.stringify({
 *   added_tokens: [],
 *   normalizer: { type: "BertNormalizer", clean_text: true, lowercase: true },
 *   pre_tokenizer: { type: "BertPreTokenizer" },
 *   post_processor: null,
 *   decoder: null,
 *   model: { type: "WordPiece", vocab, unk_token: "[UNK]", continuing_subword_prefix: "##" },
 * }), { begin: ["[CLS]"], between: ["[SEP]"], end: ["[SEP]"], pad: "[PAD]", unk: "[UNK]" });
 * assertEquals(tokenizer.encode("Unable!"), [4, 5, 6]);
 * ```
 */
export function createTokenizer(
  text: string,
  specials: Specials<string>,
  options: TokenizerOptions = {},
): Tokenizer {
  const { file = "tokenizer.json", memory = 500_000 } = options;
  const layout = parseLayout(text, file);
  const ids = idsOf(layout, file);
  const known = specialIds(specials, ids, file);
  const library = openLibrary(layout, file);
  const { handle_chinese_chars: apart, lowercase } = layout.normalizer ?? {};
  const whole = (text: string): number[] => {
    let ready = apart ? text.replace(beyondBasicPlane, " $& ") : text;
    if (lowercase) ready = ready.replaceAll("Σ", "σ"); // else lower-casing a word's last one gives ς
    return library.encode(ready, { add_special_tokens: false }).ids;
  };
  let size = 0;
  for (const id of ids.values()) size = Math.max(size, id + 1);
  return {
    size,
    specials: known,
    hash: createHash("sha256").update(text).digest("hex"),
    encode: memory > 0 && worksByWord(layout) ? byWord(whole, memory) : whole,
    piece: (id) => library.id_to_token(id),
  };
}

function specialIds(
  { begin, between, end, pad, unk }: Specials<string>,
  ids: ReadonlyMap<string, number>,
  file: string,
): Specials<number> {
  const id = (name: string): number => {
    const found = ids.get(name);
    if (found !== undefined) return found;
    const all = [...new Set([...begin, ...between, ...end, pad, unk])];
    throw new Error(
      `Cannot use the tokenizer "${file}": it has no ${name}; expected that of the encoder, with ` +
        `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`,
    );
  };
  return {
    begin: begin.map(id),
    between: between.map(id),
    end: end.map(id),
    pad: id(pad),
    unk: id(unk),
  };
}

/** Han characters that a BERT normaliser sets apart and the library, going by UTF-16 units, misses. */
const beyondBasicPlane = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/** A text of known and unknown words: what can't be used fails here, not in the middle of a file. */
const TRIAL = "[CLS] The cats, unable 中𠀀 ΟΣ e\u0301 \u{10fffd} 12.5 [SEP]";

function openLibrary(layout: TokenizerLayout, file: string): Library {
  try {
    const library = new Library(layout, {});
    const { ids } = library.encode(TRIAL, { add_special_tokens: false });
    if (ids.every((id) => Number.isSafeInteger(id))) return library;
    throw new Error("some words get no id");
  } catch (cause) {
    throw new Error(
      `Cannot use the tokenizer "${file}": its parts don't fit each other (${
        quote(reasonOf(cause))
      }); fetch the encoder's tokenizer.json again`,
      { cause },
    );
  }
}

/**
 * Whether the pieces of a text are those of its words, one word after another. With these parts
 * they are: the normaliser turns blank, tab and line end into a blank and lets nothing act across
 * one (lower-casing and composition look only at neighbours that are no blanks), the pre-tokenizer
 * splits at blanks, and word pieces never join two words. An added token that holds a blank, or
 * that is looked for in normalised text, could span two words, so those tokenizers go without.
 */
function worksByWord({ normalizer, pre_tokenizer, model, added_tokens }: TokenizerLayout): boolean {
  return (normalizer === null || normalizer?.type === "BertNormalizer") &&
    pre_tokenizer?.type === "BertPreTokenizer" &&
    model.type === "WordPiece" && model.fuse_unk !== true &&
    added_tokens.every((token) => token.normalized === false && !/\s/.test(token.content));
}

/** The ids of a text put together from those of its words, each of which is looked up once. */
function byWord(whole: (text: string) => number[], memory: number): (text: string) => number[] {
  const known = new Map<string, readonly number[]>();
  const idsOf = (word: string): readonly number[] => {
    let ids = known.get(word);
    if (ids === undefined) {
      ids = whole(word);
      if (known.size >= memory) known.clear(); // bounded, whatever the corpus
      known.set(word.split("").join(""), ids); // a copy: a slice would keep the whole text in memory
    }
    return ids;
  };
  return (text) => {
    const pieces: number[] = [];
    let start = 0;
    for (let end = 0; end <= text.length; end++) {
      const unit = end < text.length ? text.charCodeAt(end) : 0x20;
      if (unit !== 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) continue;
      if (end > start) { for (const id of idsOf(text.slice(start, end))) pieces.push(id); }
      start = end + 1;
    }
    return pieces;
  };
}
