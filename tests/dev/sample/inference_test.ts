import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../../lib/base/random.ts";
import { ax, matched, rte, snli } from "../../../lib/dev/sample/inference.ts";
import { bagOfWords, cells, type Labelled, pairs, shares } from "./files.ts";
import { judge } from "./reading.ts";

const FILES = [
  "MNLI/train.tsv",
  "MNLI/dev_matched.tsv",
  "MNLI/dev_mismatched.tsv",
  "SNLI/train.tsv",
  "SNLI/dev.tsv",
  "SNLI/test.tsv",
];

Deno.test("a reader that sees the text alone agrees with the label of every pair it can read", () => {
  for (const file of FILES) {
    const labelled = pairs(file).filter(([, , label]) => label !== "-");
    const judged = labelled.map(([premise, hypothesis, label]) => ({
      pair: `${premise} / ${hypothesis}`,
      label,
      judged: judge(premise, hypothesis),
    }));
    const read = judged.filter((it) => it.judged !== undefined);
    assert(read.length > 0.75 * labelled.length, `${file}: only ${read.length} read`);
    assertEquals(read.filter((it) => it.judged !== it.label), []);
  }
});

Deno.test("the reader itself judges by the rules of the world", () => {
  const premise = "On Monday, two young women carried a red box in the kitchen.";
  const labels = {
    "Two women carried a box.": "entailment",
    "Two people were inside.": "entailment",
    "Three women carried a box.": "contradiction",
    "Two women carried a box on Friday.": "contradiction",
    "Two women carried a box at noon.": "neutral",
    "The two women did not carry a box.": "contradiction",
    "The two women were not outside.": "entailment",
    "The box was not blue.": "entailment",
    "The box was large.": "neutral",
  };
  for (const [hypothesis, label] of Object.entries(labels)) {
    assertEquals([hypothesis, judge(premise, hypothesis)], [hypothesis, label]);
  }
});

Deno.test("the three labels of MNLI, SNLI and AX come equally often, RTE's two as well", () => {
  for (const file of [...FILES, "AX/diagnostic-full.tsv", "RTE/train.tsv", "RTE/dev.tsv"]) {
    const labels = pairs(file).map(([, , label]) => label).filter((label) => label !== "-");
    const expected = file.startsWith("RTE") ? 1 / 2 : 1 / 3;
    for (const share of Object.values(shares(labels))) assert(Math.abs(share - expected) < 0.01);
  }
});

Deno.test("a hypothesis without its premise tells nothing about the label", () => {
  const hypotheses = (file: string): Labelled =>
    pairs(file).filter(([, , label]) => label !== "-").map((row) => [row[1], row[2]]);
  const least = { MNLI: 0.4, SNLI: 0.4, RTE: 0.56 };
  for (const [task, limit] of Object.entries(least)) {
    const dev = task === "MNLI" ? "dev_matched" : "dev";
    const accuracy = bagOfWords(hypotheses(`${task}/train.tsv`), hypotheses(`${task}/${dev}.tsv`));
    assert(accuracy <= limit, `${task}: ${accuracy}`);
  }
});

Deno.test("a premise without its hypothesis tells little about the label", () => {
  const premises = (file: string): Labelled => pairs(file).map((row) => [row[0], row[2]]);
  assert(bagOfWords(premises("MNLI/train.tsv"), premises("MNLI/dev_matched.tsv")) < 0.55);
  assert(bagOfWords(premises("SNLI/train.tsv"), premises("SNLI/dev.tsv")) < 0.55);
});

Deno.test("every hypothesis has all three labels, and RTE's both", () => {
  const random = createRandom(7);
  for (const group of [matched, snli, ax, rte]) {
    for (let i = 0; i < 50; i++) {
      const rows = group(random);
      const labels = new Set(rows.map(({ label }) => label));
      assertEquals(labels.size, group === rte ? 2 : 3);
      assertEquals(new Set(rows.map(({ second }) => second)).size, 1);
    }
  }
});

Deno.test("matched and mismatched rows share no genre", () => {
  const genres = (file: string) => new Set(cells(`MNLI/${file}`).map((row) => row[3]));
  assertEquals(genres("dev_matched.tsv"), genres("train.tsv"));
  assert(genres("dev_mismatched.tsv").isDisjointFrom(genres("train.tsv")));
});
