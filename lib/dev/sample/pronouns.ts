/**
 * WNLI: a pronoun that a rule of the world resolves. Each frame has two candidates and a turning
 * word that decides between them; both candidates are asked about, so the second sentence alone
 * never tells the label.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { pick, pickSome } from "./draw.ts";
import { phrase, sentence } from "./grammar.ts";
import type { SampleRow } from "./rows.ts";
import { noun } from "./scene.ts";

/** A text with a pronoun, its two candidates, and what is said of the pronoun under either turn. */
interface Puzzle {
  readonly text: (turn: string) => string;
  readonly candidates: readonly [string, string];
  /** Turning words: under turns[i] the pronoun is candidates[i]. */
  readonly turns: readonly [string, string];
  readonly claim: (candidate: string, turn: string) => string;
}

const the = (words: string) => words.split(" ").map((word) => phrase(noun(word), "the"));
const OBJECTS = the("ball doll book hat violin guitar cake");
const HOLDERS = the("box bag basket");
const ANIMALS = the("dog cat horse cow goat rabbit duck");
const VEHICLES = the("car truck bus motorcycle bicycle");
const MEN = ["Peter", "David", "Thomas"];
const WOMEN = ["Anna", "Maria", "Emma"];

const pair = (random: Random, from: readonly string[]) =>
  pickSome(random, from, 2) as [string, string];

/** Two people whom one pronoun may mean. */
function people(random: Random): { names: [string, string]; pronoun: string } {
  return random.integer(2) === 0
    ? { names: pair(random, MEN), pronoun: "he" }
    : { names: pair(random, WOMEN), pronoun: "she" };
}

const FRAMES: readonly ((random: Random) => Puzzle)[] = [
  (random) => {
    const candidates = [pick(random, OBJECTS), pick(random, HOLDERS)] as const;
    return {
      text: (turn) =>
        `${candidates[0]} did not fit into ${candidates[1]} because it was too ${turn}`,
      candidates,
      turns: pick(random, [["big", "small"], ["large", "little"]] as const),
      claim: (it, turn) => `${it} was too ${turn}`,
    };
  },
  (random) => {
    const { names: [a, b], pronoun } = people(random);
    return {
      text: (turn) => `${a} could not carry ${b} because ${pronoun} was too ${turn}`,
      candidates: [a, b],
      turns: ["weak", "heavy"],
      claim: (it, turn) => `${it} was too ${turn}`,
    };
  },
  (random) => {
    const { names: [a, b], pronoun } = people(random);
    return {
      text: (turn) => `${a} thanked ${b} because ${pronoun} had ${turn} help`,
      candidates: [a, b],
      turns: ["received", "given"],
      claim: (it, turn) => `${it} had ${turn} help`,
    };
  },
  (random) => {
    const { names: [a, b], pronoun } = people(random);
    const food = pick(random, ["an apple", "some bread", "a sandwich", "a banana"]);
    return {
      text: (turn) => `${a} gave ${b} ${food} because ${pronoun} was ${turn}`,
      candidates: [a, b],
      turns: ["not hungry", "hungry"],
      claim: (it, turn) => `${it} was ${turn}`,
    };
  },
  (random) => {
    const candidates = pair(random, ANIMALS);
    return {
      text: (turn) => `${candidates[0]} ran away from ${candidates[1]} because it was ${turn}`,
      candidates,
      turns: pick(random, [["afraid", "dangerous"], ["scared", "angry"]] as const),
      claim: (it, turn) => `${it} was ${turn}`,
    };
  },
  (random) => {
    const candidates = pair(random, VEHICLES);
    return {
      text: (turn) => `${candidates[0]} passed ${candidates[1]} because it was ${turn}`,
      candidates,
      turns: pick(random, [["fast", "slow"], ["faster", "slower"]] as const),
      claim: (it, turn) => `${it} was ${turn}`,
    };
  },
  (random) => {
    const candidates = [
      pick(random, ["the stone", "the rock"]),
      pick(random, the("window cup bottle")),
    ] as const;
    return {
      text: (turn) => `${candidates[0]} hit ${candidates[1]}, and then it was ${turn}`,
      candidates,
      turns: ["thrown again", "broken"],
      claim: (it, turn) => `${it} was ${turn}`,
    };
  },
  (random) => {
    const { names: [a, b], pronoun } = people(random);
    return {
      text: (turn) => `${a} asked ${b} a question, but ${pronoun} did not ${turn}`,
      candidates: [a, b],
      turns: ["get an answer", "give an answer"],
      claim: (it, turn) => `${it} did not ${turn}`,
    };
  },
];

/**
 * Two WNLI rows of one text: the right candidate with label 1, the wrong one with label 0.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { wnli } from "./pronouns.ts";
 * wnli(createRandom(1)).map(({ label }) => label); // ["1", "0"]
 * ```
 */
export function wnli(random: Random): SampleRow[] {
  const { text, candidates, turns, claim } = pick(random, FRAMES)(random);
  const right = random.integer(2) as 0 | 1;
  const first = sentence(text(turns[right]));
  const row = (candidate: string, label: string): SampleRow => ({
    first,
    second: sentence(claim(candidate, turns[right])),
    label,
    note: "",
  });
  return [row(candidates[right], "1"), row(candidates[1 - right]!, "0")];
}
