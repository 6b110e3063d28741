import { assert, assertEquals } from "@std/assert";
import { featurize } from "../../../lib/input/features.ts";
import { createRandom } from "../../../lib/base/random.ts";
import {
  chooseRows,
  countShared,
  drawRowNumbers,
  frequentShare,
} from "../../../lib/dev/switches/rows.ts";
import type { Features } from "../../../lib/types.ts";
import { toyTokenizer } from "../../support/toy.ts";

const texts = ["the cat", "a dog", "red fish", "old tree", "new road", "dark house"];

/** Single sentences with these row numbers in the file. */
function rows(...numbers: number[]): Features {
  const examples = numbers.map((row) => ({
    ...{ row, id: String(row), premise: texts[row]!, hypotheses: [], targets: [row % 2] },
  }));
  return featurize(examples, toyTokenizer, { maxLength: 16 });
}

Deno.test("a draw has the first row and different others, and all where they are few", () => {
  const numbers = Int32Array.from({ length: 50 }, (_, i) => 3 * i + 1);
  for (let seed = 0; seed < 20; seed++) {
    const drawn = drawRowNumbers(numbers, 8, createRandom(seed));
    assertEquals([drawn.length, new Set(drawn).size, drawn[0]], [8, 8, 1]);
    assert(drawn.every((row) => numbers.includes(row)));
    // a smaller draw is the beginning of it
    assertEquals(drawRowNumbers(numbers, 5, createRandom(seed)), drawn.slice(0, 5));
  }
  assertEquals(drawRowNumbers(numbers, 50, createRandom(1)), [...numbers]);
  const others = [1, 2].map((seed) => drawRowNumbers(numbers, 8, createRandom(seed)).join());
  assert(others[0] !== others[1]);
});

Deno.test("drawn rows are taken by their numbers, as the variant reads them", () => {
  const { features, changed } = chooseRows([4, 1, 3], rows(0, 1, 2, 3, 4), rows(1, 2, 3, 4));
  assertEquals([[...features.rows], changed], [[4, 1, 3], 0]);
  assertEquals(features.tokens, rows(4, 1, 3).tokens);
});

Deno.test("a row that the variant lacks is left out and counted", () => {
  const { features, changed } = chooseRows([0, 3, 1], rows(0, 1, 2, 3), rows(1, 2, 3));
  assertEquals([[...features.rows], changed], [[3, 1], 1]);
});

Deno.test("a row with other pieces, another boundary or another target is counted", () => {
  const fixed = rows(0, 1, 2);
  const other = (changes: Partial<Features>) =>
    chooseRows([2, 0, 1], fixed, { ...fixed, ...changes }).changed;
  assertEquals(other({}), 0);
  assertEquals(other({ tokens: fixed.tokens.with(1, 9) }), 1);
  assertEquals(other({ boundaries: fixed.boundaries.with(2, 1) }), 1);
  assertEquals(other({ targets: fixed.targets.map((target) => 1 - target) }), 3);
  assertEquals(other({ targets: fixed.targets.fill(NaN) }), 0); // test rows have none on either side
});

Deno.test("the most frequent target's share is what always answering it would get", () => {
  assertEquals(frequentShare(Float32Array.of(2, 0, 1, 2, 2)), 60);
  assertEquals(frequentShare(Float32Array.of(1)), 100);
});

Deno.test("rows are shared when they have the same pieces, whatever their numbers and targets", () => {
  const train = rows(0, 1, 2);
  assertEquals(countShared(rows(3, 4), train), 0);
  assertEquals(countShared(rows(5, 2, 0), train), 2);
  assertEquals(countShared({ ...train, targets: train.targets.map(() => NaN) }, train), 3);
  assertEquals(countShared({ ...train, rows: Int32Array.of(7, 8, 9) }, train), 3);
});
