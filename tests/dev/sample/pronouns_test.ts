import { assert, assertEquals } from "@std/assert";
import { bagOfWords, pairs, shares } from "./files.ts";

/** Words after which the pronoun means the first candidate; after all others, the second. */
const FIRST = [
  /fit into .* too (big|large)\./,
  /carry .* too weak\./,
  /thanked .* received help\./,
  /gave .* was not hungry\./,
  /ran away .* was (afraid|scared)\./,
  /passed .* was fast(er)?\./,
  /hit .* thrown again\./,
  /asked .* get an answer\./,
];

Deno.test("the rules of the world resolve every WNLI pronoun as labelled", () => {
  for (const [text, claim, label] of [...pairs("WNLI/train.tsv"), ...pairs("WNLI/dev.tsv")]) {
    const name = claim.replace(/ (was|had|did) .*$/, "");
    const isFirst = text.startsWith(name);
    const right = FIRST.some((form) => form.test(text)) === isFirst;
    assertEquals([text, claim, right ? "1" : "0"], [text, claim, label]);
  }
});

Deno.test("both candidates of a WNLI text are asked about, so half of the labels are 1", () => {
  for (const file of ["WNLI/train.tsv", "WNLI/dev.tsv"]) {
    assertEquals(shares(pairs(file).map(([, , label]) => label))["1"]!.toFixed(3), "0.500");
  }
});

Deno.test("the second WNLI sentence alone does not tell the label", () => {
  const rows = (file: string) => pairs(file).map(([, text, label]) => [text, label] as const);
  assert(bagOfWords(rows("WNLI/train.tsv"), rows("WNLI/dev.tsv")) < 0.6);
});
