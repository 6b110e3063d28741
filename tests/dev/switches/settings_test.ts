import { assert, assertEquals } from "@std/assert";
import { presets, switchNames } from "../../../lib/presets.ts";
import {
  headOf,
  precisionOf,
  presetOf,
  scoredVariants,
  settings,
  settingTasks,
  variantNames,
} from "../../../lib/dev/switches/settings.ts";
import { tasks } from "../../../lib/tasks.ts";

Deno.test("every switch is tried in one setting, and so are all of them and the precision", () => {
  const tried = settings.flatMap(({ variants }) => variants);
  assertEquals(tried.toSorted(), [...variantNames].sort());
  assertEquals(variantNames.length, switchNames.length + 2);
});

Deno.test("a variant differs from fixed in its switch, or in its precision, alone", () => {
  for (const name of switchNames) {
    const { name: called, ...switches } = presetOf(name);
    const on = Object.entries(switches).filter(([, value]) => value).map(([each]) => each);
    assertEquals([called, on], [`fixed+${name}`, [name]]);
    assertEquals(precisionOf(name, "float32"), "float32");
  }
  assertEquals([presetOf(), presetOf("faithful")], [presets.fixed, presets.faithful]);
  assertEquals([presetOf("bfloat16"), precisionOf("bfloat16", "float32")], [
    ...[presets.fixed, "bfloat16"],
  ]);
  assertEquals(precisionOf(undefined, "bfloat16"), "bfloat16");
});

Deno.test("a setting has what its switches act on", () => {
  const of = (name: typeof variantNames[number]) =>
    settings.find(({ variants }) => variants.includes(name))!;
  assert(of("loseFirstColaRow").tasks.includes("cola"));
  assert(of("wnliLabelAsHypothesis").tasks.includes("wnli"));
  const rates = settingTasks(of("sameDropoutForAllTasks")).map(({ dropout }) => dropout);
  assert(rates.includes(0.3) && rates.includes(0.05));
  assert(of("idlePartsDrift").tasks.length > 1 && of("stepsPerPart").tasks.length > 1);
  assert(of("shuffleRowsOnce").recipe.epochs > 1);
  assert(of("unsortedBatches").rows > 2 * of("unsortedBatches").recipe.batchSize);
  assert(settingTasks(of("keepPremiseCut")).every(({ pairing }) => pairing));
  assert(of("wordDropoutHitsSpecials").recipe.wordDropout! > 0);
  const normed = of("weightNormSkipsInitialisation");
  const names = headOf(normed, tasks.rte).parameters(8, 2).map(({ name }) => name);
  assert(names.includes("output/gain"));
});

Deno.test("nothing is trained for a switch that changes no score, nor twice in one precision", () => {
  const scored = (precision: "float32" | "bfloat16") =>
    settings.flatMap((setting) => scoredVariants(setting, precision));
  assert(!scored("float32").includes("rankingTestFromTraining"));
  assert(scored("float32").includes("bfloat16") && !scored("bfloat16").includes("bfloat16"));
});
