import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { plotLoss } from "../../../lib/report/plots/loss.ts";
import type { Figure, JsonObject } from "../../../lib/report/figure.ts";
import { exampleSteps } from "../example_figures.ts";

function headings({ layout }: Figure): string[] {
  return (layout.annotations as JsonObject[]).map(({ text }) => String(text));
}

Deno.test("each task has a panel with its points and its line, in the order of the paper", () => {
  const { data } = plotLoss(exampleSteps(60, ["rte", "cola", "mnli"]));
  const lines = data.filter(({ mode }) => mode === "lines");
  assertEquals(lines.map(({ name, xaxis }) => [name, xaxis]), [
    ["cola", "x"],
    ["mnli", "x2"],
    ["rte", "x3"],
  ]);
});

Deno.test("the line is a running mean that ends at the heading's number", () => {
  const figure = plotLoss(exampleSteps(400, ["rte"]));
  const line = figure.data.find(({ mode }) => mode === "lines")!;
  assertStringIncludes(headings(figure)[0]!, (line.y as number[]).at(-1)!.toFixed(3));
});

Deno.test("a skipped step is a cross, counted in the subtitle, and in no mean", () => {
  const steps = exampleSteps(20, ["rte"]);
  const figure = plotLoss(steps);
  const crosses = figure.data.find(({ name }) => name === "rte, skipped")!;
  assertEquals(crosses.x, [3]);
  const { subtitle } = figure.layout.title as { subtitle: { text: string } };
  assertStringIncludes(subtitle.text, "crosses: 1 skipped steps");
});

Deno.test("a task whose every step was skipped still has its panel", () => {
  const steps = exampleSteps(5, ["rte"]).map((step) => ({ ...step, loss: null }));
  assertStringIncludes(headings(plotLoss(steps))[0]!, "no loss after 5 steps");
});

Deno.test("a long run is thinned: a live figure stays small", () => {
  const tasks = ["mnli", "rte", "qqp", "qnli", "mrpc", "sst2", "cola", "stsb"];
  const text = JSON.stringify(plotLoss(exampleSteps(40_000, tasks)));
  assert(text.length < 60_000, `${text.length} characters`);
});

Deno.test("a live figure's axis reaches to the run's end from the start", () => {
  const { layout } = plotLoss(exampleSteps(10, ["rte"]), { total: 500 });
  assertEquals((layout.xaxis as JsonObject).range, [0, 500]);
});

Deno.test("one wild loss doesn't flatten the rest", () => {
  const steps = exampleSteps(400, ["rte"]);
  steps[200] = { ...steps[200]!, loss: 1e6 };
  const { layout } = plotLoss(steps);
  const top = ((layout.yaxis as JsonObject).range as number[])[1]!;
  assert(top < 5, `${top}`);
});

Deno.test("the first step of a run is to be seen", () => {
  const { data } = plotLoss(exampleSteps(1), { total: 500 });
  assertEquals(data.map(({ mode }) => mode), ["markers", "markers"]);
});

Deno.test("no steps are refused", () => {
  assertThrows(() => plotLoss([]), RangeError, "Cannot plot the loss of no steps");
});
