import { assertEquals } from "@std/assert";
import { type Preset, presets } from "../lib/presets.ts";

/** The switches of a preset: everything but its name. */
function switches({ name: _, ...rest }: Preset): Record<string, boolean> {
  return rest;
}

Deno.test("fixed repeats no defect of the reference program, faithful repeats them all", () => {
  assertEquals(new Set(Object.values(switches(presets.fixed))), new Set([false]));
  assertEquals(new Set(Object.values(switches(presets.faithful))), new Set([true]));
});

Deno.test("both presets have the same switches", () => {
  assertEquals(Object.keys(presets.fixed), Object.keys(presets.faithful));
});

Deno.test("a preset knows its own name", () => {
  assertEquals(Object.entries(presets).filter(([name, preset]) => name !== preset.name), []);
});
