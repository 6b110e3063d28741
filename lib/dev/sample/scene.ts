/**
 * A scene is what one sentence says: who, how many, doing what, to what, where, when. A field that
 * is absent is not said. Two sentences of a pair speak of the same scene, and the rules of the
 * world decide what follows: one action, one place and one color at a time, kinds above nouns.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { chance, pick } from "./draw.ts";
import {
  type Action,
  type Noun,
  NOUNS,
  PLACES,
  type SamplePlace,
  SCALES,
  SUITS,
  type Time,
  TIMES,
  type Trait,
} from "./words.ts";

/** How many there are; "some" leaves it open. */
export type Count = "two" | "three" | "four" | "some";

/** What one sentence says about the scene. */
export interface Scene {
  readonly who: Noun;
  readonly count?: Count;
  readonly trait?: Trait;
  readonly action?: Action;
  readonly thing?: Noun;
  /** A property of the thing. */
  readonly look?: Trait;
  readonly place?: SamplePlace;
  readonly time?: Time;
}

/** What a premise means for one statement: it follows, it cannot be, or it is left open. */
export type SceneRelation = "entails" | "excludes" | "open";

/** The three labels of natural language inference. */
export type Inference = "entailment" | "neutral" | "contradiction";

/** Who is in the scenes, and what they do. */
export interface Cast {
  readonly who: readonly Noun[];
  readonly actions: readonly Action[];
  /** Chance that there are several. */
  readonly many: number;
  /** Whether the scene has a time. */
  readonly timed: boolean;
}

/**
 * The noun of a word; throws when the world has none, which is a defect of its tables.
 *
 * @example
 * ```ts
 * import { noun } from "./scene.ts";
 * noun("puppy").kinds; // ["dog", "animal"]
 * ```
 */
export function noun(word: string): Noun {
  const found = NOUNS[word];
  if (!found) throw new Error(`The small world has no noun "${word}": add it to words.ts`);
  return found;
}

/**
 * Properties that suit a noun.
 *
 * @example
 * ```ts
 * import { noun, traitsOf } from "./scene.ts";
 * traitsOf(noun("cup")).length; // 6 colors
 * ```
 */
export function traitsOf(it: Noun): Trait[] {
  const scales = [it.word, ...it.kinds, it.set].map((key) => SUITS[key]).find((s) => s) ?? [];
  return scales.flatMap((scale) => SCALES[scale]!.map((word) => ({ word, scale })));
}

/**
 * Nouns of these sets, kinds such as "child" left out where something more exact exists.
 *
 * @example
 * ```ts
 * import { castOf } from "./scene.ts";
 * castOf("human").map(({ word }) => word); // ["man", "woman", "boy", "girl"]
 * ```
 */
export function castOf(...sets: readonly string[]): Noun[] {
  return Object.values(NOUNS).filter((it) => sets.includes(it.set) && it.word !== "child");
}

/**
 * A scene with every field that suits it.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { drawScene } from "./scene.ts";
 * import { CAPTION } from "./styles.ts";
 * drawScene(createRandom(1), CAPTION.cast).who.set; // "human"
 * ```
 */
export function drawScene(random: Random, cast: Cast): Scene {
  const who = pick(random, cast.who);
  const action = pick(random, cast.actions);
  const things = action.things.map(noun).filter((thing) => isClear({ who, thing }));
  const thing = things.length > 0 ? pick(random, things) : undefined;
  const many = chance(random, cast.many) && who.set !== "name" && who.set !== "kin";
  const traits = traitsOf(who);
  const looks = thing ? traitsOf(thing) : [];
  return {
    who,
    action,
    place: PLACES[pick(random, action.places)]!,
    ...(many ? { count: pick(random, ["two", "three", "four"] as const) } : {}),
    ...(traits.length > 0 ? { trait: pick(random, traits) } : {}),
    ...(thing ? { thing } : {}),
    ...(looks.length > 0 ? { look: pick(random, looks) } : {}),
    ...(cast.timed ? { time: pick(random, TIMES) } : {}),
  };
}

/**
 * Whether one can tell who from thing by their nouns; "a kitten is chasing a cat" is not clear.
 *
 * @example
 * ```ts
 * import { isClear, noun } from "./scene.ts";
 * isClear({ who: noun("kitten"), thing: noun("cat") }); // false
 * ```
 */
