import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  difference,
  differenceCell,
  drawCell,
  publishedBeside,
  publishedCell,
  rowsCell,
  scoreCell,
  stepsCell,
} from "../../lib/report/cells.ts";

const seeds = (...values: (number | null)[]) => values.map((value, i) => ({ seed: i + 1, value }));

Deno.test("a score cell states mean, spread and n, and invents no spread for one run", () => {
  assertEquals(scoreCell(seeds(83.4, 82.1, 84.0, 83.3, 82.9)), "83.1 ± 0.7 (n=5)");
  assertEquals(scoreCell(seeds(83.44)), "83.4 (n=1)");
  assertEquals(scoreCell(seeds(50, 50)), "50.0 ± 0.0 (n=2)");
  assertEquals(scoreCell([]), "-");
});

Deno.test("a score cell says how many runs had no value", () => {
  assertEquals(scoreCell(seeds(80, null, 82)), "81.0 ± 1.4 (n=2, 1 undefined)");
  assertEquals(scoreCell(seeds(null, null)), "undefined (n=2)");
});

Deno.test("a small negative score isn't printed as minus zero", () => {
  assertEquals(scoreCell(seeds(-0.01)), "0.0 (n=1)");
  assertEquals(scoreCell(seeds(-1.26)), "-1.3 (n=1)");
});

Deno.test("a difference pairs by seed and leaves out seeds without a partner or value", () => {
  const plain = [{ seed: 3, value: 60 }, { seed: 1, value: 50 }, { seed: 9, value: null }];
  const refined = [{ seed: 1, value: 55 }, { seed: 2, value: 99 }, { seed: 9, value: 70 }];
  assertEquals(difference(plain, refined), { pairs: 1, mean: 5, interval: null, p: null });
  assertEquals(differenceCell(plain, refined), "+5.0 (n=1)");
  assertEquals(differenceCell(plain, []), "-");
});

Deno.test("a difference of five seeds has the interval of Student and the exact p", () => {
  const plain = seeds(80.1, 81.0, 80.5, 82.2, 79.8);
  const refined = seeds(83.4, 82.1, 84.0, 83.3, 82.9);
  const { mean, interval, p } = difference(plain, refined)!;
  assertAlmostEquals(mean, 2.42, 1e-9);
  assertAlmostEquals(interval!.low, 0.9135386493, 1e-9); // scipy 1.17.1
  assertEquals(p, 0.0625);
  assertEquals(differenceCell(plain, refined), "+2.4 [+0.9, +3.9] (p=0.063, n=5)");
});

Deno.test("beyond twenty pairs p is that of the paired t test, and tiny ones are not zero", () => {
  const plain = Array.from({ length: 25 }, (_, i) => ({ seed: i, value: 70 + (i % 5) / 10 }));
  const refined = plain.map(({ seed, value }) => ({ seed, value: value + 1 + (seed % 3) / 10 }));
  assertEquals(differenceCell(plain, refined), "+1.1 [+1.1, +1.1] (p<0.001, n=25)");
});

Deno.test("rows are given beside the official number", () => {
  assertEquals(rowsCell({ train: 15891, trainOfficial: 392702 }), "15,891 of 392,702");
  assertEquals(rowsCell({ train: 2490, trainOfficial: 2490 }), "all 2,490");
  assertEquals(rowsCell({ train: 999 }), "999");
  assertEquals(stepsCell([1_200_000]), "1,200,000");
  assertEquals(stepsCell([]), "-");
});

Deno.test("a draw is listed in full up to 25 rows", () => {
  const rows = (n: number) => Array.from({ length: n }, (_, i) => n - i);
  assertEquals(drawCell(rows(23)), `23 rows: ${rows(23).reverse().join(" ")}`);
  assertEquals(drawCell(rows(5493)), "5,493 rows: 1 2 3 4 5 6 7 8 9 10 ...");
});

Deno.test("published numbers stand beside their own task, part, split and fraction only", () => {
  const row = {
    experiment: "finetune",
    metric: "accuracy",
    fraction: undefined,
    size: "small",
  } as const;
  const values = (task: string, split: string, encoder: "plain" | "refined") =>
    publishedBeside({ ...row, task, split }, encoder).map(({ value }) => value);
  assertEquals(values("mnli", "dev_mismatched", "refined"), [86.7, 84.2]);
  assertEquals(values("mnli", "dev_matched", "plain"), [86.3, 86.6, 83.9, 83.3]);
  assertEquals(values("rte", "test", "refined"), [81.4]);
  const adapt = { ...row, experiment: "adapt", task: "snli", split: "dev" } as const;
  assertEquals(
    [0.001, 1, 0.5].map((fraction) =>
      publishedBeside({ ...adapt, fraction }, "refined").map(({ value }) => value)
    ),
    [[82.1], [91.5, 92.2], []],
  );
});

Deno.test("nothing published stands beside generated sentences", () => {
  const row = { experiment: "finetune", task: "rte", split: "dev", metric: "accuracy" } as const;
  const count = (size: string) =>
    publishedBeside({ ...row, size, fraction: undefined }, "refined").length;
  assertEquals([count("sample"), count("small")], [0, 3]);
});

Deno.test("scores before finetuning have published test numbers of that stage alone", () => {
  const row = {
    experiment: "refine",
    task: "rte",
    metric: "accuracy",
    fraction: undefined,
    size: "paper",
  } as const;
  const cell = (split: string) => publishedCell(publishedBeside({ ...row, split }, "refined"));
  assertEquals(
    cell("test"),
    "79.1 (MT-DNN without finetuning, large, test; paper), 81.4 (MT-DNN, large, test; paper)",
  );
  assertEquals(publishedCell([]), "-");
});
