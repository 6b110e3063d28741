import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { answer, classify, rank } from "../../lib/model/heads.ts";
import { squaredErrorObjective } from "../../lib/model/objectives.ts";
import { accuracy, f1, macroF1 } from "../../lib/metrics/metrics.ts";
import { presets } from "../../lib/presets.ts";
import { experiments, type Recipe } from "../../lib/recipes.ts";
import { describeTask, identityOf, unidentified } from "../../lib/run/identity.ts";
import { planRun, type RunTask } from "../../lib/run/plan.ts";
import type { Session } from "../../lib/run/session.ts";
import type { Task } from "../../lib/train/task.ts";
import { tasks } from "../../lib/tasks.ts";
import { toyConfig, toyFeatures, toyTokenizer } from "../support/toy.ts";

const task: Task = { ...tasks.mrpc, pairing: "question" };
const identity = (changed: Task) =>
  identityOf(describeTask(changed, changed.head, ["train", "dev"]));

/** Another value for a field, of the same kind. */
const others: { readonly [Field in keyof Required<Task>]: Task[Field] } = {
  name: "other",
  title: "Other",
  splits: {
    ...task.splits,
    dev: { ...task.splits.dev!, layout: { ...task.splits.dev!.layout, premise: "elsewhere" } },
  },
  evaluated: ["test"],
  labels: ["yes", "no"],
  headOf: "rte",
  head: answer({ turns: 2 }),
  refineHead: answer({ turns: 2 }),
  objective: squaredErrorObjective,
  metrics: [f1, accuracy],
  pairing: "consecutive",
  dropout: 0.2,
  official: {},
};

for (const [field, value] of Object.entries(others)) {
  Deno.test(`a task with another ${field} is another run, unless there is a reason`, () => {
    const changed = identity({ ...task, [field]: value }) !== identity(task);
    const reason = unidentified[field as keyof typeof others];
    // of the metrics the first selects the epoch, which these change
    assertEquals(changed, reason === undefined || field === "metrics", reason);
  });
}

Deno.test("every field of the tasks is tried, and every reason is one of a field", () => {
  const fields = new Set([...Object.values(tasks).flatMap(Object.keys), "pairing"]);
  assertEquals([...fields].sort(), Object.keys(others).sort());
  const recipe = Object.keys(experiments.sample.refine.recipe);
  const unknown = Object.keys(unidentified).filter((name) =>
    !fields.has(name) && !recipe.includes(name)
  );
  assertEquals(unknown, []);
});

Deno.test("a metric more leaves the run what it is", () => {
  assertEquals(identity({ ...task, metrics: [...task.metrics, macroF1] }), identity(task));
});

Deno.test("a head's settings are part of it", () => {
  const withHead = (head: Task["head"]) => identityOf(describeTask(task, head, ["dev"]));
  const heads = [classify, rank(2), rank(3), answer(), answer({ turnDropout: 0 })];
  assertEquals(new Set(heads.map(withHead)).size, heads.length);
});

Deno.test("an identity depends on values, not on the order of keys", () => {
  assertEquals(
    identityOf({ a: 1, b: [{ c: 2, d: 3 }] }),
    identityOf({ b: [{ d: 3, c: 2 }], a: 1 }),
  );
  assertNotEquals(identityOf({ a: 1 }), identityOf({ a: 2 }));
  assertNotEquals(identityOf([1, 2]), identityOf([2, 1]));
  assertThrows(() => identityOf({ a: { b: [() => {}] } }), Error, "its a.b[0]: it is a function");
});

/** A session that plans without files. */
const session = {
  options: {
    ...{ size: "sample", preset: presets.fixed, precision: "float32" },
  },
  encoder: { config: toyConfig, folder: "toy", hash: "toy" },
  tokenizer: toyTokenizer,
} as unknown as Session;

/** The identity of a run under other options. */
function planned(changes: Partial<Session["options"]> = {}, encoder = session.encoder): string {
  const features = toyFeatures(4);
  const prepared = { features, file: "toy.tsv", digest: "toy" } as RunTask["train"];
  const entry: RunTask = { task, head: task.head, train: prepared, features, evaluated: [] };
  const options = { ...session.options, ...changes };
  const start = { from: "plain", folder: "toy", hash: "toy" } as const;
  return planRun({ ...session, encoder, options }, {
    stage: "finetune",
    start,
    seed: 1,
    tasks: [entry],
  })
    .identity;
}

Deno.test("every field of a recipe is part of a run, or there is a reason", () => {
  const { recipe } = experiments.sample.finetune;
  const changes: { readonly [Field in keyof Required<Recipe>]: Recipe[Field] } = {
    ...{ epochs: 9, batchSize: 9, learningRate: 9, optimizer: "sgd", schedule: "constant" },
    ...{ warmUp: 0.9, weightDecay: 9, clip: 9, mixing: { mode: "uniform" }, maxLength: 9 },
    wordDropout: 0.9,
  };
  const before = planned();
  for (const [field, value] of Object.entries(changes)) {
    const own = recipe as unknown as Record<string, unknown>;
    const old = own[field];
    own[field] = value;
    try {
      assert(planned() !== before || Object.hasOwn(unidentified, field), field);
    } finally {
      if (old === undefined) delete own[field];
      else own[field] = old;
    }
  }
  assertEquals(planned(), before);
});

Deno.test("an encoder that drops out more is another run's", () => {
  const { encoder } = session;
  const config = { ...encoder.config, dropout: 0.3 };
  assertNotEquals(planned({}, { ...encoder, config }), planned());
});

Deno.test("preset, precision, steps and what is done about wild losses are part of a run", () => {
  const found = [
    ...[planned(), planned({ preset: presets.faithful }), planned({ precision: "bfloat16" })],
    ...[planned({ maxSteps: 3 }), planned({ nonFinite: "skip" }), planned({ size: "small" })],
  ];
  assertEquals(new Set(found).size, found.length);
  assertEquals(planned({ results: "elsewhere", threads: 1, keepWeights: true }), planned());
});