export function isClear({ who, thing }: Pick<Scene, "who" | "thing">): boolean {
  return !thing || relateNouns(who, thing) === "excludes" && relateNouns(thing, who) === "excludes";
}

/**
 * The scene without properties that do not suit its nouns: no "old boy".
 *
 * @example
 * ```ts
 * import { fitting, noun } from "./scene.ts";
 * fitting({ who: noun("boy"), trait: { word: "old", scale: "age" } }).trait; // undefined
 * ```
 */
export function fitting(scene: Scene): Scene {
  const { trait, look, ...rest } = scene;
  const suits = (it: Noun | undefined, property: Trait | undefined) =>
    it && property && traitsOf(it).some(({ word }) => word === property.word);
  return {
    ...rest,
    ...(trait && suits(scene.who, trait) ? { trait } : {}),
    ...(look && suits(scene.thing, look) ? { look } : {}),
  };
}

/**
 * Nouns: a kind follows from what is below it, and not the other way round.
 *
 * @example
 * ```ts
 * import { noun, relateNouns } from "./scene.ts";
 * relateNouns(noun("animal"), noun("puppy")); // "open"
 * ```
 */
export function relateNouns(said: Noun | undefined, asked: Noun | undefined): SceneRelation {
  if (!asked) return "entails";
  if (!said) return "open";
  if (said.word === asked.word || said.kinds.includes(asked.word)) return "entails";
  if (asked.kinds.includes(said.word)) return "open";
  const clash = lineage(said).some((x) =>
    lineage(asked).some((y) => x.set === y.set && !related(x, y))
  );
  const people = [said, asked].every((it) => lineage(it).some(({ word }) => word === "person"));
  return people && !clash ? "open" : "excludes";
}

/** A noun and its kinds: "doctor" and "man" may be the same one, "doctor" and "nurse" are not. */
function lineage(it: Noun): Noun[] {
  return [it, ...it.kinds.map(noun)];
}

function related(x: Noun, y: Noun): boolean {
  return x.word === y.word || x.kinds.includes(y.word) || y.kinds.includes(x.word);
}

function relateTraits(said: Trait | undefined, asked: Trait | undefined): SceneRelation {
  if (!asked) return "entails";
  if (!said || said.scale !== asked.scale) return "open";
  return said.word === asked.word ? "entails" : "excludes";
}

function relatePlaces(
  said: SamplePlace | undefined,
  asked: SamplePlace | undefined,
): SceneRelation {
  if (!asked) return "entails";
  if (!said) return "open";
  if (said.phrase === asked.phrase) return "entails";
  if (said.side !== asked.side) return "excludes";
  if (asked.phrase === asked.side) return "entails";
  return said.phrase === said.side ? "open" : "excludes";
}

function relateTimes(said: Time | undefined, asked: Time | undefined): SceneRelation {
  if (!asked) return "entails";
  if (!said || said.clock !== asked.clock) return "open";
  return said.phrase === asked.phrase ? "entails" : "excludes";
}

function relateCounts(said: Count | undefined, asked: Count | undefined): SceneRelation {
  if (said === asked) return "entails";
  if (!said || !asked) return "excludes";
  return asked === "some" ? "entails" : said === "some" ? "open" : "excludes";
}

function relateActions(said: Scene, asked: Scene): SceneRelation {
  if (!asked.action) return "entails";
  if (!said.action) return "open";
  if (said.action.base !== asked.action.base) return "excludes";
  return relateNouns(said.thing, asked.thing);
}

/**
 * What a premise means for a hypothesis about the same scene: contradiction where any field
 * excludes it, entailment where every field follows, neutral otherwise.
 *
 * @example
 * ```ts
 * import { infer, noun } from "./scene.ts";
 * infer({ who: noun("puppy") }, { who: noun("animal") }); // "entailment"
 * infer({ who: noun("animal") }, { who: noun("puppy") }); // "neutral"
 * ```
 */
export function infer(premise: Scene, hypothesis: Scene): Inference {
  const relations = [
    relateNouns(premise.who, hypothesis.who),
    relateCounts(premise.count, hypothesis.count),
    relateTraits(premise.trait, hypothesis.trait),
    relateActions(premise, hypothesis),
    relateTraits(premise.look, hypothesis.look),
    relatePlaces(premise.place, hypothesis.place),
    relateTimes(premise.time, hypothesis.time),
  ];
  if (relations.includes("excludes")) return "contradiction";
  return relations.includes("open") ? "neutral" : "entailment";
}
