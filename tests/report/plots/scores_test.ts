import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { plotScores } from "../../../lib/report/plots/scores.ts";
import { collectRows } from "../../../lib/report/runs.ts";
import type { JsonObject } from "../../../lib/report/figure.ts";
import { exampleRun, seedRuns } from "../example_runs.ts";

const both = [...seedRuns([70, 72]), ...seedRuns([80, 82, 84], { encoder: "refined" })];

Deno.test("ours are means with their standard deviation, each seed faint beside", () => {
  const { data } = plotScores(collectRows(both));
  const plain = data.find(({ name }) => name === "ours, plain encoder (n = 2)")!;
  assertEquals(plain.x, [71]);
  assertEquals((plain.error_x as JsonObject).array, [1.41421]);
  const seeds = data.find(({ name }) => name === "ours, refined encoder, each seed")!;
  assertEquals([seeds.x, seeds.showlegend], [[80, 82, 84], false]);
});

Deno.test("published numbers are named by system and size, and only of the sizes asked for", () => {
  const names = (sizes: readonly ("base" | "large" | "small")[]) =>
    plotScores(collectRows(both), { sizes }).data.map(({ name }) => String(name))
      .filter((name) => name.startsWith("published"));
  assertEquals(names(["base"]), ["published BERT, base", "published MT-DNN, base"]);
  assertEquals(names([]), []);
  assertEquals(names(["small"]), ["published MiniLM-L6-H384, small"]);
});

Deno.test("no published number is drawn beside the generated sample, which the subtitle names", () => {
  const sample = both.map((run) => ({ ...run, size: "sample" }));
  const { data, layout } = plotScores(collectRows(sample));
  assertEquals(data.filter(({ name }) => String(name).startsWith("published")), []);
  const { subtitle } = layout.title as { subtitle: { text: string } };
  assertStringIncludes(subtitle.text, "sample of generated sentences");
});

Deno.test("one seed has no spread, which the subtitle says", () => {
  const { data, layout } = plotScores(collectRows([exampleRun()]));
  assertEquals(data.filter((trace) => "error_x" in trace), []);
  const { subtitle } = layout.title as { subtitle: { text: string } };
  assertStringIncludes(subtitle.text, "one seed (n = 1), so no spread");
});

Deno.test("a task has a line for its first metric; splits have lines of their own", () => {
  const scores = { accuracy: 90, f1: 88 };
  const rows = collectRows([
    exampleRun({ task: "qqp", scores }),
    exampleRun({ task: "mnli", split: "dev_matched" }),
    exampleRun({ task: "mnli", split: "dev_mismatched" }),
  ]);
  assertEquals((plotScores(rows).layout.yaxis as JsonObject).ticktext, [
    "qqp, accuracy",
    "mnli matched, accuracy",
    "mnli mismatched, accuracy",
  ]);
});

Deno.test("lines that would have one name are told apart by head and rows", () => {
  const rows = collectRows([exampleRun(), exampleRun({ head: "san" })]);
  assertEquals((plotScores(rows).layout.yaxis as JsonObject).ticktext, [
    "rte, accuracy, classify, all 2,490 rows",
    "rte, accuracy, san, all 2,490 rows",
  ]);
});

Deno.test("an undefined metric has no mark", () => {
  const rows = collectRows([exampleRun({ task: "cola", scores: { matthews: null } })]);
  assertEquals(plotScores(rows, { sizes: [] }).data, []);
});

Deno.test("rows that may not be compared are refused", () => {
  const rows = collectRows([exampleRun(), exampleRun({ size: "small" })]);
  assertThrows(() => plotScores(rows), RangeError, "expected one experiment and configuration");
  assertThrows(() => plotScores([]), RangeError, "no rows");
});
