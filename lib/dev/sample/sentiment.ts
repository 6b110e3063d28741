/**
 * SST-2: judgements of films by words that judge, turned round by negation and outweighed by the
 * main clause. Lower case and split punctuation, as in the official files.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { chance, pick, pickSome } from "./draw.ts";
import { withArticle } from "./grammar.ts";
import type { SampleRow } from "./rows.ts";

const WORK = ["film", "movie", "story", "comedy", "drama", "thriller", "documentary"];
const PART = ["plot", "script", "acting", "music", "dialogue", "ending", "cast", "direction"];

/** Words that judge, by what they say. */
export const JUDGING = {
  good: [
    "charming",
    "funny",
    "moving",
    "brilliant",
    "beautiful",
    "clever",
    "delightful",
    "powerful",
    "fresh",
    "touching",
    "wonderful",
    "great",
    "warm",
    "lovely",
    "exciting",
    "elegant",
  ],
  bad: [
    "boring",
    "dull",
    "stupid",
    "silly",
    "weak",
    "slow",
    "flat",
    "awful",
    "terrible",
    "empty",
    "ugly",
    "cheap",
    "bad",
    "annoying",
    "clumsy",
    "stale",
  ],
} as const;

type Side = keyof typeof JUDGING;

const other = (side: Side): Side => side === "good" ? "bad" : "good";

const DENIALS = ["not", "never", "hardly", "far from", "anything but", "not at all"];

/** Sayings that judge without one of the words above. */
const SAYINGS: Readonly<Record<Side, readonly string[]>> = {
  good: ["is worth seeing", "makes you laugh", "touches the heart", "is a joy to watch"],
  bad: ["is a waste of time", "makes you sleep", "leaves you cold", "is a pain to watch"],
};

/** "is charming", "is not boring", "makes you laugh". */
function judge(random: Random, side: Side): string {
  const form = random.integer(5);
  if (form === 0) return pick(random, SAYINGS[side]);
  if (form === 1) return `is ${pick(random, DENIALS)} ${pick(random, JUDGING[other(side)])}`;
  const [a, b] = pickSome(random, JUDGING[side], 2);
  return form === 2 ? `is ${a} and ${b}` : `is ${pick(random, ["", "very", "often", "so"])} ${a}`;
}

/** A phrase or sentence on one side. */
function review(random: Random, side: Side): string {
  const work = pick(random, WORK);
  const part = pick(random, PART);
  const [a, b] = pickSome(random, JUDGING[side], 2);
  const against = judge(random, other(side));
  const forms = [
    () => `the ${pick(random, [work, part])} ${judge(random, side)} .`,
    () => `it 's ${withArticle(a!)} and ${b} ${work} .`,
    () => `${withArticle(a!)} ${work} that ${judge(random, side)}`,
    () => `although the ${part} ${against} , the ${work} ${judge(random, side)} .`,
    () => `the ${part} ${against} , but the ${work} ${judge(random, side)} .`,
    () => `the ${part} ${judge(random, side)} and the ${work} ${judge(random, side)} .`,
    () => `${a} and ${b}`,
  ];
  return pick(random, forms)().replace(/ +/g, " ");
}

/**
 * One SST-2 row, positive with chance 0.56.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { sst2 } from "./sentiment.ts";
 * sst2(createRandom(1))[0]?.label; // "1" or "0"
 * ```
 */
export function sst2(random: Random): SampleRow[] {
  const side = chance(random, 0.56) ? "good" : "bad";
  return [{
    first: review(random, side),
    second: "",
    label: side === "good" ? "1" : "0",
    note: "",
  }];
}
