import { assert, assertEquals } from "@std/assert";
import { KNOWLEDGE } from "../../../lib/dev/sample/facts.ts";
import { bagOfWords, pairs, shares } from "./files.ts";

const SMALL =
  /^(a|an|all|always|and|are|able|can|find|found|for|food|feed|from|good|have|has|in|is|it|live|look|looks|of|on|one|people|present|that|the|their|they|to|use|used|eat|we|know|known|remember|fact|as|learn)$/;

/** Words that carry a statement, with the endings of verbs and plurals cut off. */
function content(text: string): Set<string> {
  const all = text.toLowerCase().replace(/[^a-z ]/g, "").split(" ");
  return new Set(
    all.filter((word) => !SMALL.test(word)).map((word) =>
      word.replace(/ies$/, "y").replace(/(ch|sh|ss|x)es$/, "$1").replace(/s$/, "")
    ),
  );
}

Deno.test("a SciTail premise entails just where it names the subject and all of the fact", () => {
  for (const file of ["SciTail/train.tsv", "SciTail/dev.tsv", "SciTail/test.tsv"]) {
    for (const [premise, hypothesis, label] of pairs(file)) {
      const follows = content(hypothesis).isSubsetOf(content(premise));
      assertEquals([premise, hypothesis, follows ? "entails" : "neutral"], [
        premise,
        hypothesis,
        label,
      ]);
    }
  }
});

Deno.test("SciTail's train rows are mostly neutral and its dev rows even, as in the official files", () => {
  const share = (file: string) => shares(pairs(file).map(([, , label]) => label))["entails"]!;
  assert(Math.abs(share("SciTail/train.tsv") - 0.37) < 0.02);
  assertEquals(share("SciTail/dev.tsv").toFixed(3), "0.500");
});

Deno.test("a SciTail hypothesis alone does not tell the label", () => {
  const rows = (file: string) => pairs(file).map(([, text, label]) => [text, label] as const);
  assert(bagOfWords(rows("SciTail/train.tsv"), rows("SciTail/dev.tsv")) < 0.56);
});

Deno.test("every kind has members, and every member three facts of its own", () => {
  for (const { facts, members } of KNOWLEDGE) {
    assert(facts.length >= 3 && members.size >= 3);
    for (const own of members.values()) assertEquals(own.length, 3);
  }
});
