/**
 * Questions: QNLI asks about one fact of a scene, QQP asks the same thing twice or not.
 *
 * @module
 */

import { HUMAN_ACTIONS } from "./actions.ts";
import type { Random } from "../../base/random.ts";
import { chance, pick, pickSome } from "./draw.ts";
import { phrase, reword, say, sentence, subject } from "./grammar.ts";
import type { SampleRow } from "./rows.ts";
import { type Cast, drawScene, noun, type Scene, traitsOf } from "./scene.ts";
import { MATCHED, MISMATCHED } from "./styles.ts";
import { type Action, SCALES } from "./words.ts";

/** The fact that a question is about. */
type Asked = "where" | "when" | "what" | "who" | "color";

const ask = (text: string) => sentence(text).replace(/\.$/, "?");

function question(random: Random, scene: Scene, asked: Asked): string {
  const { action, thing, place, time } = scene;
  const who = subject({ who: scene.who }, "the");
  const what = thing ? phrase(thing, "the") : "";
  const forms = {
    where: [
      `where did ${who} ${action!.base} ${what}`,
      `in which place did ${who} ${action!.base} ${what}`,
    ],
    when: time?.clock === "day"
      ? [
        `on which day did ${who} ${action!.base} ${what}`,
        `when did ${who} ${action!.base} ${what}`,
      ]
      : [
        `at what time did ${who} ${action!.base} ${what}`,
        `when did ${who} ${action!.base} ${what}`,
      ],
    what: [`what did ${who} ${action!.base}`, `what was it that ${who} ${action!.past}`],
    who: [`who ${action!.past} ${what}`, `who ${action!.past} ${what} ${place!.phrase}`],
    color: [`what color was ${what} that ${who} ${action!.past}`, `what was the color of ${what}`],
  };
  return ask(reword(random, pick(random, forms[asked]), 0.2));
}

/** What may be asked about a scene. */
function askable(scene: Scene): Asked[] {
  const asked: Asked[] = ["where", "when"];
  if (scene.thing) asked.push("what", "who");
  if (scene.look && SCALES["color"]!.includes(scene.look.word)) asked.push("color");
  return asked;
}

/** A sentence that answers: the fact asked for is kept, other details are left out at random. */
function answer(random: Random, scene: Scene, asked: Asked): string {
  const { place, time, look, trait: _trait, ...core } = scene;
  const kept = {
    ...core,
    ...(place && (asked === "where" || chance(random, 0.5)) ? { place } : {}),
    ...(time && (asked === "when" || chance(random, 0.5)) ? { time } : {}),
    ...(look && (asked === "color" || chance(random, 0.3)) ? { look } : {}),
  };
  return say(random, kept, { tense: "past", article: "the" });
}

/** A sentence about the same scene in which the fact asked for is missing. */
function evasion(random: Random, scene: Scene, asked: Asked): string {
  const { place, time, thing, look, action, ...core } = scene;
  const where = place ? { place } : {};
  const when = time ? { time } : {};
  const doing = { ...(action ? { action } : {}), ...(thing ? { thing } : {}) };
  if (asked === "what") {
    return say(random, { who: core.who, ...where, ...when }, { tense: "past", article: "the" });
  }
  if (asked === "who") {
    const end = pick(random, [`${place!.phrase} ${time!.phrase}`, place!.phrase, time!.phrase]);
    return sentence(`${phrase(thing!, "the")} was ${action!.participle} ${end}`);
  }
  const sizes = thing ? traitsOf(thing).filter(({ scale }) => scale === "size") : [];
  const size = sizes.length > 0 && chance(random, 0.5) ? { look: pick(random, sizes) } : {};
  const rest = {
    who: core.who,
    ...doing,
    ...(asked === "color" ? size : look && chance(random, 0.3) ? { look } : {}),
    ...(asked !== "where" && chance(random, 0.7) ? where : {}),
    ...(asked !== "when" && chance(random, 0.7) ? when : {}),
  };
  return say(random, rest, { tense: "past", article: "the" });
}

