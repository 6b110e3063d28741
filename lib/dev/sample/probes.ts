/**
 * Natural language inference about scenes. For one hypothesis three premises are written, one for
 * each label, so that the hypothesis alone never tells the label: a field of the hypothesis (the
 * probe) is kept, changed or left out in the premise, and other details are added at random.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { chance, pick, pickKey } from "./draw.ts";
import { say, sayLook, withOpening } from "./grammar.ts";
import {
  type Cast,
  castOf,
  type Count,
  drawScene,
  fitting,
  infer,
  type Inference,
  isClear,
  noun,
  relateNouns,
  type Scene,
  traitsOf,
} from "./scene.ts";
import type { Style } from "./styles.ts";
import { type Noun, PLACES, TIMES } from "./words.ts";

/** The field that decides. */
export type Probe = "who" | "count" | "trait" | "action" | "thing" | "look" | "place" | "time";

/** A premise and a hypothesis with their label. */
export interface Judged {
  readonly premise: string;
  readonly hypothesis: string;
  readonly label: Inference;
}

/** Pairs that share a hypothesis, one for each label, and what decides them. */
export interface Triple {
  readonly pairs: readonly Judged[];
  readonly probe: string;
  readonly negated: boolean;
}

const PROBES: Readonly<Record<Probe, number>> = {
  who: 3,
  count: 2,
  trait: 2,
  action: 4,
  thing: 2,
  look: 2,
  place: 4,
  time: 3,
};

/** Chance of "not" in hypotheses. */
const NEGATED = 0.08;

/** Draws a scene and the field that is to decide until the two go together. */
function drawProbe(random: Random, cast: Cast): [Probe, Scene] {
  const { time, count, ...always } = PROBES;
  const weights = {
    ...always,
    ...(cast.timed ? { time } : {}),
    ...(cast.many > 0 ? { count } : {}),
  } as Record<Probe, number>;
  while (true) {
    const probe = pickKey(random, weights);
    const scene = drawScene(random, probe === "count" ? { ...cast, many: 1 } : cast);
    if (probe === "who" && (scene.who.set === "name" || scene.who.set === "kin")) continue;
    if (probe === "thing" && !(scene.thing && broader(scene.thing))) continue;
    if (scene[probe]) return [probe, scene];
  }
}

/** The nearest kind above a noun, or undefined at the top. */
function broader(it: Noun): Noun | undefined {
  return it.kinds[0] === undefined ? undefined : noun(it.kinds[0]);
}

/** The statement to judge: who, and the field that decides, with or without what they do. */
function ask(random: Random, scene: Scene, probe: Probe): Scene {
  const { who, count, action, thing } = scene;
  const doing = { ...(action ? { action } : {}), ...(thing ? { thing } : {}) };
  const base = { who, ...(count ? { count } : {}) };
  // A probe of "who" or "thing" must not also be made broader below, or nothing would be open.
  const kind = probe === "who" ? undefined : broader(who);
  const subject = kind && !count && chance(random, 0.15) ? { ...base, who: kind } : base;
  switch (probe) {
    case "trait":
      return { ...subject, trait: scene.trait!, ...(chance(random, 0.5) ? doing : {}) };
    case "look":
      return { ...subject, ...doing, look: scene.look! };
    case "place": {
      // The place itself, or only that it is inside or outside.
      const place = chance(random, 0.2) ? PLACES[scene.place!.side]! : scene.place!;
      return { ...subject, place, ...(chance(random, 0.5) ? doing : {}) };
    }
    case "time":
      return { ...subject, time: scene.time!, ...doing };
    default:
      return { ...subject, ...doing };
  }
}

/**
 * The scene with one field changed to something that cannot hold as well.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { change } from "./probes.ts";
 * import { noun } from "./scene.ts";
 * import { CAPTION } from "./styles.ts";
 * change(createRandom(1), { who: noun("man") }, "who", CAPTION.cast).who.word; // another human
 * ```
 */
export function change(random: Random, scene: Scene, probe: Probe, cast: Cast): Scene {
  if (probe === "action") return otherAction(random, scene, cast);
  const changes = {
    who: () => {
      const others = castOf(scene.who.set);
      return {
        who: pick(random, others.filter((it) => relateNouns(it, scene.who) === "excludes")),
      };
    },
    count: () => ({ count: pick(random, ["two", "three", "four"] as const) as Count }),
    trait: () => ({ trait: pick(random, traitsOf(scene.who)) }),
    thing: () => ({ thing: noun(pick(random, scene.action!.things)) }),
    look: () => ({ look: pick(random, traitsOf(scene.thing!)) }),
    place: () => ({ place: PLACES[pick(random, Object.keys(PLACES).slice(2))]! }),
    time: () => ({ time: pick(random, TIMES) }),
  };
  return fitting({ ...scene, ...changes[probe]() });
}

