/**
 * The default encoder where the project has fetched it, for the tests that need a real one, and a
 * tokenizer of a few words for those that don't.
 */
import { cacheFolder } from "../../lib/hub/cache.ts";

/** Folder of the default encoder. */
export const encoderFolder = `${cacheFolder()}/encoders/all-MiniLM-L6-v2`;

/** Whether the default encoder has not been fetched. */
export const noEncoder = await Deno.stat(`${encoderFolder}/model.safetensors`)
  .then(() => false, () => true);

if (noEncoder) console.info(`No encoder at ${encoderFolder}: the tests that read it are ignored.`);

const pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "##s", "##ting"]
  .concat([
    ".",
    ",",
    "'",
    "un",
    "##able",
    "σ",
    "ο",
    "##σ",
    "##ς",
    "中",
    "𠀀",
    "e",
    "##e",
    "[",
    "]",
  ]);

/** Ids of the small tokenizer by piece. */
export const vocabulary: Readonly<Record<string, number>> = Object.fromEntries(
  pieces.map((piece, id) => [piece, id]),
);

/**
 * A tokenizer.json in the layout of BERT's, with `changes` laid over its first level; its pieces
 * are `own`, the five special ones first.
 */
export function smallTokenizer(
  changes: Record<string, unknown> = {},
  own: readonly string[] = pieces,
): string {
  const added = own.slice(0, 5)
    .map((content, id) => ({ id, content, special: true, normalized: false }));
  return JSON.stringify({
    version: "1.0",
    truncation: { max_length: 3, strategy: "LongestFirst", stride: 0 },
    padding: { strategy: { Fixed: 8 }, direction: "Right", pad_id: 0, pad_token: "[PAD]" },
    added_tokens: added,
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: null,
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(own.map((piece, id) => [piece, id])),
    },
    ...changes,
  });
}
