import { assertEquals, assertNotEquals } from "@std/assert";
import type { Example } from "../../lib/types.ts";
import { createRandom } from "../../lib/base/random.ts";
import { readExamples } from "../../lib/input/files.ts";
import { labels, sources } from "../../lib/input/layouts.ts";
import { rankingPairs } from "../../lib/input/ranking.ts";
import { data } from "./official.ts";

/** One row for each word like "q+": the question, then + or - for its label, ? for none. */
function rows(text: string): Example[] {
  return text.split(" ").map((word, row) => ({
    row,
    id: `id${row}`,
    premise: word[0]!,
    hypotheses: [`sentence ${row}`],
    targets: { "+": [1], "-": [0] }[word[1]!] ?? [],
  }));
}

Deno.test("rankingPairs() makes one example of two rows, its target the positive's place", () => {
  for (const pairing of ["consecutive", "question"] as const) {
    for (let seed = 0; seed < 10; seed++) {
      const random = createRandom(seed);
      const [example, ...rest] = rankingPairs(rows("a- a+"), random, { pairing }).examples;
      assertEquals(rest, []);
      assertEquals(example!.hypotheses[example!.targets[0]!], "sentence 1");
      assertEquals(example!.id, example!.targets[0] === 1 ? "id0,id1" : "id1,id0");
      assertEquals([example!.row, example!.premise], [0, "a"]);
    }
  }
});

Deno.test("rankingPairs() puts the positive first about as often as second", () => {
  const many = rows(Array.from({ length: 1000 }, () => "a+ a-").join(" "));
  const { examples } = rankingPairs(many, createRandom(1), { pairing: "consecutive" });
  const first = examples.filter(({ targets }) => targets[0] === 0).length;
  assertEquals(examples.length, 1000);
  assertEquals(first > 430 && first < 570, true);
});

Deno.test("rankingPairs() shuffles by the seed alone", () => {
  const many = rows("a+ a- b+ b- c+ c- d- d+ e- e+ f- f+ g+ g- h+ h-");
  const pair = (seed: number) =>
    rankingPairs(many, createRandom(seed), { pairing: "consecutive" }).examples;
  assertEquals(pair(5), pair(5));
  assertNotEquals(pair(5), pair(6));
});

Deno.test("rankingPairs() drops consecutive rows of two questions or one label, and counts", () => {
  const { examples, dropped } = rankingPairs(
    rows("a+ a- b+ c- d+ d+ e- e+ f+"),
    createRandom(1),
    { pairing: "consecutive" },
  );
  assertEquals(examples.map(({ premise }) => premise), ["a", "e"]);
  assertEquals(dropped, [
    { reason: "questions differ", count: 2 },
    { reason: "labels tie", count: 2 },
    { reason: "last row has no partner", count: 1 },
  ]);
});

Deno.test("rankingPairs() groups scattered rows by question and counts what is left over", () => {
  const { examples, dropped } = rankingPairs(
    rows("a+ b- c+ a- b- a- d+ b+"),
    createRandom(1),
    { pairing: "question" },
  );
  assertEquals(examples.map(({ premise, row }) => [premise, row]), [["a", 0], ["b", 1]]);
  assertEquals(dropped, [
    { reason: "question already has its pair", count: 2 },
    { reason: "question lacks one of the labels", count: 2 },
  ]);
});

Deno.test("rankingPairs() keeps pairs of a test file, without a target", () => {
  const { examples } = rankingPairs(rows("a? a? b? c?"), createRandom(1), {
    pairing: "consecutive",
  });
  assertEquals(examples.map(({ premise, targets }) => [premise, ...targets]), [["a"]]);
});

Deno.test("rankingPairs() groups a test file by question, without targets", () => {
  const { examples, dropped } = rankingPairs(
    rows("a? b? c? a? c? c?"),
    createRandom(1),
    { pairing: "question" },
  );
  assertEquals(examples.map(({ premise, targets }) => [premise, ...targets]), [
    ["a"],
    ["c"],
  ]);
  assertEquals(examples.map(({ id }) => id.split(",").sort().join()), ["id0,id3", "id2,id4"]);
  assertEquals(dropped, [
    { reason: "question has one sentence only", count: 1 },
    { reason: "question already has its pair", count: 1 },
  ]);
});

Deno.test({
  name: "rankingPairs() pairs the current QNLI test by question: 1,362 questions of two sentences",
  ignore: data.missing,
  async fn() {
    const { examples } = await readExamples(data.path, sources.qnli.test, labels.qnli);
    const pairs = rankingPairs(examples, createRandom(1), { pairing: "question" });
    assertEquals(pairs.examples.length, 1362);
    assertEquals(pairs.dropped, [{ reason: "question has one sentence only", count: 2739 }]);
  },
});

Deno.test({
  name: "rankingPairs() pairs the current QNLI dev by question: 1,362 questions, 1 neighbour pair",
  ignore: data.missing,
  async fn() {
    const { examples } = await readExamples(data.path, sources.qnli.dev, labels.qnli);
    const count = (pairing: "consecutive" | "question") => {
      const pairs = rankingPairs(examples, createRandom(1), { pairing });
      const left = pairs.dropped.reduce((sum, { count }) => sum + count, 0);
      assertEquals(2 * pairs.examples.length + left, examples.length);
      return pairs.examples.length;
    };
    assertEquals(count("question"), 1362);
    assertEquals(count("consecutive"), 1);
  },
});
