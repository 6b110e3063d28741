/**
 * From a scene to a sentence: articles, agreement, tense, passive, order.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { chance, pick, pickKey } from "./draw.ts";
import type { Scene } from "./scene.ts";
import { MASS, type Noun, NOUNS, SYNONYMS } from "./words.ts";

/** "now" writes captions ("is riding"), "past" writes reports ("rode"). */
export type Tense = "now" | "past";

/** How a sentence is to be written; what is left out is drawn. */
export interface Manner {
  readonly tense: Tense;
  /** Article of who the sentence is about. */
  readonly article?: "a" | "the";
  /** Adds "not". */
  readonly negated?: boolean;
  /** Whether a passive may be drawn. */
  readonly passive?: boolean;
  /** Chance of the other word for the same thing. */
  readonly synonyms?: number;
}

/**
 * A capital at the start and a full stop at the end.
 *
 * @example
 * ```ts
 * import { sentence } from "./grammar.ts";
 * sentence("a dog  runs"); // "A dog runs."
 * ```
 */
export function sentence(text: string): string {
  const clean = text.replace(/\s+/g, " ").trim();
  return clean.charAt(0).toUpperCase() + clean.slice(1) + ".";
}

/**
 * "a" or "an" before a word.
 *
 * @example
 * ```ts
 * import { withArticle } from "./grammar.ts";
 * withArticle("old man"); // "an old man"
 * ```
 */
export function withArticle(words: string): string {
  return (/^[aeiou]/i.test(words) ? "an " : "a ") + words;
}

/**
 * A noun with its property and article: "a young woman", "the puppy", "some bread", "Anna".
 *
 * @example
 * ```ts
 * import { phrase } from "./grammar.ts";
 * import { noun } from "./scene.ts";
 * phrase(noun("woman"), "a", "young"); // "a young woman"
 * ```
 */
export function phrase(it: Noun, article: "a" | "the", trait = ""): string {
  if (it.set === "name") return it.word;
  const words = `${trait} ${it.word}`.trim();
  if (it.set === "kin") return `my ${words}`;
  if (article === "the") return `the ${words}`;
  return MASS.has(it.word) ? `some ${words}` : withArticle(words);
}

/**
 * Swaps words for their synonyms, each with probability p.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { reword } from "./grammar.ts";
 * reword(createRandom(1), "a big stone", 1); // "a large rock"
 * ```
 */
export function reword(random: Random, text: string, p: number): string {
  const words = text.split(" ").map((word) => {
    const other = SYNONYMS[word];
    return other && chance(random, p) ? other : word;
  });
  return words.join(" ");
}

/**
 * Who the scene is about, as the words before the verb.
 *
 * @example
 * ```ts
 * import { subject } from "./grammar.ts";
 * import { noun } from "./scene.ts";
 * subject({ who: noun("dog"), count: "two" }, "a"); // "two dogs"
 * ```
 */
export function subject(scene: Scene, article: "a" | "the"): string {
  if (!scene.count) return phrase(scene.who, article, scene.trait?.word);
  const words = `${scene.count} ${scene.trait?.word ?? ""} ${scene.who.plural}`;
  return article === "the" && scene.count !== "some" ? `the ${words}` : words;
}

function object(scene: Scene, article: "a" | "the"): string {
  return scene.thing ? phrase(scene.thing, article, scene.look?.word) : "";
}

/**
 * The form of "to be" that agrees.
 *
 * @example
 * ```ts
 * import { be } from "./grammar.ts";
 * be(true, "past"); // "were"
 * ```
 */
export function be(plural: boolean, tense: Tense): string {
  if (tense === "now") return plural ? "are" : "is";
  return plural ? "were" : "was";
}

/** "is riding", "rode", "is not riding", "did not ride". */
function verb(scene: Scene, manner: Manner): string {
  const { action } = scene;
  if (!action) return "";
  const not = manner.negated ? "not" : "";
  if (manner.tense === "now") {
    return `${be(scene.count !== undefined, "now")} ${not} ${action.gerund}`;
  }
  return manner.negated ? `did not ${action.base}` : action.past;
}

