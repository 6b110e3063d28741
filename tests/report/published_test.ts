import { assertEquals } from "@std/assert";
import { metrics } from "../../lib/metrics/metrics.ts";
import { describePublished, findPublished, published } from "../../lib/report/published.ts";
import { tasks } from "../../lib/tasks.ts";

const values = (query: Parameters<typeof findPublished>[0]) =>
  findPublished(query).map(({ value }) => value);

Deno.test("every table of published numbers is complete", () => {
  const count = (query: Parameters<typeof findPublished>[0]) => findPublished(query).length;
  // Per system: 11 columns of the test table, four of them with two numbers.
  assertEquals(count({ split: "test", size: "large", source: "paper", experiment: "refine" }), 15);
  assertEquals(count({ split: "test", size: "large", system: "BERT", experiment: "finetune" }), 15);
  assertEquals(
    count({ split: "dev", system: "BERT", source: "paper", experiment: "finetune" }),
    13,
  );
  assertEquals(count({ split: "dev", system: "ST-DNN" }), 8);
  assertEquals(count({ source: "program" }), 3);
  assertEquals(count({ source: "claf" }), 13 + 12);
  assertEquals(count({ source: "minilm" }), 7);
  assertEquals(count({ experiment: "adapt" }), 16 + 12);
  assertEquals(published.length, 3 * 15 + 13 + 8 + 13 + 3 + 25 + 7 + 28);
});

Deno.test("the adaptation table has BERT and MT-DNN at four fractions of two tasks", () => {
  const row = (task: string, system: string) =>
    values({ task, system, size: "base", split: "dev", experiment: "adapt" });
  assertEquals(row("snli", "BERT"), [52.5, 78.1, 86.7, 91.0]);
  assertEquals(row("snli", "MT-DNN"), [82.1, 85.2, 88.4, 91.5]);
  assertEquals(row("scitail", "BERT"), [51.2, 82.2, 90.5, 94.3]);
  assertEquals(row("scitail", "MT-DNN"), [81.9, 88.3, 91.1, 95.7]);
});

Deno.test("full-data numbers are told apart by size and split", () => {
  const snli = { task: "snli", fraction: 1, system: "MT-DNN" } as const;
  assertEquals(values({ ...snli, size: "base", split: "test" }), [91.1]);
  assertEquals(values({ ...snli, size: "large", split: "dev" }), [92.2]);
  assertEquals(values({ ...snli, size: "large", split: "test" }), [91.6]);
});

Deno.test("MRPC and QQP numbers go to the metric they were printed under", () => {
  const large = { size: "large", system: "MT-DNN", source: "paper" } as const;
  const of = (task: string, split: "dev" | "test", metric: string) =>
    values({ ...large, task, split, metric })[0];
  assertEquals([of("mrpc", "dev", "f1"), of("mrpc", "dev", "accuracy")], [91.0, 87.5]);
  assertEquals([of("qqp", "dev", "f1"), of("qqp", "dev", "accuracy")], [89.2, 91.9]);
  assertEquals([of("qqp", "test", "f1"), of("qqp", "test", "accuracy")], [72.7, 89.6]);
});

Deno.test("every number has a known task and metric and lies between 0 and 100", () => {
  for (const number of published) {
    assertEquals(number.task in tasks || number.task === "glue", true, number.task);
    assertEquals(number.metric in metrics || number.metric === "score", true, number.metric);
    assertEquals(number.value > 0 && number.value < 100, true);
  }
});

Deno.test("no number is there twice", () => {
  const keys = published.map(({ value: _, ...rest }) => JSON.stringify(rest));
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("descriptions say system, size, split and which QNLI", () => {
  const [number] = findPublished({ task: "qnli", part: "v1", system: "ST-DNN" });
  assertEquals(describePublished(number!), "ST-DNN, large, dev, QNLI v1");
});
