/**
 * Judges the results of tfjs-core's tests against the list of those left out, and tells the
 * verdict.
 *
 * @module
 */

import type { LeftOut } from "./left_out.ts";
import type { TestResult } from "./suite.ts";

/** The tests skipped for one reason. */
export interface Skipped {
  readonly reason: string;
  readonly tests: readonly string[];
}

/** The verdict. */
export interface ConformanceSummary {
  readonly passed: number;
  readonly failed: readonly TestResult[];
  /** Most tests first. */
  readonly skipped: readonly Skipped[];
  /** Sentences about records of the list that no longer tell the truth. */
  readonly stale: readonly string[];
}

const ITS_OWN = "the suite itself skips it";

/**
 * Sorts results into passed, failed and skipped: a failure is skipped where one record names the
 * test and each of its messages. A record is stale when another number of tests fails so than it
 * says; with `partial` results nothing is.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { summarize } from "./summary.ts";
 *
 * const results = [{ name: "sign basic", status: "failed", messages: ["0 is not NaN"] }] as const;
 * const record = { tests: ["sign"], message: /NaN/, count: 1, reason: "NaN has no sign" };
 * assertEquals(summarize(results, [record]).failed, []);
 * assertEquals(summarize(results, []).failed, results);
 * ```
 */
export function summarize(
  results: readonly TestResult[],
  records: readonly LeftOut[],
  { partial = false }: { readonly partial?: boolean } = {},
): ConformanceSummary {
  const failed: TestResult[] = [];
  const skipped = new Map<string, string[]>();
  const found = new Map(records.map((record) => [record, 0]));
  const skip = (reason: string, name: string) =>
    skipped.set(reason, [...skipped.get(reason) ?? [], name]);
  for (const result of results) {
    if (result.status === "skipped") skip(ITS_OWN, result.name);
    if (result.status !== "failed") continue;
    const record = records.find((one) => accounts(one, result));
    if (record) {
      found.set(record, found.get(record)! + 1);
      skip(record.reason, result.name);
    } else failed.push(result);
  }
  const stale = partial ? [] : [...found].flatMap(([record, number]) => staleness(record, number));
  return {
    passed: results.filter(({ status }) => status === "passed").length,
    failed,
    skipped: [...skipped].map(([reason, tests]) => ({ reason, tests }))
      .sort((a, b) => b.tests.length - a.tests.length),
    stale,
  };
}

function accounts({ tests, message }: LeftOut, { name, messages }: TestResult): boolean {
  return tests.some((start) => name.startsWith(start)) && messages.length > 0 &&
    messages.every((text) => message.test(text));
}

function staleness({ tests, count, reason }: LeftOut, found: number): string[] {
  if (count === null || found === count) return [];
  return [`${found} tests of ${tests.join(", ")} fail, expected ${count}: "${reason}"`];
}

/** Whether nothing failed and the list of tests left out tells the truth. */
export function isGood({ passed, failed, stale }: ConformanceSummary): boolean {
  return passed > 0 && failed.length === 0 && stale.length === 0;
}

/** Number of tests skipped, for whatever reason. */
export function countSkipped({ skipped }: ConformanceSummary): number {
  return skipped.reduce((sum, { tests }) => sum + tests.length, 0);
}

/**
 * The verdict as text: failures with their messages, what is stale, a table of the numbers, and
 * `N passed, N failed, N skipped` as its last line.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { render } from "./summary.ts";
 *
 * const text = render({ passed: 3, failed: [], skipped: [], stale: [] });
 * assertEquals(text.split("\n").at(-1), "3 passed, 0 failed, 0 skipped");
 * ```
 */
export function render(summary: ConformanceSummary): string {
  const { passed, failed, skipped, stale } = summary;
  const failures = failed.flatMap(({ name, messages }) => [
    `failed: ${name}`,
    ...messages.map((message) => indent(shorten(message))),
  ]);
  const numbers: [number, string][] = [
    [passed, "passed"],
    [failed.length, "failed"],
    ...skipped.map(({ reason, tests }): [number, string] => [tests.length, `skipped: ${reason}`]),
  ];
  const width = Math.max(...numbers.map(([number]) => String(number).length));
  return [
    ...failures,
    ...stale.map((sentence) => `stale: ${sentence}`),
    ...numbers.map(([number, what]) => `${String(number).padStart(width)}  ${what}`),
    "",
    `${passed} passed, ${failed.length} failed, ${countSkipped(summary)} skipped`,
  ].join("\n");
}

/** TensorFlow's messages repeat the whole definition of an operation. */
function shorten(message: string): string {
  return message.length <= 600 ? message : `${message.slice(0, 600)}...`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
