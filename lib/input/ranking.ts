/**
 * QNLI as ranking: one question, two candidate sentences of which one answers it.
 *
 * @module
 */

import type { Example } from "../types.ts";
import type { Random } from "../base/random.ts";
import type { Dropped } from "./readers.ts";

/** Options of {@linkcode rankingPairs}. */
export interface PairingOptions {
  /** Which rows make a pair. */
  readonly pairing: Pairing;
}

/**
 * "consecutive": rows 0 and 1, 2 and 3, ..., as the reference program pairs the old QNLI, whose
 * neighbours share a question. "question": rows are grouped by question, for the current QNLI, where
 * consecutive pairing keeps 1 dev pair of 2,731.
 */
export type Pairing = "consecutive" | "question";

/** Pairs, and how many rows (not pairs) were left out and why. */
export interface RankingPairs {
  readonly examples: Example[];
  readonly dropped: Dropped[];
}

/** Two rows that belong together, or why they don't. */
type Pair = readonly [Example, Example];

/**
 * Makes ranking examples out of question-and-sentence rows with labels 0 and 1. A pair's two
 * sentences become its `hypotheses` in random order and its target is the index of the positive
 * one; its id joins the two rows' ids by a comma, in the candidates' order.
 *
 * Consecutive pairs are dropped when the questions differ or the labels tie; pairs without labels
 * (a test file) are kept, without a target. By question, the first positive and the first negative
 * row of each question are taken, and without labels its first two rows: all 1,362 dev questions of
 * the current QNLI that have several rows have both labels. Source: the paper's relevance ranking
 * output (section 3) and the reference program's reader.
 *
 * @example
 * ```ts
 * import { rankingPairs } from "./ranking.ts";
 * import { createRandom } from "../base/random.ts";
 * const rows = [
 *   { row: 0, id: "a", premise: "Who?", hypotheses: ["Ada."], targets: [1] },
 *   { row: 1, id: "b", premise: "Who?", hypotheses: ["Soon."], targets: [0] },
 * ];
 * const { examples } = rankingPairs(rows, createRandom(1), { pairing: "question" });
 * examples[0]?.hypotheses.length; // 2
 * ```
 */
export function rankingPairs(
  examples: readonly Example[],
  random: Random,
  { pairing }: PairingOptions,
): RankingPairs {
  const dropped = new Map<string, number>();
  const drop = (reason: string, rows: number) => {
    if (rows > 0) dropped.set(reason, (dropped.get(reason) ?? 0) + rows);
  };
  const pairs = pairing === "consecutive"
    ? consecutivePairs(examples, drop)
    : questionPairs(examples, drop);
  return {
    examples: pairs.map((pair) => pairExample(pair, random)),
    dropped: [...dropped].map(([reason, count]) => ({ reason, count })),
  };
}

function consecutivePairs(
  examples: readonly Example[],
  drop: (reason: string, rows: number) => void,
): Pair[] {
  const pairs: Pair[] = [];
  for (let i = 0; i + 1 < examples.length; i += 2) {
    const [first, second] = [examples[i]!, examples[i + 1]!];
    if (first.premise !== second.premise) drop("questions differ", 2);
    else if (first.targets[0] === second.targets[0] && first.targets.length > 0) {
      drop("labels tie", 2);
    } else pairs.push([first, second]);
  }
  drop("last row has no partner", examples.length % 2);
  return pairs;
}

function questionPairs(
  examples: readonly Example[],
  drop: (reason: string, rows: number) => void,
): Pair[] {
  const groups = new Map<string, Example[]>();
  for (const example of examples) {
    const group = groups.get(example.premise);
    if (group) group.push(example);
    else groups.set(example.premise, [example]);
  }
  const pairs: Pair[] = [];
  for (const group of groups.values()) {
    const labelled = group.some(({ targets }) => targets.length > 0);
    const [first, second] = labelled
      ? [1, 0].map((label) => group.find(({ targets }) => targets[0] === label))
      : group;
    if (first && second) {
      pairs.push([first, second]);
      drop("question already has its pair", group.length - 2);
    } else {
      drop(
        labelled ? "question lacks one of the labels" : "question has one sentence only",
        group.length,
      );
    }
  }
  return pairs;
}

function pairExample(pair: Pair, random: Random): Example {
  const candidates = random.integer(2) === 0 ? pair : [pair[1], pair[0]];
  const positive = candidates.findIndex(({ targets }) => targets[0] === 1);
  return {
    row: Math.min(...pair.map(({ row }) => row)),
    id: candidates.map(({ id }) => id).join(","),
    premise: pair[0].premise,
    hypotheses: candidates.map(({ hypotheses }) => hypotheses[0] ?? ""),
    targets: positive < 0 ? [] : [positive],
  };
}
