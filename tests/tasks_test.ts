import { assertEquals, assertThrows } from "@std/assert";
import { labels } from "../lib/input/layouts.ts";
import { outputsOf, type Task } from "../lib/train/task.ts";
import { refinementTasks, type TaskName, taskNamed, tasks } from "../lib/tasks.ts";

const all = Object.entries<Task>(tasks);

Deno.test("every task is found by its own name", () => {
  for (const [name, task] of all) {
    assertEquals(task.name, name);
    assertEquals(taskNamed(name), task);
  }
});

Deno.test("an unknown task is refused with the names there are", () => {
  const expected = `Unknown task "rtt": expected one of ${Object.keys(tasks).join(", ")}.`;
  assertThrows(() => taskNamed("rtt"), Error, expected);
});

Deno.test("a name that every object has is no task", () => {
  for (const name of ["constructor", "toString", "__proto__"]) {
    assertThrows(() => taskNamed(name), Error, `Unknown task "${name}"`);
  }
});

Deno.test("every evaluated split has files, and every task with a head of its own a training file", () => {
  for (const [name, { splits, evaluated, headOf }] of all) {
    for (const split of [...(headOf === name ? ["train"] : []), ...evaluated]) {
      assertEquals((splits[split]?.candidates.length ?? 0) > 0, true, `${name} ${split}`);
    }
  }
});

Deno.test("a task that another one's head decides has the same labels", () => {
  assertEquals(tasks.ax.headOf, "mnli");
  for (const [name, { headOf, labels, head }] of all) {
    const owner = taskNamed(headOf);
    assertEquals([owner.headOf, owner.labels, owner.head], [headOf, labels, head], name);
  }
});

Deno.test("labels are the reference program's, by number", () => {
  assertEquals(tasks.mnli.labels, ["contradiction", "neutral", "entailment"]);
  assertEquals(tasks.scitail.labels, ["neutral", "entails"]);
  for (const [name, names] of Object.entries(labels)) {
    assertEquals(taskNamed(name).labels, names);
  }
});

Deno.test("a head has one output per label, and one for a score or a candidate's score", () => {
  const { mnli, rte, stsb, qnli_rank } = tasks;
  assertEquals([mnli, rte, stsb, qnli_rank].map(outputsOf), [3, 2, 1, 1]);
});

Deno.test("the multi-task stage uses the answer head on the paper's pairs with labels", () => {
  const without = refinementTasks.filter((name) => tasks[name].refineHead.reads === "pooled");
  assertEquals(without.toSorted(), ["cola", "sst2", "stsb"]);
  for (const { refineHead } of refinementTasks.map((name) => tasks[name])) {
    if (refineHead.reads === "hidden") assertEquals(refineHead.decides, "one");
  }
});

Deno.test("the paper's tasks are selected by the metrics that GLUE ranks them by", () => {
  const selecting = (name: TaskName) => tasks[name].metrics[0].name;
  const others = refinementTasks.filter((name) => selecting(name) !== "accuracy");
  assertEquals(others.map((name) => [name, selecting(name)]), [
    ["cola", "matthews"],
    ["stsb", "pearson"],
  ]);
});

Deno.test("the paper's heads drop 0.1, MNLI's 0.3 and CoLA's 0.05", () => {
  const special = refinementTasks.filter((name) => tasks[name].dropout !== 0.1);
  assertEquals(special.map((name) => [name, tasks[name].dropout]), [["mnli", 0.3], ["cola", 0.05]]);
});

Deno.test("the multi-task stage has the eight tasks of GLUE without WNLI", () => {
  const expected: TaskName[] = ["cola", "mnli", "mrpc", "qnli", "qqp", "rte", "sst2", "stsb"];
  assertEquals(refinementTasks.toSorted(), expected);
});
