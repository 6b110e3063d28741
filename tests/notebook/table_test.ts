import { assertEquals, assertStringIncludes } from "@std/assert";
import { DISPLAY } from "../../lib/notebook/output.ts";
import { table, type TableOptions, type TableRow } from "../../lib/notebook/table.ts";

async function forms(rows: readonly TableRow[], options?: TableOptions) {
  const bundle = await table(rows, options)[DISPLAY]();
  const [html, markdown, plain] = ["text/html", "text/markdown", "text/plain"].map((type) =>
    String(bundle[type])
  );
  return { html: html!, markdown: markdown!, plain: plain! };
}

const rows = [
  { task: "rte", rows: 2490, score: 66.0649819 },
  { task: "cola", rows: 8551, score: null },
];

Deno.test("numbers stand on the right with the same decimals, missing ones as a dash", async () => {
  const { html, markdown, plain } = await forms(rows);
  assertEquals(plain, "task   rows  score\nrte   2,490  66.06\ncola  8,551      -");
  assertEquals(
    markdown,
    "| task | rows | score |\n| --- | ---: | ---: |\n| rte | 2,490 | 66.06 |\n| cola | 8,551 | - |",
  );
  assertStringIncludes(html, '<td style="text-align:left">rte</td>');
  assertStringIncludes(html, '<td style="text-align:right">66.06</td>');
});

Deno.test("columns are chosen, named, and given decimals", async () => {
  const columns = ["task", { key: "score", title: "accuracy", digits: 1 }];
  const { plain } = await forms(rows, { columns, caption: "On dev" });
  assertEquals(plain, "On dev\ntask  accuracy\nrte       66.1\ncola         -");
});

Deno.test("decimals for all columns leave whole numbers whole, and a column's own go before", async () => {
  const columns = ["task", "rows", "score", { key: "score", title: "rough", digits: 0 }];
  const { plain } = await forms(rows, { columns, digits: 4 });
  assertEquals(plain.split("\n")[1], "rte   2,490  66.0650     66");
});

Deno.test("a record without a column's key has a dash there", async () => {
  assertEquals((await forms([{ a: 1 }, { b: 2 }])).plain, "a  b\n1  -\n-  2");
});

Deno.test("small numbers are not rounded to nothing", async () => {
  const { plain } = await forms([{ rate: 5e-5 }, { rate: 0.00012345 }, { rate: 0 }]);
  assertEquals(plain.split("\n").map((line) => line.trim()), ["rate", "0.00005", "0.000123", "0"]);
});

Deno.test("a number that isn't finite is shown as what it is", async () => {
  assertEquals((await forms([{ loss: NaN }, { loss: 1.5 }])).plain, "loss\n NaN\n1.50");
});

Deno.test("tags, bars and line breaks in a cell are text", async () => {
  const { html, markdown } = await forms([{ text: "<b>a|b\nc" }], { caption: "a & b" });
  assertStringIncludes(html, "<caption>a &amp; b</caption>");
  assertStringIncludes(html, "&lt;b&gt;a|b\nc");
  assertStringIncludes(markdown, "&lt;b&gt;a\\|b c |");
});

Deno.test("a table without rows has its headings", async () => {
  assertEquals((await forms([], { columns: ["task", "score"] })).plain, "task  score");
});
