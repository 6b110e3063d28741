import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type ScheduleName, schedules } from "../../lib/train/schedule.ts";

const names = Object.keys(schedules) as ScheduleName[];

Deno.test("every schedule starts at 0 and rises to 1 over the first tenth", () => {
  for (const name of names) {
    assertEquals(schedules[name](0), 0);
    assertAlmostEquals(schedules[name](0.05), 0.5);
    assertAlmostEquals(schedules[name](0.0999999), 0.999999, 1e-9);
  }
});

Deno.test("the triangle and the cosine go on from 1 and end at 0", () => {
  for (const name of ["triangle", "cosine"] as const) {
    assertAlmostEquals(schedules[name](0.1), 1);
    assertAlmostEquals(schedules[name](0.55), 0.5);
    assertAlmostEquals(schedules[name](1), 0);
  }
  assertAlmostEquals(schedules.triangle(0.325), 0.75);
  assertAlmostEquals(schedules.cosine(0.325), (1 + Math.SQRT1_2) / 2);
});

Deno.test("the reference program's schedule jumps from 1 to 0.9", () => {
  assertAlmostEquals(schedules.reference(0.1), 0.9);
  assertAlmostEquals(schedules.reference(0.75), 0.25);
});

Deno.test("the constant schedule stays at 1", () => {
  assertEquals([0.1, 0.5, 1].map((progress) => schedules.constant(progress)), [1, 1, 1]);
});

Deno.test("a warm-up of another length, or none, shifts the peak", () => {
  for (const name of names) {
    assertAlmostEquals(schedules[name](0.1, 0.4), 0.25);
    const peak = schedules[name](0.4, 0.4);
    assertAlmostEquals(peak, name === "reference" ? 0.6 : 1);
    assertEquals(schedules[name](0, 0), 1);
  }
});

Deno.test("no schedule goes below 0 or above 1 during a run", () => {
  for (const name of names) {
    for (let step = 0; step <= 500; step++) {
      const value = schedules[name](step / 500);
      assert(value >= -1e-12 && value <= 1 + 1e-12, `${name} is ${value} at step ${step}`);
    }
  }
});
