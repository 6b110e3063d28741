import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { HUMAN_ACTIONS } from "../../../lib/dev/sample/actions.ts";
import { similarity } from "../../../lib/dev/sample/paraphrase.ts";
import { noun, type Scene } from "../../../lib/dev/sample/scene.ts";
import { PLACES } from "../../../lib/dev/sample/words.ts";
import { pairs, shares } from "./files.ts";
import { words } from "./reading.ts";

const bases = new Map(
  HUMAN_ACTIONS.flatMap(({ base, past, participle }) => [[past, base], [participle, base]]),
);
const EMPTY = /^(a|an|the|some|was|were|by|police|officials|witness|said|paper|reported)$/;

/** The words of a report that carry its facts, in no order and one form each. */
function facts(report: string): string {
  // "By the river" is a place, "by the man" is the passive's.
  const text = report.replace(/by the river/i, "at river");
  const found = words(text).filter((word) => !EMPTY.test(word));
  return found.map((word) => bases.get(word) ?? word).sort().join(" ");
}

Deno.test("MRPC pairs are paraphrases just where both sentences carry the same facts", () => {
  for (const file of ["MRPC/train.tsv", "MRPC/dev.tsv"]) {
    for (const [one, two, label] of pairs(file)) {
      assertEquals([one, two, facts(one) === facts(two) ? "1" : "0"], [one, two, label]);
    }
  }
});

Deno.test("about two thirds of the MRPC pairs are paraphrases, as in the official files", () => {
  const share = shares(pairs("MRPC/train.tsv").map(([, , label]) => label))["1"]!;
  assert(share > 0.62 && share < 0.72, String(share));
});

Deno.test("similarity() is 5 for one scene, less with each change, and the same both ways", () => {
  const action = HUMAN_ACTIONS.find(({ base }) => base === "eat")!;
  const place = PLACES["in the park"]!;
  const scene: Scene = { who: noun("man"), action, thing: noun("apple"), place };
  const { place: _place, ...unplaced } = scene;
  const steps: Scene[] = [
    scene,
    unplaced,
    { ...unplaced, thing: noun("bread") },
    { ...unplaced, who: noun("dog"), thing: noun("bread") },
    { who: noun("dog"), place: PLACES["at school"]! },
  ];
  const scores = steps.map((it) => similarity(scene, it));
  assertEquals(scores[0], 5);
  for (let i = 1; i < scores.length; i++) assert(scores[i]! < scores[i - 1]!);
  steps.forEach((it, i) => assertAlmostEquals(similarity(it, scene), scores[i]!));
});

Deno.test("STS-B scores cover 0 to 5, and pairs with the same words score high", () => {
  const rows = pairs("STS-B/train.tsv");
  const scores = rows.map(([, , score]) => Number(score));
  assert(Math.min(...scores) < 0.5 && Math.max(...scores) === 5);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  assert(mean > 2.2 && mean < 3.3, String(mean));
  const bag = (text: string) => [...new Set(words(text))].sort().join(" ");
  for (const [one, two, score] of rows) if (bag(one) === bag(two)) assert(Number(score) > 3.5);
});
