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

/** Text to word pieces, for one encoder. */
export interface Tokenizer {
  /** Number of ids: one more than the largest; an encoder's vocabulary must not be smaller. */
  readonly size: number;
  /** Id of `[CLS]`, which opens every sequence. */
  readonly cls: number;
  /** Id of `[SEP]`, which ends each text. */
  readonly sep: number;
  /** Id of `[PAD]`, which fills a batch. */
  readonly pad: number;
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

/** What is read of tokenizer.json here; the library reads the rest. */
interface Layout {
  readonly added_tokens: readonly {
    readonly id: number;
    readonly content: string;
    readonly normalized?: boolean;
  }[];
  readonly normalizer:
    | {
      readonly type?: string;
      readonly handle_chinese_chars?: boolean;
      readonly lowercase?: boolean;
    }
    | null;
  readonly pre_tokenizer: { readonly type?: string } | null;
  readonly model: {
    readonly type?: string;
    readonly fuse_unk?: boolean;
    readonly vocab: Readonly<Record<string, number>>;
  };
}

/**
 * Reads an encoder's tokenizer.json; truncation and padding in it are not applied, since
 * `featurize` cuts and `collate` pads.
 *
 * Throws where the file is missing or cannot be used (see {@linkcode createTokenizer}).
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { loadTokenizer } from "./tokenizer.ts";
 *
 * await assertRejects(() => loadTokenizer("nowhere/tokenizer.json"), Error, "there is no such file");
 * ```
 */
export async function loadTokenizer(
  file: string,
  options: Omit<TokenizerOptions, "file"> = {},
): Promise<Tokenizer> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : String(cause);
    throw new Error(
      `Cannot read the tokenizer "${file}": ${why}; give the folder of an encoder that has a ` +
        `tokenizer.json`,
      { cause },
    );
  }
  return createTokenizer(text, { ...options, file });
}

/**
 * Makes a tokenizer from the text of a tokenizer.json.
 *
 * Throws where the text is not JSON, is not laid out as a tokenizer, or lacks `[CLS]`, `[SEP]`,
 * `[PAD]` or `[UNK]`. Differences from the reference's tokenizer: spec section 3.
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
 * }));
 * assertEquals(tokenizer.encode("Unable!"), [4, 5, 6]);
 * ```
 */
export function createTokenizer(text: string, options: TokenizerOptions = {}): Tokenizer {
  const { file = "tokenizer.json", memory = 500_000 } = options;
  const layout = parseLayout(text, file);
  const library = openLibrary(layout, file);
  const ids = new Map(Object.entries(layout.model.vocab));
  for (const { content, id } of layout.added_tokens) ids.set(content, id);
  const special = (name: string): number => {
    const id = ids.get(name);
    if (id !== undefined) return id;
    throw new Error(
      `Cannot use the tokenizer "${file}": it has no ${name}; expected the tokenizer of a BERT ` +
        `encoder, with [CLS], [SEP], [PAD] and [UNK]`,
    );
  };
  special("[UNK]");
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
    cls: special("[CLS]"),
    sep: special("[SEP]"),
    pad: special("[PAD]"),
    hash: createHash("sha256").update(text).digest("hex"),
    encode: memory > 0 && worksByWord(layout) ? byWord(whole, memory) : whole,
    piece: (id) => library.id_to_token(id),
  };
}

/** Han characters that a BERT normaliser sets apart and the library, going by UTF-16 units, misses. */
const beyondBasicPlane = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

function parseLayout(text: string, file: string): Layout {
  const fail = (why: string, cause?: unknown): never => {
    throw new Error(
      `Cannot use the tokenizer "${file}": ${why}; fetch the encoder's tokenizer.json again`,
      { cause },
    );
  };
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return fail(`it is not JSON (${cause instanceof Error ? cause.message : cause})`, cause);
  }
  if (!isRecord(json)) return fail("it is not an object");
  if (!isRecord(json.model) || !isRecord(json.model.vocab)) return fail(`it has no "model.vocab"`);
  for (const [piece, id] of Object.entries(json.model.vocab)) {
    if (!Number.isSafeInteger(id) || (id as number) < 0) {
      return fail(`the id of "${piece}" is ${id}, expected a whole number from 0`);
    }
  }
  const added = json.added_tokens ?? [];
  if (!Array.isArray(added)) return fail(`"added_tokens" is not a list`);
  for (const token of added) {
    if (
      !isRecord(token) || typeof token.content !== "string" || !Number.isSafeInteger(token.id) ||
      (token.id as number) < 0
    ) return fail(`"added_tokens" has ${JSON.stringify(token)}, expected an id and a content`);
  }
  const { normalizer, pre_tokenizer } = json;
  for (const part of [normalizer, pre_tokenizer]) {
    if (part !== undefined && part !== null && !isRecord(part)) {
      return fail(`its normalizer or pre_tokenizer is ${JSON.stringify(part)}`);
    }
  }
  return { ...json, added_tokens: added } as unknown as Layout;
}

function openLibrary(layout: Layout, file: string): Library {
  try {
    return new Library(layout, {});
  } catch (cause) {
    throw new Error(
      `Cannot use the tokenizer "${file}": ${cause instanceof Error ? cause.message : cause}`,
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
function worksByWord({ normalizer, pre_tokenizer, model, added_tokens }: Layout): boolean {
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
