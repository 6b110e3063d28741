import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { plotAdaptation } from "../../../lib/report/plots/adaptation.ts";
import { collectRows } from "../../../lib/report/runs.ts";
import type { JsonObject } from "../../../lib/report/figure.ts";
import { exampleRun, seedRuns } from "../example_runs.ts";

const scitail = { experiment: "adapt", task: "scitail", fraction: 0.01 } as const;
const rows = collectRows([
  ...seedRuns([60, 64], { ...scitail, rows: { train: 235, dev: 1304 } }),
  ...seedRuns([82, 84], { ...scitail, rows: { train: 235, dev: 1304 }, encoder: "refined" }),
]);

Deno.test("ours are means with spread over draws, every draw a point", () => {
  const { data, says } = plotAdaptation(rows);
  const plain = data.find(({ name }) => name === "ours, plain encoder")!;
  assertEquals(plain.y, [62]);
  assertEquals((plain.error_y as JsonObject).array, [2.82843]);
  assertEquals(data.find(({ name }) => name === "ours, plain encoder, each draw")!.y, [60, 64]);
  assertEquals(
    says,
    "Dev accuracy by share of training rows: scitail 1 % plain 62.0, 1 % refined 83.0.",
  );
});

Deno.test("published curves are dashed, of base size, at their four shares", () => {
  const { data } = plotAdaptation([], { tasks: ["snli"] });
  assertEquals(data.map(({ name }) => name), ["published BERT, base", "published MT-DNN, base"]);
  for (const { x, line } of data) {
    assertEquals(x, [0.001, 0.01, 0.1, 1]);
    assert((line as JsonObject).dash !== "solid");
  }
});

Deno.test("no published curve is drawn over the generated sample, which the subtitle names", () => {
  const sample = collectRows(seedRuns([60, 64], { ...scitail, size: "sample" }));
  const { data, layout } = plotAdaptation(sample, { tasks: ["snli"] });
  assertEquals(data.filter(({ name }) => String(name).startsWith("published")), []);
  const { subtitle } = layout.title as { subtitle: { text: string } };
  assertStringIncludes(subtitle.text, "sample of generated sentences");
});

Deno.test("one draw has no error bar, and the subtitle says n = 1", () => {
  const { data, layout } = plotAdaptation(collectRows([exampleRun(scitail)]));
  assertEquals(data.filter((trace) => "error_y" in trace), []);
  const { subtitle } = layout.title as { subtitle: { text: string } };
  assertStringIncludes(subtitle.text, "one draw of the rows (n = 1), so no spread");
});

Deno.test("a curve of several panels has one entry in the legend", () => {
  const { data } = plotAdaptation(rows, { tasks: ["snli"] });
  const entries = data.filter(({ name, showlegend }) =>
    name === "published BERT, base" && showlegend !== false
  );
  assertEquals(entries.length, 1);
});

Deno.test("the axis tells how many rows a share is, where a run says", () => {
  const { layout } = plotAdaptation(rows);
  const { ticktext } = layout.xaxis as { ticktext: string[] };
  assertStringIncludes(ticktext[1]!, "235 rows");
  assertEquals(ticktext[0], "0.1 %<br> ");
});

Deno.test("a draw below chance is still on the axis", () => {
  const { layout } = plotAdaptation(collectRows(seedRuns([31, 55], scitail)));
  assert(((layout.yaxis as JsonObject).range as number[])[0]! < 31);
});

Deno.test("what can't share a curve is refused", () => {
  const mixed = collectRows([exampleRun(scitail), exampleRun({ ...scitail, size: "small" })]);
  assertThrows(() => plotAdaptation(mixed), RangeError, "configurations");
  const heads = collectRows([exampleRun(scitail), exampleRun({ ...scitail, head: "san" })]);
  assertThrows(() => plotAdaptation(heads), RangeError, "scitail at 1 % (heads classify and san)");
  assertThrows(() => plotAdaptation([]), RangeError, "without runs or tasks");
});
