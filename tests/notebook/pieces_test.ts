import { assertEquals } from "@std/assert";
import { collate } from "../../lib/input/batches.ts";
import { piecesOf } from "../../lib/notebook/pieces.ts";
import { toyFeatures, toyTokenizer } from "../support/toy.ts";

Deno.test("a sequence's pieces come in order, with their side and without padding", () => {
  const features = toyFeatures(6, 3);
  const lengths = [...features.rows.keys()]
    .map((row) => features.offsets[row + 1]! - features.offsets[row]!);
  const batch = collate(features, [...features.rows.keys()]);
  for (const [row, length] of lengths.entries()) {
    const pieces = piecesOf(toyTokenizer, batch, row);
    assertEquals(pieces.map(({ position }) => position), [...Array(length).keys()]);
    const from = features.offsets[row]!;
    assertEquals(pieces.map(({ id }) => id), [...features.tokens.slice(from, from + length)]);
    const first = pieces.filter(({ side }) => side === 0);
    assertEquals(first.length, features.boundaries[row]);
    assertEquals([first[0]!.piece, first.at(-1)!.piece], ["[CLS]", "[SEP]"]);
  }
});
