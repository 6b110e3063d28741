import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../../lib/base/random.ts";
import { cola } from "../../../lib/dev/sample/acceptability.ts";
import { NOUNS } from "../../../lib/dev/sample/words.ts";
import { bagOfWords, pairs, shares } from "./files.ts";

const plurals = Object.values(NOUNS).filter(({ word, plural }) => word !== plural)
  .map(({ plural }) => plural).join("|");
const singulars = Object.values(NOUNS).filter(({ word, plural }) => word !== plural)
  .map(({ word }) => word).join("|");

/** Marks of broken grammar that a sentence shows on its face. */
const BROKEN = [
  new RegExp(`^The (${plurals}) is\\b`),
  new RegExp(`^The (${singulars}) are\\b`),
  /\bthe the\b/i,
  /^\w+ the \w+/,
  /\b(in|on|at|by)[.?]$/,
  /\bwill \w+ing\b|\bto \w+ing\b|\bdid the \w+ \w+ing\b/,
  /^What the /,
  /\bmore \w+er than\b|\w+er as the\b|\b(bigger|smaller|taller|older|younger|faster) the\b/,
  new RegExp(`\\b(two|three|four|many) (big|small) (${singulars})\\b`),
  /\b(girl|woman|queen) \w+ himself\b|\b(boy|man|king) \w+ (herself|itself)\b/,
  /\b(smiled|slept|sat) (a|an) /,
];

Deno.test("no acceptable CoLA sentence shows a mark of broken grammar", () => {
  const random = createRandom(1);
  const drawn = Array.from({ length: 2000 }, () => cola(random)[0]!);
  const marked = drawn.filter(({ first }) => BROKEN.some((mark) => mark.test(first)));
  assertEquals(marked.filter(({ label }) => label === "1"), []);
  const broken = drawn.filter(({ label }) => label === "0");
  assert(marked.length > 0.6 * broken.length);
});

Deno.test("about 70 of 100 CoLA sentences are acceptable, as in the official files", () => {
  const share = shares(pairs("CoLA/train.tsv").map(([, , label]) => label))["1"]!;
  assert(share > 0.66 && share < 0.75, String(share));
});

Deno.test("the words of a CoLA sentence do not tell whether it is acceptable", () => {
  const rows = (file: string) => pairs(file).map(([text, , label]) => [text, label] as const);
  const accuracy = bagOfWords(rows("CoLA/train.tsv"), rows("CoLA/dev.tsv"));
  assert(accuracy < 0.78, String(accuracy));
});