/** A scene about somebody else who does something else. */
function otherScene(random: Random, scene: Scene, cast: Cast): Scene {
  while (true) {
    const other = drawScene(random, { ...cast, many: 0 });
    if (other.who !== scene.who && other.action !== scene.action) return other;
  }
}

/**
 * Two QNLI rows: a question with a sentence that answers it and with one that does not.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { qnli } from "./questions.ts";
 * qnli(createRandom(1)).map(({ label }) => label); // ["entailment", "not_entailment"]
 * ```
 */
export function qnli(random: Random): SampleRow[] {
  const { cast } = pick(random, Object.values({ ...MATCHED, ...MISMATCHED }));
  const scene = drawScene(random, { ...cast, many: 0 });
  const asked = pick(random, askable(scene));
  const first = question(random, scene, asked);
  const wrong = chance(random, 0.3)
    ? answer(random, otherScene(random, scene, cast), pick(random, ["where", "when"]))
    : evasion(random, scene, asked);
  return [
    { first, second: answer(random, scene, asked), label: "entailment", note: asked },
    { first, second: wrong, label: "not_entailment", note: asked },
  ];
}

/** What people ask about an activity; within one aspect all forms ask the same. */
const ASPECTS: Readonly<Record<string, readonly string[]>> = {
  way: ["how can I", "how do I", "what is the best way to", "what is a good way to"],
  place: ["where can I", "where should I go to", "what is the best place to"],
  time: ["when should I", "what is the best time to", "what is a good time to"],
  reason: ["why should I", "why do people", "what is the reason to"],
  // Asked only about what one pays for.
  price: ["how much does it cost to", "how much money do I need to", "what is the price to"],
  length: ["how long does it take to", "how many hours does it take to"],
};

interface Topic {
  readonly action: Action;
  readonly thing: string;
  readonly look: string;
}

function drawTopic(random: Random): Topic {
  const action = pick(random, HUMAN_ACTIONS.filter(({ things }) => things.length > 1));
  const thing = pick(random, action.things);
  const looks = traitsOf(noun(thing));
  const look = looks.length > 0 && chance(random, 0.4) ? pick(random, looks).word : "";
  return { action, thing, look };
}

function askAbout(random: Random, aspect: string, topic: Topic): string {
  const what = phrase(noun(topic.thing), "a", topic.look);
  const text = `${pick(random, ASPECTS[aspect]!)} ${topic.action.base} ${what}`;
  return ask(reword(random, text, 0.4));
}

/** Actions that have a price. */
const PAID = ["buy", "repair", "build", "paint"];

/** Two different aspects that make sense for the action. */
function drawAspects(random: Random, { base }: Action): [string, string] {
  const fitting = Object.keys(ASPECTS).filter((it) => it !== "price" || PAID.includes(base));
  return pickSome(random, fitting, 2) as [string, string];
}

/**
 * One QQP row: two questions of one aspect and topic, or with one of the two changed.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { qqp } from "./questions.ts";
 * qqp(createRandom(1))[0]?.label; // "1" or "0"
 * ```
 */
export function qqp(random: Random): SampleRow[] {
  const topic = drawTopic(random);
  const [aspect, otherAspect] = drawAspects(random, topic.action);
  const same = chance(random, 0.37);
  const sameTopic = same || chance(random, 0.5);
  const otherThing = pick(random, topic.action.things.filter((it) => it !== topic.thing));
  const first = askAbout(random, aspect, topic);
  const again = () =>
    sameTopic
      ? askAbout(random, same ? aspect : otherAspect, topic)
      : askAbout(random, aspect, { ...topic, thing: otherThing, look: "" });
  let second = again();
  while (second === first) second = again();
  return [{ first, second, label: same ? "1" : "0", note: "" }];
}
