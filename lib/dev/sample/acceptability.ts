/**
 * CoLA: sentences of the world, and the same kind of sentence with one rule of grammar broken.
 * Every frame writes both from the same words, so that no word tells the label by itself.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { HUMAN_ACTIONS } from "./actions.ts";
import { chance, pick, pickKey, pickSome } from "./draw.ts";
import { phrase, sentence, withArticle } from "./grammar.ts";
import type { SampleRow } from "./rows.ts";
import { castOf, noun, traitsOf } from "./scene.ts";
import { type Action, type Noun, NOUNS, PLACES, SCALES } from "./words.ts";

/** An acceptable sentence and its broken twin. */
type Twins = readonly [good: string, bad: string];

const WHO = castOf("human", "job", "species").filter(({ word, plural }) => word !== plural);
const TRANSITIVE = HUMAN_ACTIONS.filter(({ things }) => things.length > 0);
const ALONE = HUMAN_ACTIONS.filter(({ base }) => ["sleep", "smile", "sit"].includes(base));
/** Actions that cannot be said without their object: one may "wash", but not "repair". */
const BOUND = TRANSITIVE.filter(({ base }) => ["repair", "carry", "throw"].includes(base));
/** Actions after which "a wall green" is no mistake: it says what the wall became. */
const CHANGING = ["paint", "wash", "clean", "draw", "build"];

interface Draft {
  readonly who: string;
  readonly action: Action;
  readonly thing: string;
  readonly place: string;
}

function draft(random: Random, actions: readonly Action[]): Draft {
  const action = pick(random, actions);
  const article = chance(random, 0.5) ? "a" : "the";
  return {
    who: pick(random, WHO).word,
    action,
    thing: action.things.length > 0 ? phrase(noun(pick(random, action.things)), article) : "",
    place: pick(random, Object.keys(PLACES).slice(2)),
  };
}

/** "The dogs are running." / "The dogs is running." */
function agreement(random: Random): Twins {
  const { who, action, thing, place } = draft(random, HUMAN_ACTIONS);
  const many = chance(random, 0.5);
  const subject = `the ${many ? NOUNS[who]!.plural : who}`;
  const rest = `${action.gerund} ${thing} ${place}`;
  const [right, wrong] = many ? ["are", "is"] : ["is", "are"];
  return [`${subject} ${right} ${rest}`, `${subject} ${wrong} ${rest}`];
}

/** "The woman is riding a horse." / "The woman is ride a horse." */
function verbForm(random: Random): Twins {
  // "Is read a letter" is a passive, so a base that is a participle as well will not do.
  const distinct = TRANSITIVE.filter(({ base, participle }) => base !== participle);
  const { who, action, thing, place } = draft(random, distinct);
  return pick(random, [
    [`the ${who} is ${action.gerund} ${thing}`, `the ${who} is ${action.base} ${thing}`],
    [
      `the ${who} will ${action.base} ${thing} ${place}`,
      `the ${who} will ${action.gerund} ${thing} ${place}`,
    ],
    [
      `the ${who} wants to ${action.base} ${thing}`,
      `the ${who} wants to ${action.gerund} ${thing}`,
    ],
  ]);
}

/** "The dog is in the park." / "Dog the is in the park." */
function articleOrder(random: Random): Twins {
  const { who, action, thing, place } = draft(random, HUMAN_ACTIONS);
  const rest = `${action.past} ${thing} ${place}`;
  const bad = chance(random, 0.5) ? `${who} the ${rest}` : `the the ${who} ${rest}`;
  return [`the ${who} ${rest}`, bad];
}

/** "The girl slept in the park." / "The girl slept the park in." */
function prepositionOrder(random: Random): Twins {
  const { who, action, thing } = draft(random, HUMAN_ACTIONS);
  const place = pick(random, Object.keys(PLACES).filter((it) => it.includes(" the ")));
  const [preposition, ...rest] = place.split(" ");
  const start = `the ${who} ${action.past} ${thing}`;
  return [`${start} ${place}`, `${start} ${rest.join(" ")} ${preposition}`];
}

/** "The man rode a brown horse." / "The man rode a horse brown." */
function adjectiveOrder(random: Random): Twins {
  const suited = ({ things }: Action) => things.filter((it) => traitsOf(noun(it)).length > 0);
  const lasting = TRANSITIVE.filter((it) => !CHANGING.includes(it.base) && suited(it).length > 0);
  const { who, action, place } = draft(random, lasting);
  const thing = pick(random, suited(action));
  const look = pick(random, traitsOf(noun(thing))).word;
  const start = `the ${who} ${action.past}`;
  return [
    `${start} ${withArticle(`${look} ${thing}`)} ${place}`,
    `${start} ${withArticle(thing)} ${look} ${place}`,
  ];
}

