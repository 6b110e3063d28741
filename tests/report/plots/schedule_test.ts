import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { plotSchedule } from "../../../lib/report/plots/schedule.ts";
import { exampleSteps } from "../example_figures.ts";

Deno.test("the rate is a line of its own; norms are points, a mean, and the clip", () => {
  const { data } = plotSchedule(exampleSteps(), { clip: 1 });
  assertEquals(data.map(({ name }) => name), [
    "learning rate",
    "step",
    "running mean",
    "clipped to 1",
  ]);
  assertEquals(data.map(({ yaxis }) => yaxis), ["y", "y2", "y2", "y2"]);
});

Deno.test("the sentence has the peak and the share that was clipped", () => {
  const steps = exampleSteps(4).map((step, i) => ({ ...step, gradientNorm: i === 0 ? 3 : 0.5 }));
  assertStringIncludes(plotSchedule(steps, { clip: 1 }).says, "peaks at 1e-4 over 4 steps; 25 %");
});

Deno.test("skipped steps have a rate but no norm", () => {
  const { data } = plotSchedule(exampleSteps(10));
  assertEquals([(data[0]!.x as number[]).length, (data[1]!.x as number[]).length], [10, 9]);
});

Deno.test("no steps are refused", () => {
  assertThrows(() => plotSchedule([]), RangeError, "no steps");
});
