/**
 * SciTail: does a statement about nature follow from a longer one? Facts said in other words,
 * facts that a kind hands down to its members, and facts about something else.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { chance, pick, pickSome } from "./draw.ts";
import { type Fact, type FactKind, KNOWLEDGE } from "./facts.ts";
import { sentence } from "./grammar.ts";
import type { SampleRow } from "./rows.ts";

const OPENINGS = ["In fact,", "We know that", "It is known that", "Remember that", "As we learn,"];

/** "carry heat" to "carries heat". */
function third(doing: string): string {
  const [verb = "", ...rest] = doing.split(" ");
  const form = /(s|sh|ch|x)$/.test(verb) ? `${verb}es` : verb.replace(/([^aeiou])y$/, "$1ie") + "s";
  return [form, ...rest].join(" ");
}

/** All ways to say a fact; the first one is also right with a pronoun. */
function forms(subject: string, plural: boolean, { relation, value }: Fact): string[] {
  const [is, live, has, looks] = plural
    ? ["are", "live", "have", "look"]
    : ["is", "is present", "has", "looks"];
  switch (relation) {
    case "eat":
      return [
        `${subject} eat ${value}`,
        `${subject} feed on ${value}`,
        `the food of ${subject} is ${value}`,
      ];
    case "home":
      return [
        `${subject} ${is} found in ${value}`,
        `${subject} ${live} in ${value}`,
        `people find ${subject} in ${value}`,
      ];
    case "have":
      return [`${subject} ${has} ${value}`, `${subject} always ${has} ${value}`];
    case "can":
      return [
        `${subject} ${plural ? value : third(value)}`,
        `${subject} can ${value}`,
        `${subject} ${is} able to ${value}`,
      ];
    case "use":
      return [
        `${subject} ${is} used for ${value}`,
        `people use ${subject} for ${value}`,
        `${subject} ${is} good for ${value}`,
      ];
    case "look":
      return [`${subject} ${is} ${value}`, `${subject} ${looks} ${value}`];
  }
}

/** A member of a kind with what is known of both. */
interface Subject {
  readonly name: string;
  readonly kind: FactKind;
  readonly own: readonly Fact[];
}

const SUBJECTS: readonly Subject[] = KNOWLEDGE.flatMap((kind) =>
  [...kind.members].map(([name, own]) => ({ name, kind, own }))
);

/** Two facts of one subject in one sentence, in either order. */
function joined(random: Random, it: Subject, facts: readonly Fact[]): string {
  const [one, two] = random.shuffle(facts) as [Fact, Fact];
  const { plural } = it.kind;
  const rest = forms(plural ? "they" : "it", plural, two)[0];
  return `${pick(random, forms(it.name, plural, one))}, and ${rest}`;
}

/** "All mammals breathe air, and whales are mammals." */
function handedDown(random: Random, it: Subject, fact: Fact, of: FactKind): string {
  const general = pick(random, forms(`all ${of.kind}`, true, fact));
  const belongs = `${it.name} ${
    it.kind.plural ? `are ${it.kind.kind}` : `is one of the ${it.kind.kind}`
  }`;
  return chance(random, 0.5) ? `${general}, and ${belongs}` : `${belongs}, and ${general}`;
}

function premise(random: Random, text: string): string {
  return sentence(chance(random, 0.7) ? text : `${pick(random, OPENINGS)} ${text}`);
}

/** Premises about a fact that the subject has by itself: one that says it, two that do not. */
function ownPremises(random: Random, it: Subject, fact: Fact): string[] {
  const rest = it.own.filter((other) => other !== fact);
  const near = SUBJECTS.filter((other) =>
    other.name !== it.name && other.own.some(({ relation }) => relation === fact.relation)
  );
  const other = pick(random, near);
  const alike = other.own.find(({ relation }) => relation === fact.relation)!;
  const more = other.own.filter((known) => known !== alike);
  return [
    joined(random, it, [fact, pick(random, rest)]),
    joined(random, it, rest),
    joined(random, other, [alike, pick(random, more)]),
  ];
}

/** Premises about a fact of the subject's kind: one that hands it down, two that do not. */
function kindPremises(random: Random, it: Subject, fact: Fact): string[] {
  const rest = it.kind.facts.filter((other) => other !== fact);
  const stranger = pick(random, SUBJECTS.filter(({ kind }) => kind !== it.kind));
  return [
    handedDown(random, it, fact, it.kind),
    handedDown(random, it, pick(random, rest), it.kind),
    chance(random, 0.5)
      ? handedDown(random, stranger, fact, it.kind)
      : joined(random, it, pickSome(random, it.own, 2)),
  ];
}

/**
 * SciTail rows about one statement: the first premise entails it, `neutral` others (one or two) do
 * not.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { scitail } from "./science.ts";
 * scitail(createRandom(1), 2).map(({ label }) => label); // ["entails", "neutral", "neutral"]
 * ```
 */
export function scitail(random: Random, neutral: 1 | 2): SampleRow[] {
  const it = pick(random, SUBJECTS);
  const own = chance(random, 0.6);
  const fact = pick(random, own ? it.own : it.kind.facts);
  const second = sentence(pick(random, forms(it.name, it.kind.plural, fact)));
  const [follows, ...others] = own ? ownPremises(random, it, fact) : kindPremises(random, it, fact);
  const row = (text: string, label: string) => ({
    first: premise(random, text),
    second,
    label,
    note: fact.relation,
  });
  return [
    row(follows!, "entails"),
    ...pickSome(random, others, neutral).map((text) => row(text, "neutral")),
  ];
}
