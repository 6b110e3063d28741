/**
 * A row in its pieces, for tables and pictures.
 *
 * @module
 */

import type { Tokenizer } from "../input/tokenizer.ts";
import type { Batch } from "../types.ts";

/** One piece of a sequence. */
export type Piece = {
  /** Counted from 0. */
  readonly position: number;
  /** As the vocabulary has it. */
  readonly piece: string;
  /** Its number in the vocabulary. */
  readonly id: number;
  /** 0 for the first text with what begins it and stands between, 1 for the second. */
  readonly side: number;
};

/**
 * The pieces of one sequence of a batch, without its padding.
 *
 * @param sequence counted from 0; the first when left out.
 *
 * @example
 * ```ts
 * import { loadEncoder } from "../run/model.ts";
 * import { piecesOf } from "./pieces.ts";
 * const { tokenizer } = await loadEncoder();
 * const tokens = Int32Array.of(101, 2026, 102);
 * const [sides, mask] = [Int32Array.of(0, 0, 0), Float32Array.of(1, 1, 1)];
 * const rest = { size: 1, targets: Float32Array.of(1), positions: Int32Array.of(0) };
 * const pieces = piecesOf(tokenizer, { tokens, sides, mask, length: 3, ...rest });
 * pieces.map(({ piece }) => piece); // ["[CLS]", "my", "[SEP]"]
 * ```
 */
export function piecesOf(tokenizer: Tokenizer, batch: Batch, sequence = 0): Piece[] {
  const { length, tokens, sides, mask } = batch;
  const from = sequence * length;
  return Array.from(tokens.subarray(from, from + length), (id, position) => ({
    position,
    piece: tokenizer.piece(id) ?? String(id),
    id,
    side: sides[from + position]!,
  })).filter(({ position }) => mask[from + position]! > 0);
}
