/**
 * Inference that is not about single facts: company, quantifiers, order of size, roles. As in
 * probes.ts each hypothesis gets one premise for each label.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { chance, pick, pickSome } from "./draw.ts";
import { phrase, sentence } from "./grammar.ts";
import type { Judged, Triple } from "./probes.ts";
import { noun } from "./scene.ts";
import type { Style } from "./styles.ts";
import { type Noun, PLACES } from "./words.ts";

/** The three premises of one hypothesis. */
function triple(probe: string, hypothesis: string, premises: readonly string[]): Triple {
  const labels = ["entailment", "neutral", "contradiction"] as const;
  const pairs: Judged[] = labels.map((label, i) => ({
    premise: sentence(premises[i]!),
    hypothesis: sentence(hypothesis),
    label,
  }));
  return { pairs, probe, negated: false };
}

const solo = (style: Style) => style.cast.actions.filter(({ things }) => things.length === 0);

const somewhere = (random: Random) => pick(random, Object.keys(PLACES).slice(2));

/** Two of a cast that are surely not the same one. */
function two(random: Random, cast: readonly Noun[]): [Noun, Noun] {
  while (true) {
    const [a, b] = pickSome(random, cast, 2) as [Noun, Noun];
    if (a.set === b.set && !a.kinds.includes(b.word) && !b.kinds.includes(a.word)) return [a, b];
  }
}

/**
 * "A man and a woman are dancing." / "A woman is dancing."
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { companyTriple } from "./logic.ts";
 * import { CAPTION } from "./styles.ts";
 * companyTriple(createRandom(1), CAPTION).pairs.length; // 3
 * ```
 */
export function companyTriple(random: Random, style: Style): Triple {
  const [a, b] = two(random, style.cast.who);
  const [x, y] = pickSome(random, solo(style), 2);
  const now = style.tense === "now";
  const article = now ? "a" : "the";
  const [A, B] = [phrase(a, article), phrase(b, article)];
  const where = chance(random, 0.5) ? somewhere(random) : "";
  const does = (z: typeof x) => (now ? `is ${z!.gerund}` : z!.past);
  const do_ = now ? `are ${x!.gerund}` : x!.past;
  const pair = chance(random, 0.5) ? `${A} and ${B}` : `${B} and ${A}`;
  const follows = chance(random, 0.6)
    ? `${pair} ${do_} ${where}`
    : `${A} ${does(x)} ${where} while ${B} ${does(y)}`;
  const denied = `${B} ${does(x)} ${where} while ${A} ${does(y)}`;
  const left = `${pair} ${now ? "are" : "were"} ${where || somewhere(random)}`;
  const asked = `${A} ${does(x)} ${chance(random, 0.3) ? where : ""}`;
  return triple("company", asked, [follows, left, denied]);
}

/**
 * "Every student in the hall is singing." / "Some of the students in the hall are singing."
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { quantityTriple } from "./logic.ts";
 * import { CAPTION } from "./styles.ts";
 * quantityTriple(createRandom(1), CAPTION).pairs.length; // 3
 * ```
 */
export function quantityTriple(random: Random, style: Style): Triple {
  const { word, plural } = pick(
    random,
    style.cast.who.filter(({ plural, word }) => plural !== word),
  );
  const [x, y] = pickSome(random, solo(style), 2).map(({ gerund }) => gerund) as [string, string];
  const where = somewhere(random);
  const now = style.tense === "now";
  const [is, are] = now ? ["is", "are"] : ["was", "were"];
  const all = pick(random, [
    (z: string) => `all of the ${plural} ${where} ${are} ${z}`,
    (z: string) => `every ${word} ${where} ${is} ${z}`,
  ]);
  const some = (z: string) => `some of the ${plural} ${where} ${are} ${z}`;
  const one = (z: string) => `one of the ${plural} ${where} ${is} ${z}`;
  const none = (z: string) => `no ${word} ${where} ${is} ${z}`;
  const forms: readonly (readonly [string, string, string, string])[] = [
    [all(x), `each ${word} ${where} ${is} ${x}`, some(x), one(y)],
    [some(x), all(x), `there ${are} some ${plural} ${where}`, none(x)],
    [none(x), all(y), some(y), one(x)],
  ];
  const [asked, ...premises] = pick(random, forms);
  return triple("quantity", asked, premises);
}

const ORDERS = [
  ["bigger", "smaller"],
  ["taller", "shorter"],
  ["older", "younger"],
  ["faster", "slower"],
  ["stronger", "weaker"],
] as const;

/**
 * "The horse is bigger than the dog." / "The dog is smaller than the horse."
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { orderTriple } from "./logic.ts";
 * import { CAPTION } from "./styles.ts";
 * orderTriple(createRandom(1), CAPTION).pairs.length; // 3
 * ```
 */
export function orderTriple(random: Random, style: Style): Triple {
  const [a, b] = two(random, style.cast.who).map((it) => phrase(it, "the")) as [string, string];
  const [[more, less], [other]] = pickSome(random, ORDERS, 2) as [
    readonly [string, string],
    readonly [string, string],
  ];
  const is = style.tense === "now" ? "is" : "was";
  const asked = `${a} ${is} ${more} than ${b}`;
  const turned = `${b} ${is} ${less} than ${a}`;
  const denied = pick(random, [`${b} ${is} ${more} than ${a}`, `${a} ${is} ${less} than ${b}`]);
  return triple("order", asked, [turned, `${a} ${is} ${other} than ${b}`, denied]);
}

const DEEDS = [
  ["chased", "saw"],
  ["helped", "met"],
  ["pushed", "heard"],
  ["found", "knew"],
  ["followed", "liked"],
] as const;

/**
 * "The dog chased the cat." / "The cat was chased by the dog."
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { roleTriple } from "./logic.ts";
 * import { CAPTION } from "./styles.ts";
 * roleTriple(createRandom(1), CAPTION).pairs.length; // 3
 * ```
 */
export function roleTriple(random: Random, style: Style): Triple {
  const [a, b] = two(random, style.cast.who).map((it) => phrase(it, "the")) as [string, string];
  const [deed, other] = pick(random, DEEDS);
  const where = chance(random, 0.5) ? somewhere(random) : "";
  const turned = `${b} was ${deed} by ${a} ${where}`;
  const open = `${a} ${other} ${b} ${where}`;
  const denied = pick(random, [`${b} ${deed} ${a} ${where}`, `${a} was ${deed} by ${b} ${where}`]);
  return chance(random, 0.5)
    ? triple("role", `${a} ${deed} ${b}`, [turned, open, denied])
    : triple("role", `${b} was ${deed} by ${a}`, [`${a} ${deed} ${b} ${where}`, open, denied]);
}

/** Persons and animals whose sizes and speeds can be compared. */
export const COMPARED: readonly Noun[] = "man woman boy girl dog cat horse cow sheep goat rabbit"
  .split(" ").map(noun);
