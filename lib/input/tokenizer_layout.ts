/**
 * What is read of a tokenizer.json before the library reads it, and the checks of that: a damaged
 * file must not give other pieces silently.
 *
 * @module
 */
import { quote, reasonOf } from "../base/quote.ts";

/** What is read of tokenizer.json here; the library reads the rest. */
export interface TokenizerLayout {
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
 * The layout that a tokenizer.json has.
 *
 * Throws an error that names `file` and the part that is wrong.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { parseLayout } from "./tokenizer_layout.ts";
 *
 * assertThrows(() => parseLayout("{}", "tokenizer.json"), Error, 'it has no "model.vocab"');
 * ```
 */
export function parseLayout(text: string, file: string): TokenizerLayout {
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
    return fail(`it is not JSON (${reasonOf(cause)})`, cause);
  }
  if (!isRecord(json)) return fail("it is not an object");
  if (!isRecord(json.model) || !isRecord(json.model.vocab)) return fail(`it has no "model.vocab"`);
  for (const [piece, id] of Object.entries(json.model.vocab)) {
    if (!Number.isSafeInteger(id) || (id as number) < 0) {
      return fail(`the id of ${quote(piece)} is ${quote(id)}, expected a whole number from 0`);
    }
  }
  const added = json.added_tokens ?? [];
  if (!Array.isArray(added)) return fail(`"added_tokens" is not a list`);
  for (const token of added) {
    if (
      !isRecord(token) || typeof token.content !== "string" || !Number.isSafeInteger(token.id) ||
      (token.id as number) < 0
    ) return fail(`"added_tokens" has ${quote(token)}, expected an id and a content`);
  }
  const { normalizer, pre_tokenizer } = json;
  for (const part of [normalizer, pre_tokenizer]) {
    if (part !== undefined && part !== null && !isRecord(part)) {
      return fail(`its normalizer or pre_tokenizer is ${quote(part)}`);
    }
  }
  return { ...json, added_tokens: added } as unknown as TokenizerLayout;
}

/**
 * The id of every piece, those of added tokens as well.
 *
 * Throws where two pieces have the same one, which can't both be meant.
 */
export function idsOf({ model, added_tokens }: TokenizerLayout, file: string): Map<string, number> {
  const ids = new Map(Object.entries(model.vocab));
  for (const { content, id } of added_tokens) ids.set(content, id);
  const pieces = new Map<number, string>();
  for (const [piece, id] of ids) {
    const other = pieces.get(id);
    if (other !== undefined) {
      throw new Error(
        `Cannot use the tokenizer "${file}": ${quote(other)} and ${
          quote(piece)
        } have the same id, ` +
          `${id}; fetch the encoder's tokenizer.json again`,
      );
    }
    pieces.set(id, piece);
  }
  return ids;
}
