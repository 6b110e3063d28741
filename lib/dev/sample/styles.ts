/**
 * Who and how of each kind of text: captions, and one style for each MNLI genre.
 *
 * @module
 */

import { ANIMAL_ACTIONS, HUMAN_ACTIONS } from "./actions.ts";
import type { Tense } from "./grammar.ts";
import { type Cast, castOf, noun } from "./scene.ts";

/** What a style of writing does to the sentences of a pair. */
export interface Style {
  readonly tense: Tense;
  readonly cast: Cast;
  /** Words that may open a premise and say nothing about the scene. */
  readonly openings: readonly string[];
}

const people = (words: string) => words.split(" ").map(noun);

function report(who: string, openings: readonly string[]): Style {
  return {
    tense: "past",
    cast: { who: people(who), actions: HUMAN_ACTIONS, many: 0.1, timed: true },
    openings,
  };
}

/** Captions with people: "A young woman is riding a brown horse on the beach." */
export const CAPTION: Style = {
  tense: "now",
  cast: { who: castOf("human"), actions: HUMAN_ACTIONS, many: 0.2, timed: false },
  openings: [],
};

/** Captions with animals: "Two dogs are running in the park." */
export const ANIMAL_CAPTION: Style = {
  tense: "now",
  cast: { who: castOf("species"), actions: ANIMAL_ACTIONS, many: 0.2, timed: false },
  openings: [],
};

/** The five genres of MNLI's training, matched dev and matched test rows. */
export const MATCHED: Readonly<Record<string, Style>> = {
  fiction: report("man woman boy girl Anna Maria Peter David", []),
  government: report("officer judge mayor soldier lawyer", ["As the report shows,"]),
  slate: report("writer singer actor artist reporter", ["As everyone knows,"]),
  telephone: report("brother sister mother", ["Well,", "Yeah,", "You know,"]),
  travel: report("tourist guide driver cook", ["As visitors will hear,"]),
};

/** The five genres that only MNLI's mismatched rows have. */
export const MISMATCHED: Readonly<Record<string, Style>> = {
  facetoface: report("neighbor Emma Thomas", ["So,", "Like I said,"]),
  letters: report("teacher student nurse doctor", ["As you know,"]),
  nineeleven: report("pilot guard officer", ["As the records show,"]),
  oup: report("king queen prince farmer", ["As history tells,"]),
  verbatim: report("poet scholar editor priest", ["In short,"]),
};
