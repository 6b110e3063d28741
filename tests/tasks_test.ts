import { assertEquals, assertThrows } from "@std/assert";
import { labels } from "../lib/input/layouts.ts";
import {
  outputsOf,
  refinementTasks,
  type Task,
  type TaskName,
  taskNamed,
  tasks,
} from "../lib/tasks.ts";

const all = Object.entries<Task>(tasks);

Deno.test("every task is found by its own name", () => {
  for (const [name, task] of all) {
    assertEquals(task.name, name);
    assertEquals(taskNamed(name), task);
  }
});

Deno.test("an unknown task is refused with the names there are", () => {
  const expected = 'Unknown task "rtt": expected one of cola, sst2, mrpc, stsb, qqp, mnli, qnli, ' +
    "qnli_rank, rte, wnli, ax, snli, scitail.";
  assertThrows(() => taskNamed("rtt"), Error, expected);
});

Deno.test("a name that every object has is no task", () => {
  for (const name of ["constructor", "toString", "__proto__"]) {
    assertThrows(() => taskNamed(name), Error, `Unknown task "${name}"`);
  }
});

Deno.test("every evaluated split has files, and every task but the diagnostics a training file", () => {
  const without = all.filter(([, task]) => !task.splits.train).map(([name]) => name);
  assertEquals(without, ["ax"]);
  for (const [name, { splits, evaluated }] of all) {
    for (const split of evaluated) {
      assertEquals((splits[split]?.candidates.length ?? 0) > 0, true, `${name} ${split}`);
    }
  }
});

Deno.test("labels are the reference program's, by number", () => {
  assertEquals(tasks.mnli.labels, ["contradiction", "neutral", "entailment"]);
  assertEquals(tasks.scitail.labels, ["neutral", "entails"]);
  for (const [name, task] of all) {
    if (name !== "qnli_rank") assertEquals(task.labels, labels[name as keyof typeof labels]);
  }
});

Deno.test("a head has one output per label, and one for a score", () => {
  const outputs = Object.fromEntries(all.map(([name, task]) => [name, outputsOf(task)]));
  const three = { mnli: 3, ax: 3, snli: 3 };
  const expected = Object.fromEntries(all.map(([name]) => [name, 2]));
  assertEquals(outputs, { ...expected, ...three, stsb: 1 });
});

Deno.test("the answer head is used on pairs with labels and nowhere else", () => {
  const answered = all.filter(([, task]) => task.refineHead.name === "san").map(([name]) => name);
  assertEquals(
    answered.sort(),
    ["ax", "mnli", "mrpc", "qnli", "qqp", "rte", "scitail", "snli", "wnli"],
  );
  const linear = Object.fromEntries(all.map(([name, task]) => [name, task.head.name]));
  const others = Object.fromEntries(all.map(([name]) => [name, "classify"]));
  assertEquals(linear, { ...others, stsb: "regress", qnli_rank: "rank" });
});

Deno.test("the first metric of each task is the one that selects", () => {
  const names = Object.fromEntries(
    all.map(([name, { metrics }]) => [name, metrics.map((m) => m.name)]),
  );
  const expected = Object.fromEntries(all.map(([name]) => [name, ["accuracy"]]));
  assertEquals(names, {
    ...expected,
    cola: ["matthews", "accuracy"],
    mrpc: ["accuracy", "f1"],
    qqp: ["accuracy", "f1"],
    stsb: ["pearson", "spearman"],
    ax: ["matthews"],
  });
});

Deno.test("heads drop 0.1, MNLI's 0.3 and CoLA's 0.05", () => {
  const special = all.filter(([, { dropout }]) => dropout !== 0.1)
    .map(([name, { dropout }]) => [name, dropout]);
  assertEquals(Object.fromEntries(special), { cola: 0.05, mnli: 0.3 });
});

Deno.test("only the diagnostics are decided by another task's head", () => {
  const borrowed = all.filter(([name, { headOf }]) => headOf !== name);
  assertEquals(borrowed.map(([name, { headOf }]) => [name, headOf]), [["ax", "mnli"]]);
});

Deno.test("the multi-task stage has the eight tasks of GLUE without WNLI", () => {
  const expected: TaskName[] = ["cola", "mnli", "mrpc", "qnli", "qqp", "rte", "sst2", "stsb"];
  assertEquals(refinementTasks.toSorted(), expected);
});
