import { assert, assertEquals } from "@std/assert";
import { PLACES, SCALES, TIMES } from "../../../lib/dev/sample/words.ts";
import { pairs, shares } from "./files.ts";
import { words } from "./reading.ts";

const has = (text: string, phrases: readonly string[]) =>
  phrases.some((phrase) => text.toLowerCase().includes(phrase.toLowerCase()));

const times = (clock: "day" | "hour") =>
  TIMES.filter((it) => it.clock === clock).map(({ phrase }) => phrase);

/** Whether a sentence holds what a question asks for, by the sort of the question alone. */
function answers(question: string, sentence: string): boolean {
  if (/^(where|in which place)/i.test(question)) return has(sentence, Object.keys(PLACES));
  if (/^on which day/i.test(question)) return has(sentence, times("day"));
  if (/^at what time/i.test(question)) return has(sentence, times("hour"));
  if (/^when/i.test(question)) return has(sentence, [...times("day"), ...times("hour")]);
  if (/color/.test(question)) return SCALES["color"]!.some((it) => words(sentence).includes(it));
  if (/^who/i.test(question)) {
    // A passive without "by" has no agent; "by the river" is a place.
    const bare = sentence.replace(/\bby the river/i, "");
    return / by /.test(bare) ||
      !/^((in|on|at) [\w ]+, |, )?(the|some) \w+ was \w+(ed|t|en|n|d)\b/i.test(bare);
  }
  return !/^[^,]*\b(was|were) (in|on|at|by) /.test(sentence) &&
    !/, [\w ]+ (was|were)( (in|on|at|by) .*)?\.$/.test(sentence);
}

const content = (text: string) =>
  words(text.replace(/^(on|at|in) (which|what) \w+/i, "")).filter((it) => it.length > 3);

Deno.test("a QNLI sentence that answers holds a fact of the sort asked for", () => {
  for (const [question, sentence, label] of pairs("QNLI/train.tsv")) {
    if (label === "entailment") assert(answers(question, sentence), `${question} ${sentence}`);
  }
});

Deno.test("a QNLI sentence that does not answer lacks the fact, or is about something else", () => {
  for (const [question, sentence, label] of pairs("QNLI/train.tsv")) {
    if (label === "entailment" || !answers(question, sentence)) continue;
    const shared = content(question).filter((word) => content(sentence).includes(word));
    assert(shared.length < 2, `${question} ${sentence}`);
  }
});

Deno.test("every QNLI question has a sentence of either label", () => {
  const labels = new Map<string, Set<string>>();
  for (const [question, , label] of pairs("QNLI/dev.tsv")) {
    labels.set(question, (labels.get(question) ?? new Set()).add(label));
  }
  assert([...labels.values()].every(({ size }) => size === 2));
});

/** What a QQP question asks about its topic. */
function aspect(question: string): string {
  const forms: Record<string, RegExp> = {
    price: /^how much|price/i,
    length: /^how (long|many)/i,
    place: /^where|place/i,
    time: /^when|time to/i,
    reason: /^why|reason/i,
    way: /^how (can|do)|way to/i,
  };
  return Object.keys(forms).find((name) => forms[name]!.test(question))!;
}

/** The activity a QQP question is about. */
function topic(question: string): string {
  const after = question.replace(/^.*?(\bto\b|\bI\b|people)(?: go to| need to)? /, "");
  return words(after).filter((it) => !/^(a|an|some)$/.test(it)).join(" ");
}

Deno.test("QQP questions are duplicates just where aspect and topic are the same", () => {
  for (const [one, two, label] of pairs("QQP/train.tsv")) {
    const same = aspect(one) === aspect(two) && topic(one) === topic(two);
    assertEquals([one, two, same ? "1" : "0"], [one, two, label]);
  }
});

Deno.test("somewhat more than a third of the QQP pairs are duplicates, as in the official files", () => {
  const share = shares(pairs("QQP/train.tsv").map(([, , label]) => label))["1"]!;
  assert(share > 0.32 && share < 0.43, String(share));
});
