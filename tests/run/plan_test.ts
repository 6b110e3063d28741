import { assertEquals } from "@std/assert";
import { savingClock } from "../../lib/run/plan.ts";

Deno.test("a checkpoint is due every so many steps, from where the run began", () => {
  const due = savingClock({ steps: 3 }, 4);
  const steps = [5, 6, 7, 8, 9, 10, 11].filter(due);
  assertEquals(steps, [7, 10]);
});

Deno.test("a checkpoint is due every so many seconds, whatever the steps", () => {
  let clock = 0;
  const due = savingClock({ seconds: 10 }, 0, () => clock);
  const at = [1, 9, 10, 12, 19, 21, 30].filter((seconds) => {
    clock = 1000 * seconds;
    return due(0);
  });
  assertEquals(at, [10, 21]);
});