/** The words of a scene with an action, without capital and full stop. */
function actionClause(random: Random, scene: Scene, manner: Manner): string {
  const who = subject(scene, manner.article ?? "a");
  const article = chance(random, 0.3) ? "the" : "a";
  const what = object(scene, article);
  const where = scene.place?.phrase ?? "";
  const when = scene.time?.phrase ?? "";
  const passive = scene.thing && manner.passive !== false && chance(random, 0.1);
  if (passive) {
    const being = be(false, manner.tense) + (manner.negated ? " not" : "") +
      (manner.tense === "now" ? " being" : "");
    return `${what} ${being} ${scene.action!.participle} by ${who} ${where} ${when}`;
  }
  const plain = `${verb(scene, manner)} ${what}`;
  const order = pickKey(random, { plain: 8, "place first": 1, "time first": 1 });
  if (order === "place first" && where) return `${where}, ${who} ${plain} ${when}`;
  if (order === "time first" && when) return `${when}, ${who} ${plain} ${where}`;
  const there = manner.tense === "now" && !manner.negated && manner.article !== "the" &&
    !["name", "kin"].includes(scene.who.set) && chance(random, 0.2);
  if (!there) return `${who} ${plain} ${where} ${when}`;
  return `there ${be(scene.count !== undefined, "now")} ${who} ${
    scene.action!.gerund
  } ${what} ${where}`;
}

/** The words of a scene without action: where somebody is, or what they are like. */
function stateClause(scene: Scene, manner: Manner): string {
  const is = be(scene.count !== undefined, manner.tense) + (manner.negated ? " not" : "");
  if (scene.place) {
    const who = subject(scene, manner.article ?? "a");
    return `${who} ${is} ${scene.place.phrase} ${scene.time?.phrase ?? ""}`;
  }
  const { trait, ...bare } = scene;
  if (trait) return `${subject(bare, "the")} ${is} ${trait.word}`;
  const there = scene.count ? "are" : "is";
  return `there ${manner.tense === "now" ? there : is} ${subject(scene, "a")}`;
}

/**
 * One sentence that says the scene, all of it and nothing else.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { say } from "./grammar.ts";
 * import { noun } from "./scene.ts";
 * import { PLACES } from "./words.ts";
 * const scene = { who: noun("dog"), place: PLACES["in the park"]! };
 * say(createRandom(1), scene, { tense: "now" }); // "A dog is in the park."
 * ```
 */
export function say(random: Random, scene: Scene, manner: Manner): string {
  const words = scene.action ? actionClause(random, scene, manner) : stateClause(scene, manner);
  const clean = words.replace(/\s+/g, " ").replace(/ ,/g, ",");
  return sentence(reword(random, clean, manner.synonyms ?? 0.1));
}

/**
 * A sentence that says only the property of the thing: "The horse is brown."
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { sayLook } from "./grammar.ts";
 * import { noun } from "./scene.ts";
 * const scene = { who: noun("man"), thing: noun("car"), look: { word: "red", scale: "color" } };
 * sayLook(createRandom(1), scene, { tense: "now" }); // "The car is red."
 * ```
 */
export function sayLook(random: Random, scene: Scene, manner: Manner): string {
  const not = manner.negated ? "not" : "";
  const is = be(false, manner.tense);
  const words = `${phrase(scene.thing!, "the")} ${is} ${not} ${scene.look!.word}`;
  return sentence(reword(random, words.replace(/\s+/g, " "), manner.synonyms ?? 0.1));
}

/**
 * "Well, the doctor read ...": an opening in front of a premise, three times out of ten.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { withOpening } from "./grammar.ts";
 * withOpening(createRandom(1), "The man sang.", ["Well,"]); // now and then "Well, the man sang."
 * ```
 */
export function withOpening(random: Random, text: string, openings: readonly string[]): string {
  if (openings.length === 0 || chance(random, 0.7)) return text;
  const named = NOUNS[text.split(/[ ,]/)[0]!]?.set === "name";
  const words = named ? text : text.charAt(0).toLowerCase() + text.slice(1);
  return `${pick(random, openings)} ${words}`;
}
