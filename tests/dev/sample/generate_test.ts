import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { checksums, generate } from "../../../lib/dev/sample/generate.ts";
import { SEED } from "../../../lib/dev/sample/main.ts";
import { rowKey } from "../../../lib/dev/sample/rows.ts";
import { cells, pairs, text } from "./files.ts";

const files = generate(SEED);

Deno.test("the committed files are what the generator writes from its seed, byte for byte", async () => {
  for (const [path, expected] of Object.entries(files)) {
    assert(text(path) === expected, `data/sample/${path} differs: run deno task sample`);
  }
  assertEquals(text("CHECKSUMS"), await checksums(files));
});

Deno.test("one seed gives one sample, another seed another one with as many rows", () => {
  assertEquals(generate(SEED), files);
  const other = generate(1);
  const lines = (all: Record<string, string>) =>
    Object.entries(all).map(([path, text]) => [path, text.split("\n").length]);
  assertEquals(lines(other), lines(files));
  for (const path of Object.keys(files)) assertNotEquals(other[path], files[path]);
});

Deno.test("the sample stays under one megabyte and a half", () => {
  assert(Object.values(files).join("").length < 1_500_000);
});

Deno.test("no pair comes twice in a task, neither in one split nor in two", () => {
  for (const task of ["MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE", "WNLI", "SNLI", "SciTail"]) {
    const paths = Object.keys(files).filter((path) => path.startsWith(`${task}/`));
    const keys = paths.flatMap((path) => {
      const [one, two] = path.includes("/test") && task !== "SNLI" && task !== "SciTail"
        ? [-2, -1]
        : [undefined, undefined];
      const rows = one === undefined
        ? pairs(path).map(([first, second]) => ({ first, second }))
        : cells(path).map((row) => ({ first: row.at(one)!, second: row.at(two!)! }));
      return rows.map(rowKey);
    });
    assertEquals(keys.length - new Set(keys).size, 0, task);
  }
  for (const task of ["CoLA", "SST-2"]) {
    const paths = Object.keys(files).filter((path) => path.startsWith(`${task}/`));
    const texts = paths.flatMap((path) =>
      cells(path).map((row) =>
        path.endsWith("test.tsv") ? row[1]! : task === "CoLA" ? row[3]! : row[0]!
      )
    ).map((first) => rowKey({ first, second: "" }));
    assertEquals(texts.length - new Set(texts).size, 0, task);
  }
});

Deno.test("no MNLI training pair comes back in another inference task", () => {
  const keys = (path: string) => pairs(path).map(([first, second]) => rowKey({ first, second }));
  const train = new Set(keys("MNLI/train.tsv"));
  for (const path of ["SNLI/dev.tsv", "SNLI/train.tsv", "RTE/dev.tsv", "AX/diagnostic-full.tsv"]) {
    assertEquals(keys(path).filter((key) => train.has(key)), []);
  }
});

Deno.test("data/README.md tells the rows of every file", () => {
  const readme = Deno.readTextFileSync(new URL("../../../data/README.md", import.meta.url));
  for (const path of Object.keys(files)) {
    const rows = cells(path).length.toLocaleString("en");
    const told = new RegExp(`\\| \`${path}\` +\\| +${rows} \\|`);
    assert(told.test(readme), `expected ${path} with ${rows} rows`);
  }
});

Deno.test("the examples in data/README.md are rows of the sample", () => {
  const readme = Deno.readTextFileSync(new URL("../../../data/README.md", import.meta.url));
  const blocks = [...readme.matchAll(/```text\n([^`]*)```/g)].map(([, block]) => block!);
  const lines = blocks.flatMap((block) => block.trim().split("\n"));
  const rows = Object.keys(files).flatMap(cells).map((row) => row.map((cell) => cell.trim()));
  assertEquals(lines.length, 24);
  for (const line of lines) {
    const wanted = line.split(" | ");
    assert(rows.some((row) => wanted.every((cell) => row.includes(cell))), line);
  }
});
