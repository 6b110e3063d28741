import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { checkSummary, isNames } from "../../lib/report/check.ts";
import { readRecords } from "../../lib/run/results.ts";
import { exampleRun } from "./example_runs.ts";

Deno.test("a summary is taken as it is, with fields that a later version added", () => {
  const run = exampleRun({ fraction: 0.01, chosenRows: [2, 1], scores: { f1: null } });
  const later = { ...run, more: 1 };
  assertEquals<unknown>(checkSummary(later), later);
});

Deno.test("every field that is missing or of another kind is refused by its name", () => {
  const optional = ["fraction", "chosenRows"];
  const run = exampleRun({ fraction: 0.5, chosenRows: [1] });
  for (const field of Object.keys(run)) {
    for (const value of [[[]], { toString: "1" }, -1, true, "two\nlines", null, undefined]) {
      const changed = { ...run, [field]: value };
      if (value === undefined && optional.includes(field)) {
        assertEquals<unknown>(checkSummary(changed), changed);
      } else {
        const { message } = assertThrows(() => checkSummary(changed), Error);
        assertMatch(message, new RegExp(`^${field} is [ -~]{1,90}, expected [ -~]{5,90}$`));
      }
    }
  }
});

Deno.test("a score that is no finite number is refused", () => {
  for (const accuracy of [NaN, Infinity, "70", {}, true]) {
    const run = { ...exampleRun(), scores: { accuracy } };
    assertThrows(() => checkSummary(run), Error, "scores is {");
  }
  assertThrows(() => checkSummary({ ...exampleRun(), scores: {} }), Error, "at least one metric");
});

Deno.test("versions are names on one line", () => {
  assertEquals([{}, { deno: "2.9.6" }].map(isNames), [true, true]);
  const wrong = [null, [], "2", { deno: 2 }, { deno: "2\n9" }, { "\u202e": "2" }, { deno: "" }];
  assertEquals(wrong.map(isNames), wrong.map(() => false));
});

Deno.test("the runs that this repository keeps are read", async () => {
  const results = new URL("../../results", import.meta.url).pathname;
  const records = await readRecords(results);
  assertEquals(records.every(({ summaries }) => summaries.length > 0), true);
});