/** The scene with another action and whatever that is done to. */
function otherAction(random: Random, scene: Scene, cast: Cast): Scene {
  const { thing: _thing, look: _look, ...still } = scene;
  // Only what is done in that place, or sentences would sound odd for one label only.
  const local = cast.actions.filter(({ places }) => places.includes(scene.place?.phrase ?? ""));
  const { action, thing, look } = drawScene(random, {
    ...cast,
    who: [scene.who],
    actions: local.length > 0 ? local : cast.actions,
  });
  return { ...still, action: action!, ...(thing ? { thing } : {}), ...(look ? { look } : {}) };
}

/** The scene with the field that decides left out or said only broadly. */
function open(scene: Scene, probe: Probe): Scene {
  if (probe === "who") return { ...scene, who: broader(scene.who)! };
  if (probe === "thing") return { ...scene, thing: broader(scene.thing!)! };
  if (probe === "count") return { ...scene, count: "some" };
  const dropped: readonly (keyof Scene)[] = probe === "action"
    ? ["action", "thing", "look"]
    : [probe];
  const rest = Object.entries(scene).filter(([field]) => !dropped.includes(field as keyof Scene));
  return Object.fromEntries(rest) as unknown as Scene;
}

/** A premise: all that the hypothesis says, and each other detail of the scene with chance 0.3. */
function enrich(random: Random, full: Scene, asked: Scene, probe: Probe): Scene {
  const keep = (field: keyof Scene) => asked[field] !== undefined || chance(random, 0.3);
  const { who, count, trait, action, thing, look, place, time } = full;
  // Without an action a place is needed to make a sentence.
  const doing = probe !== "place" && probe !== "trait" || asked.action !== undefined ||
    chance(random, 0.6);
  return {
    who,
    ...(count ? { count } : {}),
    ...(trait && keep("trait") ? { trait } : {}),
    ...(doing && action ? { action, ...(thing ? { thing } : {}) } : {}),
    ...(doing && thing && look && keep("look") ? { look } : {}),
    ...(place && (keep("place") || !doing || !action) ? { place } : {}),
    ...(time && keep("time") ? { time } : {}),
  };
}

const FLIPPED: Readonly<Record<Inference, Inference>> = {
  entailment: "contradiction",
  neutral: "neutral",
  contradiction: "entailment",
};

/** One premise scene for the wanted label; drawn again until the rules of the world agree. */
function premiseFor(
  random: Random,
  full: Scene,
  asked: Scene,
  probe: Probe,
  wanted: Inference,
  cast: Cast,
): Scene {
  for (let attempt = 0; attempt < 200; attempt++) {
    const changed = wanted === "contradiction" ? change(random, full, probe, cast) : full;
    const rich = enrich(random, changed, asked, probe);
    const scene = wanted === "neutral" ? open(rich, probe) : rich;
    const sayable = scene.action !== undefined || scene.place !== undefined;
    if (sayable && (wanted === "neutral" || isClear(scene)) && infer(scene, asked) === wanted) {
      return scene;
    }
  }
  throw new Error(
    `No premise found for a ${wanted} by "${probe}": the tables of words are too small`,
  );
}

function sayAsked(random: Random, asked: Scene, probe: Probe, style: Style, negated: boolean) {
  const { tense } = style;
  const article = tense === "past" || negated || chance(random, 0.4) ? "the" : "a";
  const manner = { tense, negated, article, passive: !negated } as const;
  return probe === "look" && chance(random, 0.6)
    ? sayLook(random, asked, manner)
    : say(random, asked, manner);
}

/**
 * Three pairs about one hypothesis, labels entailment, neutral and contradiction.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { sceneTriple } from "./probes.ts";
 * import { CAPTION } from "./styles.ts";
 * sceneTriple(createRandom(1), CAPTION).pairs.length; // 3
 * ```
 */
export function sceneTriple(random: Random, style: Style): Triple {
  const [probe, full] = drawProbe(random, style.cast);
  const asked = ask(random, full, probe);
  // "Not" denies all that is said, so it goes only with statements where one field can fail.
  const negated = ["trait", "action", "look", "place"].includes(probe) && chance(random, NEGATED);
  const hypothesis = sayAsked(random, asked, probe, style, negated);
  const pairs = (["entailment", "neutral", "contradiction"] as const).map((wanted) => {
    const scene = premiseFor(random, full, asked, probe, wanted, style.cast);
    const article = style.tense === "past" ? "the" : chance(random, 0.15) ? "the" : "a";
    const premise = say(random, scene, { tense: style.tense, article });
    return {
      premise: withOpening(random, premise, style.openings),
      hypothesis,
      label: negated ? FLIPPED[wanted] : wanted,
    };
  });
  return { pairs, probe, negated };
}
