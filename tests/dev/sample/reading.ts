/**
 * A reader of the sample's own sentences, written without the generator: it sees text only, finds
 * the words it knows and decides by rules of its own. The word lists are the world's.
 */

import { ANIMAL_ACTIONS, HUMAN_ACTIONS } from "../../../lib/dev/sample/actions.ts";
import { NOUNS, PLACES, SCALES, SYNONYMS, TIMES } from "../../../lib/dev/sample/words.ts";

/** What a sentence is found to say. */
interface Reading {
  readonly negated: boolean;
  readonly verb: string | undefined;
  /** Nouns in order of the active voice, each with its adjectives and number. */
  readonly nouns: readonly { word: string; adjectives: readonly string[]; count: string }[];
  readonly place: string | undefined;
  readonly times: readonly string[];
}

const canonical = new Map(Object.entries(SYNONYMS).map(([word, other]) => [other, word]));
const adjectives = new Map(
  Object.entries(SCALES).flatMap(([scale, words]) => words.map((word) => [word, scale] as const)),
);
const singular = new Map(
  Object.values(NOUNS).flatMap(({ word, plural }) => [
    [word.toLowerCase(), word],
    [plural.toLowerCase(), word],
  ]),
);
const verbs = new Map(
  [...HUMAN_ACTIONS, ...ANIMAL_ACTIONS].flatMap(({ base, past, participle, gerund }) =>
    [past, participle, gerund].map((form) => [form, base] as const)
  ),
);

/** The words of a text with one word for each thing. */
export function words(text: string): string[] {
  const plain = text.toLowerCase().replace(/[^a-z ]/g, " ").trim().split(/ +/);
  return plain.map((word) => canonical.get(word) ?? word);
}

function find(text: string, phrases: readonly string[]): string[] {
  return phrases.filter((phrase) => new RegExp(`\\b${phrase}\\b`, "i").test(text));
}

/** Reads one sentence; undefined for sentences of another make (quantifiers, company, order). */
export function read(sentence: string): Reading | undefined {
  const other =
    /\b(every|each|all of|some of|one of|no|than|while|and|saw|heard|met|knew|liked)\b/i;
  const roles = /\b(chased|helped|pushed|found|followed)\b/;
  const text = sentence.replace(
    /^(As [a-z ]+,|Well,|Yeah,|You know,|So,|Like I said,|In short,) /,
    "",
  );
  if (other.test(text) || (roles.test(text) && /^the/i.test(text) && / the \w+\.$/.test(text))) {
    return undefined;
  }
  const place = find(text, Object.keys(PLACES)).sort((a, b) => b.length - a.length)[0];
  const times = find(text, TIMES.map(({ phrase }) => phrase));
  const bare = [place, ...times].reduce<string>(
    (left, phrase) => phrase ? left.replace(new RegExp(`\\b${phrase}\\b`, "i"), "") : left,
    text,
  );
  const tokens = words(bare);
  const after = tokens[tokens.indexOf("not") + 1];
  const verb = tokens.map((token) => verbs.get(token)).find((it) => it) ??
    (tokens.includes("did") ? after : undefined);
  // "Cook" after "did not" is no noun.
  const start = tokens.includes("did") ? tokens.indexOf("not") + 1 : -1;
  const found = tokens.flatMap((token, i) => {
    const word = i === start ? undefined : singular.get(token);
    return word ? [nounAt(tokens, i, word)] : [];
  });
  const nouns = tokens.includes("by") ? [...found.slice(1), found[0]!] : found;
  const last = tokens.at(-1)!;
  if (adjectives.has(last) && nouns[0]) {
    nouns[0] = { ...nouns[0], adjectives: [...nouns[0].adjectives, last] };
  }
  return { negated: tokens.includes("not"), verb, nouns, place, times };
}

function nounAt(tokens: readonly string[], at: number, word: string) {
  const found: string[] = [];
  let i = at - 1;
  for (; i >= 0 && adjectives.has(tokens[i]!); i--) found.push(tokens[i]!);
  const count = tokens[i] ?? "";
  const several = tokens[at] !== word || word === "sheep";
  const counts = several ? ["two", "three", "four", "some"] : ["two", "three", "four"];
  return { word, adjectives: found, count: counts.includes(count) ? count : "" };
}

type Verdict = "yes" | "no" | "open";

const kinds = (word: string) => NOUNS[word]?.kinds ?? [];

function compareNouns(said: string, asked: string): Verdict {
  if (said === asked || kinds(said).includes(asked)) return "yes";
  return kinds(asked).includes(said) ? "open" : "no";
}

function compareAdjectives(said: readonly string[], asked: readonly string[]): Verdict {
  const verdicts = asked.map((word): Verdict => {
    if (said.includes(word)) return "yes";
    const scale = (it: string) => Object.values(SCALES).find((all) => all.includes(it));
    return said.some((it) => scale(it) === scale(word)) ? "no" : "open";
  });
  return worst(verdicts);
}

function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes("no") ? "no" : verdicts.includes("open") ? "open" : "yes";
}

function comparePlaces(said: string | undefined, asked: string | undefined): Verdict {
  if (!asked || said === asked) return "yes";
  if (!said) return "open";
  const sameSide = PLACES[said]!.side === PLACES[asked]!.side;
  if (sameSide && asked === PLACES[asked]!.side) return "yes";
  return sameSide && said === PLACES[said]!.side ? "open" : "no";
}

function compareTimes(said: readonly string[], asked: readonly string[]): Verdict {
  const clock = (phrase: string) => TIMES.find((time) => time.phrase === phrase)!.clock;
  return worst(asked.map((time): Verdict => {
    if (said.includes(time)) return "yes";
    return said.some((other) => clock(other) === clock(time)) ? "no" : "open";
  }));
}

function compareAll(said: Reading, asked: Reading): Verdict {
  const verdicts = [comparePlaces(said.place, asked.place), compareTimes(said.times, asked.times)];
  if (asked.verb) verdicts.push(!said.verb ? "open" : said.verb === asked.verb ? "yes" : "no");
  // "The horse was brown" is about whichever noun of the premise is a horse.
  const about = !asked.verb && asked.nouns.length === 1
    ? said.nouns.findIndex(({ word }) => compareNouns(word, asked.nouns[0]!.word) === "yes")
    : 0;
  asked.nouns.forEach((noun, i) => {
    const known = said.nouns[i + Math.max(about, 0)];
    if (!known) return verdicts.push("open");
    verdicts.push(compareNouns(known.word, noun.word));
    verdicts.push(compareAdjectives(known.adjectives, noun.adjectives));
    if (noun.count !== known.count) {
      verdicts.push(noun.count === "some" ? "yes" : known.count === "some" ? "open" : "no");
    }
  });
  return worst(verdicts);
}

/**
 * The label of a pair as the reader sees it; undefined where it cannot read one of the sentences.
 */
export function judge(premise: string, hypothesis: string): string | undefined {
  const [said, asked] = [read(premise), read(hypothesis)];
  if (!said || !asked || said.negated) return undefined;
  const verdict = compareAll(said, asked);
  if (verdict === "open") return "neutral";
  return (verdict === "yes") !== asked.negated ? "entailment" : "contradiction";
}
