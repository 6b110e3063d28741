import { assertEquals, assertThrows } from "@std/assert";
import type { Layout } from "../../lib/input/readers.ts";
import { metrics } from "../../lib/metrics/metrics.ts";
import { hasSplit, readingOf } from "../../lib/run/dataset.ts";
import { checkTask, type Task } from "../../lib/train/task.ts";
import { tasks } from "../../lib/tasks.ts";

function refuse(task: Task, why: string): void {
  const { message } = assertThrows(() => checkTask(task, Object.keys(tasks)), Error);
  const start = `Task ${JSON.stringify(task.name)} can't be used: ${why}`;
  assertEquals(message.slice(0, start.length), start);
  assertEquals(message.endsWith("; mend its record."), true, message);
}

const scitail = tasks.scitail.splits.train!;

/** SciTail, whose files have no header, with another layout for its training file. */
function withLayout(changes: Partial<Layout>): Task {
  const layout = { ...scitail.layout, ...changes };
  return { ...tasks.scitail, splits: { train: { ...scitail, layout }, dev: scitail } };
}

Deno.test("every task of this project can be used", () => {
  for (const task of Object.values<Task>(tasks)) checkTask(task, Object.keys(tasks));
});

Deno.test("a mistyped column is named with the columns there are", () => {
  const columns = "expected premise, hypothesis or label";
  refuse(withLayout({ premise: "premiss" }), `split "train" has the premise "premiss", ${columns}`);
  refuse(withLayout({ target: "lable" }), `split "train" has the target "lable", ${columns}`);
  refuse(
    withLayout({ columns: ["premise", "Premise", "hypothesis", "label"] }),
    `split "train" has the column "premise" twice`,
  );
});

Deno.test("a mistyped label is named with the labels there are", () => {
  refuse(
    withLayout({ words: { e: "entail" } }),
    `split "train" has the word "e" for "entail", expected neutral or entails`,
  );
  refuse({ ...tasks.rte, labels: ["entailment", "entailment"] }, 'labels has "entailment" twice');
  refuse({ ...tasks.rte, labels: ["entailment"] }, 'labels has "entailment" alone, expected two');
});

Deno.test("a split that is mistyped, or has nothing to score, is named", () => {
  refuse({ ...tasks.rte, evaluated: ["dve"] }, `evaluated has "dve", expected train, dev or test`);
  refuse({ ...tasks.rte, evaluated: ["toString"] }, `evaluated has "toString", expected`);
  refuse({ ...tasks.rte, evaluated: ["test"] }, `the layout of split "test" names no target`);
  const { target: _, ...bare } = scitail.layout;
  const splits = { ...tasks.scitail.splits, train: { candidates: ["a"], layout: bare } };
  refuse({ ...tasks.scitail, splits }, `the layout of split "train" names no target`);
  const empty = { ...tasks.rte.splits, more: { candidates: [], layout: bare } };
  refuse({ ...tasks.rte, splits: empty }, 'split "more" has no file');
});

Deno.test("a metric that can't score the task is named before anything is scored", () => {
  const { accuracy, f1 } = metrics;
  refuse({ ...tasks.mnli, metrics: [f1] }, "metrics has f1, which it can't be scored by (Cannot");
  refuse(
    { ...tasks.stsb, metrics: [accuracy] },
    "metrics has accuracy, which it can't be scored by",
  );
  const mistyped = { ...tasks.rte, metrics: [accuracy, undefined] } as unknown as Task;
  refuse(mistyped, "metrics has missing");
  refuse({ ...tasks.rte, metrics: [] as unknown as Task["metrics"] }, "metrics has none, expected");
});

Deno.test("a head, rate, range or name that can't be is refused", () => {
  refuse(
    { ...tasks.rte, head: tasks.stsb.head },
    "head is regress, which decides a number, but there are 2 labels",
  );
  refuse(
    { ...tasks.stsb, refineHead: tasks.rte.head },
    "refineHead is classify, which decides one of several labels, but head is regress",
  );
  refuse(
    { ...tasks.rte, head: tasks.qnli_rank.head },
    "head is rank, which decides one of several candidates, but pairing is missing",
  );
  refuse(
    { ...tasks.rte, objective: tasks.stsb.objective },
    "head is classify, which decides one of several labels, but objective is mean squared error",
  );
  refuse({ ...tasks.rte, headOf: "mnlii" }, 'headOf is "mnlii", expected rte, ');
  refuse({ ...tasks.rte, dropout: 1 }, "dropout is 1, expected 0 up to below 1");
  refuse({ ...tasks.rte, dropout: NaN }, "dropout is null, expected");
  refuse({ ...tasks.rte, name: "R T E" }, "its name is not made of small letters, digits and _");
  refuse({ ...tasks.mnli, pairing: "question" }, "pairing needs two labels, there are 3");
  refuse(
    withLayout({ labelSeparator: "," }),
    'split "train" has the labelSeparator ",", but head decides one of several labels',
  );
  refuse(withLayout({ range: [5, 0] }), 'split "train" has scores from 5 to 0');
});

Deno.test("a record is checked wherever its files are looked for", async () => {
  const mistyped = withLayout({ target: "lable" });
  assertThrows(() => readingOf(mistyped, "dev"), Error, `Task "scitail" can't be used: `);
  const error = await hasSplit(mistyped, "dev", "nowhere").then(() => null, (error) => error);
  assertEquals(String(error).includes(`Task "scitail" can't be used: `), true, String(error));
});
