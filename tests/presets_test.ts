import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  defects,
  type Preset,
  presetNamed,
  presetOptions,
  presets,
  presetWith,
  switchNames,
} from "../lib/presets.ts";

/** The switches of a preset: everything but its name. */
function switches({ name: _, ...rest }: Preset): Record<string, boolean> {
  return rest;
}

/** Names of the switches that are on. */
function on(preset: Preset): string[] {
  return Object.entries(switches(preset)).filter(([, value]) => value).map(([name]) => name).sort();
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

Deno.test("every switch has words for what the reference program does", () => {
  assertEquals(Object.keys(switches(presets.fixed)), [...switchNames]);
  assert(Object.values(defects).every((words) => words.length > 20 && !/[A-Z|.]$/.test(words)));
});

Deno.test("a text names a preset and the switches that are turned on or off", () => {
  assertEquals(presetNamed("fixed"), presets.fixed);
  assertEquals(presetNamed("faithful"), presets.faithful);
  assertEquals(on(presetNamed("fixed+decayEverything")), ["decayEverything"]);
  assertEquals(on(presetNamed("fixed+stepsPerPart+decayEverything")), [
    ...["decayEverything", "stepsPerPart"],
  ]);
  const drifting = presetNamed("faithful-idlePartsDrift");
  assertEquals(on(drifting), switchNames.filter((name) => name !== "idlePartsDrift").sort());
});

Deno.test("the same switches have the same name, however they were asked for", () => {
  const sorted = "fixed+decayEverything+stepsPerPart";
  assertEquals(presetNamed("fixed+stepsPerPart+decayEverything").name, sorted);
  assertEquals(presetNamed(sorted).name, sorted);
  assertEquals(presetNamed("fixed+stepsPerPart-stepsPerPart"), presets.fixed);
  assertEquals(presetNamed(`fixed+${switchNames.join("+")}`), presets.faithful);
  const nearly = switchNames.filter((name) => name !== "keepPremiseCut");
  assertEquals(presetNamed(`fixed+${nearly.join("+")}`).name, "faithful-keepPremiseCut");
});

Deno.test("every combination of switches has a name that gives it back and fits a folder", () => {
  const names = new Set<string>();
  for (let pattern = 0; pattern < 2 ** switchNames.length; pattern += 7) {
    const preset = presetWith(switchNames.filter((_, i) => pattern & (1 << i)));
    names.add(preset.name);
    if (pattern % 77 === 0) assertEquals(presetNamed(preset.name), preset);
    assert(/^[A-Za-z+-]{5,200}$/.test(preset.name), preset.name);
  }
  assertEquals(names.size, Math.ceil(2 ** switchNames.length / 7));
});

for (
  const [text, why] of [
    ["", 'it starts with ""'],
    ["paper", 'it starts with "paper"'],
    ["+decayEverything", 'it starts with "+decayEverything"'],
    ["Fixed", 'it starts with "Fixed"'],
    ["constructor", 'it starts with "constructor"'],
    ["fixed+decay", 'there is no switch "decay"'],
    ["fixed+", 'there is no switch ""'],
    ["fixed+name", 'there is no switch "name"'],
    ["fixed+toString", 'there is no switch "toString"'],
    ["fixed-decayEverything", '"decayEverything" is off already'],
    ["faithful+decayEverything", '"decayEverything" is on already'],
    ["fixed+decayEverything+decayEverything", '"decayEverything" is on already'],
  ] as const
) {
  Deno.test(`a preset is refused in one sentence with the known names: "${text}"`, () => {
    const { message } = assertThrows(() => presetNamed(text), Error) as Error;
    assert(message.startsWith(`Unknown preset "${text}": ${why}; expected fixed or faithful, or `));
    assert(switchNames.every((name) => message.includes(name)));
    assert(message.endsWith(".") && !message.includes("\n"));
  });
}

Deno.test("every switch changes a plain option", () => {
  const fixed = JSON.stringify(presetOptions(presets.fixed));
  const same = switchNames.filter((name) =>
    JSON.stringify(presetOptions(presetWith([name]))) === fixed
  );
  assertEquals(same, []);
});

Deno.test("switches change options of their own: all together are what each is alone", () => {
  const parts = ["reading", "starting", "training", "scoring"] as const;
  const merged = Object.fromEntries(parts.map((part) => [
    part,
    switchNames.reduce((so, name) => {
      const [before, alone] = [presets.fixed, presetWith([name])].map((preset) =>
        presetOptions(preset)[part] as Record<string, unknown>
      );
      const changed = Object.entries(alone!).filter(([key, value]) =>
        JSON.stringify(before![key]) !== JSON.stringify(value)
      );
      return { ...so, ...Object.fromEntries(changed) };
    }, {}),
  ]));
  assertEquals(merged, JSON.parse(JSON.stringify(presetOptions(presets.faithful))));
});