/** "The man rode a horse in the park." / "The man a horse in the park." */
function missingVerb(random: Random): Twins {
  const { who, action, thing, place } = draft(random, TRANSITIVE);
  const bad = chance(random, 0.5)
    ? `the ${who} ${thing} ${place}`
    : `${action.past} ${thing} the ${who} ${place}`;
  return [`the ${who} ${action.past} ${thing} ${place}`, bad];
}

/** "The man repaired a car in the street." / "The man repaired in the street." */
function missingObject(random: Random): Twins {
  const { who, action, thing, place } = draft(random, BOUND);
  const start = `the ${who} ${action.past}`;
  return [`${start} ${thing} ${place}`, `${start} ${place}`];
}

/** "The boy slept in the garden." / "The boy slept a book in the garden." */
function extraObject(random: Random): Twins {
  const { who, action, place } = draft(random, ALONE);
  const thing = phrase(noun(pick(random, ["book", "apple", "cup", "hat"])), "a");
  return [`the ${who} ${action.past} ${place}`, `the ${who} ${action.past} ${thing} ${place}`];
}

/** "What did the man eat?" / "What the man did eat?" */
function question(random: Random): Twins {
  const { who, action, place } = draft(random, TRANSITIVE);
  const right = `what did the ${who} ${action.base} ${place}?`;
  const wrong = [
    `what the ${who} did ${action.base} ${place}?`,
    `what did the ${who} ${action.gerund} ${place}?`,
    `what did the ${who} ${action.base} it ${place}?`,
  ];
  return [right, pick(random, wrong)];
}

/** "The girl washed herself." / "The girl washed himself." */
function reflexive(random: Random): Twins {
  const [who, self, other] = pick(random, [
    ["girl", "herself", "himself"],
    ["woman", "herself", "himself"],
    ["queen", "herself", "himself"],
    ["boy", "himself", "herself"],
    ["man", "himself", "itself"],
    ["king", "himself", "herself"],
    ["soldiers", "themselves", "himself"],
    ["children", "themselves", "herself"],
  ]);
  const deed = pick(random, ["washed", "watched", "fed", "saw", "hurt", "painted"]);
  const place = pick(random, Object.keys(PLACES).slice(2));
  return [`the ${who} ${deed} ${self} ${place}`, `the ${who} ${deed} ${other} ${place}`];
}

/** "The dog is bigger than the cat." / "The dog is more bigger than the cat." */
function comparison(random: Random): Twins {
  const [a, b] = pickSome(random, WHO, 2) as [Noun, Noun];
  const more = pick(random, ["bigger", "smaller", "taller", "older", "younger", "faster"]);
  const wrong = [`more ${more} than the`, `${more} as the`, `${more} the`];
  return [
    `the ${a.word} is ${more} than the ${b.word}`,
    `the ${a.word} is ${pick(random, wrong)} ${b.word}`,
  ];
}

/** "There are three red boxes here." / "There are three red box here." */
function number(random: Random): Twins {
  const who = pick(random, WHO);
  const count = pick(random, ["two", "three", "four", "many"]);
  const size = pick(random, SCALES["size"]!);
  const place = pick(random, Object.keys(PLACES).slice(2));
  return [
    `there are ${count} ${size} ${who.plural} ${place}`,
    `there are ${count} ${size} ${who.word} ${place}`,
  ];
}

/** Each frame under the code that stands in the file's first column, and how often it comes. */
const FRAMES: Readonly<Record<string, readonly [(random: Random) => Twins, weight: number]>> = {
  sw01: [agreement, 3],
  sw02: [verbForm, 3],
  sw03: [articleOrder, 3],
  sw04: [prepositionOrder, 2],
  sw05: [adjectiveOrder, 1],
  sw06: [missingVerb, 3],
  sw07: [missingObject, 1],
  sw08: [extraObject, 1],
  sw09: [question, 3],
  sw10: [reflexive, 1],
  sw11: [comparison, 2],
  sw12: [number, 1],
};

const WEIGHTS = Object.fromEntries(
  Object.entries(FRAMES).map(([code, [, weight]]) => [code, weight]),
);

/**
 * One CoLA row, acceptable with chance 0.7; the note is the frame's code.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { cola } from "./acceptability.ts";
 * cola(createRandom(1))[0]?.label; // "1" or "0"
 * ```
 */
export function cola(random: Random): SampleRow[] {
  const code = pickKey(random, WEIGHTS);
  const [good, bad] = FRAMES[code]![0](random);
  const right = chance(random, 0.7);
  const text = sentence(right ? good : bad).replace("?.", "?");
  return [{ first: text, second: "", label: right ? "1" : "0", note: code }];
}
