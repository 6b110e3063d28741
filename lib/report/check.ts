/**
 * Whether what a file says is the summary of a run: tables are made of files that a disk or a hand
 * may have changed, and must not hold a number that no run gave.
 *
 * @module
 */

import { quote } from "../base/quote.ts";
import { experimentOrder, type RunSummary } from "./runs.ts";

/** What a field may be, and its words for messages. */
interface Rule {
  readonly fits: (value: unknown) => boolean;
  readonly expected: string;
  readonly optional?: boolean;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isName = (value: unknown) =>
  typeof value === "string" && /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(value);

const name: Rule = { fits: isName, expected: "a name on one line" };
const count: Rule = { fits: isCount, expected: "a whole number from 0" };

function oneOf(...names: readonly string[]): Rule {
  return { fits: (value) => names.some((each) => each === value), expected: names.join(" or ") };
}

const rules: Readonly<Record<keyof RunSummary, Rule>> = {
  experiment: oneOf(...experimentOrder),
  encoder: oneOf("plain", "refined"),
  encoderName: name,
  task: name,
  split: name,
  fraction: {
    fits: (value) => typeof value === "number" && value > 0 && value <= 1,
    expected: "a share above 0 and up to 1",
    optional: true,
  },
  seed: count,
  scores: {
    fits: (value) =>
      isRecord(value) && Object.keys(value).length > 0 && Object.keys(value).every(isName) &&
      Object.values(value).every((score) => score === null || Number.isFinite(score)),
    expected: "at least one metric, each a finite number or null",
  },
  rows: {
    fits: (value) =>
      isRecord(value) && isCount(value.train) && isCount(value.dev) &&
      (value.trainOfficial === undefined || isCount(value.trainOfficial)),
    expected: "the numbers of rows",
  },
  chosenRows: {
    fits: (value) => Array.isArray(value) && value.every(isCount),
    expected: "row numbers",
    optional: true,
  },
  steps: count,
  precision: name,
  preset: name,
  size: name,
  head: name,
};

/**
 * The value as a summary; fields that are not known here stay.
 *
 * Throws an error that names the field, what it is and what is expected.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { checkSummary } from "./check.ts";
 *
 * assertThrows(() => checkSummary({ experiment: "fine" }), Error, 'experiment is "fine", expected');
 * ```
 */
export function checkSummary(value: unknown): RunSummary {
  if (!isRecord(value)) throw new Error(`a summary is ${quote(value)}, expected an object`);
  for (const [field, { fits, expected, optional }] of Object.entries(rules)) {
    const found = Object.hasOwn(value, field) ? value[field] : undefined;
    if (fits(found) || (optional && found === undefined)) continue;
    throw new Error(`${field} is ${quote(found)}, expected ${expected}`);
  }
  return value as unknown as RunSummary;
}

/** Whether a value is a record of names on one line, as the versions of programs are. */
export function isNames(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.entries(value).flat().every(isName);
}
