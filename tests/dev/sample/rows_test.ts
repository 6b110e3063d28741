import { assert, assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../../lib/base/random.ts";
import { deal, type Group, rowKey } from "../../../lib/dev/sample/rows.ts";

/** Two rows about one number below n. */
const couples = (n: number): Group => (random) => {
  const it = random.integer(n);
  return ["yes", "no"].map((label) => ({
    first: `Number ${it}`,
    second: label,
    label,
    note: String(it),
  }));
};

Deno.test("deal() fills every split with different rows and keeps groups together", () => {
  const group = couples(200);
  const splits = deal(createRandom(1), { train: [100, group], dev: [40, group] });
  assertEquals([splits.train.length, splits.dev.length], [100, 40]);
  const all = [...splits.train, ...splits.dev];
  assertEquals(new Set(all.map(rowKey)).size, 140);
  const notes = new Set(splits.train.map(({ note }) => note));
  assert(splits.dev.every(({ note }) => !notes.has(note)));
});

Deno.test("deal() refuses a world that is too small", () => {
  const group = couples(5);
  assertThrows(() => deal(createRandom(1), { train: [12, group] }), Error, "Cannot draw 12");
});

Deno.test("deal() takes no pair that has the same text twice", () => {
  const group: Group = (random) => {
    const [first, second] = [random.integer(3), random.integer(3)].map(String);
    return [{ first: `It is ${first}.`, second: `it is ${second}`, label: "", note: "" }];
  };
  const { all } = deal(createRandom(1), { all: [6, group] });
  assert(all.every(({ first, second }) => first.toLowerCase() !== `${second}.`));
});

Deno.test("rowKey() looks at neither case nor punctuation", () => {
  const key = rowKey({ first: "A man , alone .", second: "Who?" });
  assertEquals(key, rowKey({ first: "a man, alone", second: "who" }));
});
