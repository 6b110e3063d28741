import { assertEquals } from "@std/assert";
import {
  type Experiment,
  experiments,
  type Recipe,
  selection,
  type Size,
  type Stage,
} from "../lib/recipes.ts";
import type { Task } from "../lib/train/task.ts";
import { tasks } from "../lib/tasks.ts";

const sizes = Object.keys(experiments) as Size[];
const stages = ["refine", "finetune", "adapt"] as const satisfies readonly Stage[];

/** Every experiment with its name. */
function* every(): Generator<[string, Experiment]> {
  for (const size of sizes) {
    for (const stage of stages) yield [`${size} ${stage}`, experiments[size][stage]];
  }
}

Deno.test("the paper's size has the paper's settings", () => {
  const { refine, finetune, adapt } = experiments.paper;
  const recipe: Recipe = {
    epochs: 5,
    batchSize: 32,
    learningRate: 5e-5,
    maxLength: 512,
    optimizer: "adamax",
    schedule: "triangle",
    warmUp: 0.1,
    weightDecay: 0.01,
    clip: 1,
    mixing: { mode: "all" },
  };
  assertEquals(refine.recipe, recipe);
  assertEquals(finetune.recipe, { ...recipe, learningRate: 2e-5 });
  assertEquals(adapt.recipe, recipe);
  assertEquals(adapt.fractions, [0.001, 0.01, 0.1, 1]);
});

Deno.test("adaptation draws the published numbers of rows", () => {
  const draws = (rows: number) =>
    experiments.paper.adapt.fractions.map((fraction) => Math.floor(fraction * rows));
  assertEquals(draws(tasks.snli.official.train!), [549, 5493, 54936, 549367]);
  assertEquals(draws(tasks.scitail.official.train!), [23, 235, 2359, 23596]);
});

Deno.test("real data are adapted to with at least five seeds", () => {
  assertEquals([experiments.small.adapt.seeds, experiments.paper.adapt.seeds], [5, 5]);
});

Deno.test("refining real data uses the answer head, everything else the linear ones", () => {
  for (const size of sizes) {
    const { refine, finetune, adapt } = experiments[size];
    assertEquals(refine.head, size === "sample" ? ["mrpc"] : "san", size);
    assertEquals([finetune.head, adapt.head], ["linear", "linear"], size);
  }
});

Deno.test("shares of the rows belong to adaptation and lie above 0 and up to 1", () => {
  for (const [name, { fractions }] of every()) {
    assertEquals(fractions.length > 0, name.endsWith("adapt"), name);
    assertEquals(fractions.filter((share) => !(share > 0 && share <= 1)), [], name);
    assertEquals(fractions.toSorted((a, b) => a - b), fractions, name);
  }
});

Deno.test("every task of an experiment can be trained", () => {
  for (const [name, { tasks: names }] of every()) {
    for (const task of names) {
      assertEquals("train" in (tasks[task] as Task).splits, true, `${name} ${task}`);
    }
  }
});

Deno.test("finetuning has every GLUE task, WNLI included, and adaptation the new domains", () => {
  for (const size of sizes) {
    const { refine, finetune, adapt } = experiments[size];
    const all = [...refine.tasks, "wnli"] as const;
    assertEquals(finetune.tasks, size === "sample" ? all.filter((name) => name !== "mnli") : all);
    assertEquals(adapt.tasks, ["scitail", "snli"]);
  }
});

Deno.test("tables can say for every stage how the epoch was chosen", () => {
  assertEquals(Object.keys(selection), [...stages]);
});
