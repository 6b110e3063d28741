/**
 * The inference tasks MNLI, SNLI, RTE and AX: which families of pairs each one draws from.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { chance, pick, pickKey } from "./draw.ts";
import { companyTriple, COMPARED, orderTriple, quantityTriple, roleTriple } from "./logic.ts";
import { sceneTriple, type Triple } from "./probes.ts";
import type { SampleRow } from "./rows.ts";
import { ANIMAL_CAPTION, CAPTION, MATCHED, MISMATCHED, type Style } from "./styles.ts";

/** What a family of pairs is called; "scene" is probes.ts, the others logic.ts. */
type Family = "scene" | "company" | "quantity" | "order" | "role";

function draw(random: Random, style: Style, weights: Partial<Record<Family, number>>): Triple {
  const compared = { ...style, cast: { ...style.cast, who: COMPARED } };
  switch (pickKey(random, weights as Record<Family, number>)) {
    case "company":
      return companyTriple(random, style);
    case "quantity":
      return quantityTriple(random, { ...CAPTION, tense: style.tense });
    case "order":
      return orderTriple(random, compared);
    case "role":
      return roleTriple(random, compared);
    default:
      return sceneTriple(random, style);
  }
}

function rows(
  { pairs, probe, negated }: Triple,
  note = negated ? `not ${probe}` : probe,
): SampleRow[] {
  return pairs.map(({ premise, hypothesis, label }) => ({
    first: premise,
    second: hypothesis,
    label,
    note,
  }));
}

const MIXTURE = { scene: 86, company: 7, quantity: 3, order: 2, role: 2 };

/** Three MNLI rows of one genre; the note is the genre. */
function mnli(random: Random, styles: Readonly<Record<string, Style>>): SampleRow[] {
  const genre = pick(random, Object.keys(styles));
  return rows(draw(random, styles[genre]!, MIXTURE), genre);
}

/** Three rows of MNLI's own genres. */
export const matched = (random: Random): SampleRow[] => mnli(random, MATCHED);

/** Three rows of the genres that MNLI's training rows do not have. */
export const mismatched = (random: Random): SampleRow[] => mnli(random, MISMATCHED);

/**
 * Three SNLI rows: captions of people and animals.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { snli } from "./inference.ts";
 * snli(createRandom(1)).length; // 3
 * ```
 */
export function snli(random: Random): SampleRow[] {
  const style = chance(random, 0.35) ? ANIMAL_CAPTION : CAPTION;
  return rows(draw(random, style, { scene: 90, company: 10 }));
}

/** Sentences that say nothing about any scene. */
const ASIDES = [
  "It was a cold day.",
  "The weather was fine.",
  "It rained a lot that week.",
  "The news came as a surprise.",
  "The police had no comment.",
  "Nobody was hurt.",
  "It was not the first time.",
  "The story was in all the papers.",
];

/**
 * Two RTE rows about one hypothesis, of which the first follows and the second does not.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { rte } from "./inference.ts";
 * rte(createRandom(1)).map(({ label }) => label); // ["entailment", "not_entailment"]
 * ```
 */
export function rte(random: Random): SampleRow[] {
  const style = pick(random, Object.values({ ...MATCHED, ...MISMATCHED }));
  const triple = rows(draw(random, { ...style, openings: [] }, MIXTURE));
  const follows = triple.find(({ label }) => label === "entailment")!;
  const other = pick(random, triple.filter(({ label }) => label !== "entailment"));
  return [follows, other].map((row) => ({
    ...row,
    first: chance(random, 0.5)
      ? `${row.first} ${pick(random, ASIDES)}`
      : `${pick(random, ASIDES)} ${row.first}`,
    label: row === follows ? "entailment" : "not_entailment",
  }));
}

/**
 * Three AX rows of any family and style; the note is what decides them.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../base/random.ts";
 * import { ax } from "./inference.ts";
 * ax(createRandom(1)).length; // 3
 * ```
 */
export function ax(random: Random): SampleRow[] {
  const style = pick(random, [CAPTION, ANIMAL_CAPTION, ...Object.values(MATCHED)]);
  const weights = { scene: 60, company: 10, quantity: 10, order: 10, role: 10 };
  return rows(draw(random, { ...style, openings: [] }, weights));
}
