import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { type Layout, parseExamples } from "../../lib/input/readers.ts";
import { labels, sources, wnliFaithful } from "../../lib/input/layouts.ts";
import { readText } from "./official.ts";

const fixtures = new URL("../fixtures/input", import.meta.url).pathname;
const pair: Layout = {
  id: "index",
  premise: "sentence1",
  hypothesis: "sentence2",
  target: "label",
};
const header = "index\tsentence1\tsentence2\tlabel\n";
const names = ["not_entailment", "entailment"];
const file = "RTE/dev.tsv";

Deno.test("parseExamples() reads a pair file by the names in its header", async () => {
  const text = await readText(`${fixtures}/RTE/dev.tsv`);
  const { examples, dropped, empty } = parseExamples(text, sources.rte.dev.layout, labels.rte, {
    file,
  });
  assertEquals(examples[2], {
    row: 2,
    id: "2",
    premise: 'She wrote "The Lamp" in 1921.',
    hypotheses: ['"The Lamp" was written in 1921.'],
    targets: [1],
  });
  assertEquals(examples.map(({ targets }) => targets[0]), [1, 0, 1]);
  assertEquals([dropped, empty], [[], 0]);
});

Deno.test("parseExamples() finds columns by name in whatever order they stand", () => {
  const text = "label\tsentence2\tindex\tsentence1\nentailment\tIt is wet.\t9\tIt rains.\n";
  assertEquals(parseExamples(text, pair, names, { file }).examples, [
    { row: 0, id: "9", premise: "It rains.", hypotheses: ["It is wet."], targets: [1] },
  ]);
});

Deno.test("parseExamples() maps labels by name, whatever their order", () => {
  const text = `${header}0\ta\tb\tentailment\n1\ta\tb\tnot_entailment\n`;
  const targets = (order: string[]) =>
    parseExamples(text, pair, order, { file }).examples.map(({ targets }) => targets[0]);
  assertEquals(targets(["not_entailment", "entailment"]), [1, 0]);
  assertEquals(targets(["entailment", "not_entailment"]), [0, 1]);
});

Deno.test("parseExamples() reads CoLA, which has no header, from its first row on", async () => {
  const text = await readText(`${fixtures}/CoLA/train.tsv`);
  const { examples } = parseExamples(text, sources.cola.train.layout, labels.cola, { file });
  assertEquals(examples.map(({ row, id, targets }) => [row, id, ...targets]), [
    [0, "0", 1],
    [1, "1", 0],
    [2, "2", 1],
  ]);
  assertEquals(examples[0]?.premise, "The cat that I fed slept.");
  assertEquals(examples[0]?.hypotheses, []);
});

Deno.test("parseExamples() loses CoLA's first row under skipFirst and says so", async () => {
  const text = await readText(`${fixtures}/CoLA/train.tsv`);
  const { examples, dropped } = parseExamples(text, sources.cola.train.layout, labels.cola, {
    file,
    skipFirst: true,
  });
  assertEquals(examples.map(({ row }) => row), [1, 2]);
  assertEquals(dropped, [{ reason: "first row", count: 1 }]);
});

Deno.test("parseExamples() keeps the file's own words where the labels are those", async () => {
  const text = await readText(`${fixtures}/CoLA/train.tsv`);
  const { examples } = parseExamples(text, sources.cola.train.layout, ["0", "1"], { file });
  assertEquals(examples.map(({ targets }) => targets[0]), [1, 0, 1]);
});

Deno.test("parseExamples() reads any number of labels from a cell, by name", () => {
  const layout = { premise: "text", target: "labels", labelSeparator: "," };
  const read = (cell: string, words = {}) =>
    parseExamples(`text\tlabels\na\t${cell}\n`, { ...layout, words }, ["joy", "fear", "anger"], {
      file,
    }).examples.map(({ targets }) => targets);
  assertEquals(read("anger,joy"), [[1, 0, 1]]);
  assertEquals(read("fear"), [[0, 1, 0]]);
  assertEquals(read(""), [[0, 0, 0]]);
  assertEquals(read("2,0", { "0": "joy", "2": "anger" }), [[1, 0, 1]]);
  for (const [cell, wrong] of [["joy, anger", '" anger"'], ["joy,", '""'], ["joy;fear", ""]]) {
    assertThrows(() => read(cell!), Error, `line 2 has the label ${wrong}`);
  }
});

Deno.test("parseExamples() leaves targets empty where the layout has none", async () => {
  const text = await readText(`${fixtures}/CoLA/test.tsv`);
  const { examples } = parseExamples(text, sources.cola.test.layout, labels.cola, { file });
  assertEquals(examples.map(({ targets }) => targets[0]), [undefined, undefined]);
});

Deno.test("parseExamples() removes one carriage return and reads quotation marks as text", async () => {
  const text = await readText(`${fixtures}/MRPC/train.tsv`);
  const { examples } = parseExamples(text, sources.mrpc.train.layout, labels.mrpc, { file });
  assertEquals(examples[0]?.premise, '" It rained all day , " he said .');
  assertEquals(examples[0]?.hypotheses, ['He said " it rained all day .']);
  assertEquals(examples[1]?.hypotheses, ["The town has two mills ."]);
});

Deno.test("parseExamples() splits at line feed and tab only", () => {
  const odd = "one\u2028two\u0085three\vfour\ffive six";
  const text = `${header}0\t${odd}\ta\rb\tentailment\r\n`;
  const { examples } = parseExamples(text, pair, names, { file });
  assertEquals([examples[0]?.premise, examples[0]?.hypotheses[0]], [odd, "a\rb"]);
});

Deno.test("parseExamples() reads the STS benchmark's rows with and without sources", async () => {
  const text = await readText(`${fixtures}/STS-B/original/sts-test.csv`);
  const layout = sources.stsb.test_labelled.layout;
  const { examples } = parseExamples(text, layout, labels.stsb, { file });
  assertEquals(examples.map(({ targets }) => targets[0]), [4.2, 0]);
  assertEquals(examples[1]?.hypotheses, ["Two planes are landing."]);
});

Deno.test("parseExamples() leaves out and counts rows without an agreed label", async () => {
  const text = await readText(`${fixtures}/SNLI/dev.tsv`);
  const { examples, dropped, empty } = parseExamples(text, sources.snli.dev.layout, labels.snli, {
    file,
  });
  assertEquals(examples.map(({ row, id, targets }) => [row, id, ...targets]), [
    [0, "0", 2],
    [2, "2", 1],
    [3, "3", 0],
  ]);
  assertEquals(dropped, [{ reason: "no label", count: 1 }]);
  assertEquals(empty, 1);
});

Deno.test("parseExamples() reads the original SNLI release by the same layout", async () => {
  const text = await readText(`${fixtures}/snli_1.0/snli_1.0_train.txt`);
  const { examples } = parseExamples(text, sources.snli.train.layout, labels.snli, { file });
  assertEquals(examples, [{
    row: 0,
    id: "c1.jpg#0n",
    premise: "Two men carry a table.",
    hypotheses: ["The table is heavy."],
    targets: [1],
  }]);
});

Deno.test("parseExamples() reads the diagnostics with and without labels", async () => {
  const plain = parseExamples(
    await readText(`${fixtures}/AX/AX.tsv`),
    sources.ax.test.layout,
    labels.ax,
    { file },
  );
  const labelled = parseExamples(
    await readText(`${fixtures}/AX/diagnostic-full.tsv`),
    sources.ax.test_labelled.layout,
    labels.ax,
    { file },
  );
  assertEquals(plain.examples[0]?.hypotheses, labelled.examples[0]?.hypotheses);
  assertEquals([plain.examples[0]?.targets[0], labelled.examples[0]?.targets[0]], [undefined, 0]);
});

Deno.test("parseExamples() reads WNLI's columns right, and wrong under the faithful layout", () => {
  const text = `${header}5\tA stick broke.\tIt broke.\t1\n`;
  const read = (layout: Layout) => parseExamples(text, layout, labels.wnli, { file }).examples[0];
  assertEquals(read(sources.wnli.dev.layout), {
    row: 0,
    id: "5",
    premise: "A stick broke.",
    hypotheses: ["It broke."],
    targets: [1],
  });
  assertEquals(read(wnliFaithful)?.premise, "It broke.");
  assertEquals(read(wnliFaithful)?.hypotheses, ["1"]);
});

Deno.test("parseExamples() names line, columns found and columns expected", () => {
  const good = "0\ta\tb\tentailment\n".repeat(5);
  const cases = { "6\ta\tb": "3 columns", "6": "1 column", "6\ta\tb\tentailment\tc": "5 columns" };
  for (const [row, found] of Object.entries(cases)) {
    assertThrows(
      () => parseExamples(`${header}${good}${row}\n`, pair, names, { file }),
      Error,
      `Cannot read "RTE/dev.tsv": line 7 has ${found}, expected 4`,
    );
  }
  assertThrows(
    () => parseExamples("a\tb\n", sources.stsb.test_labelled.layout, [], { file }),
    Error,
    'Cannot read "RTE/dev.tsv": line 1 has 2 columns, expected 7 to 9',
  );
});

Deno.test("parseExamples() refuses an empty line between rows", () => {
  assertThrows(
    () =>
      parseExamples(`${header}0\ta\tb\tentailment\n\n1\ta\tb\tentailment\n`, pair, names, { file }),
    Error,
    "line 3 has 1 column, expected 4",
  );
});

Deno.test("parseExamples() names line, label found and labels expected", () => {
  assertThrows(
    () => parseExamples(`${header}0\ta\tb\tmaybe\n`, pair, names, { file }),
    Error,
    'Cannot read "RTE/dev.tsv": line 2 has the label "maybe", expected not_entailment or entailment',
  );
});

Deno.test("parseExamples() refuses scores that are no numbers from 0 to 5", () => {
  const score = (cell: string) =>
    parseExamples(`premise\tscore\na\t${cell}\n`, { premise: "premise", target: "score" }, [], {
      file,
    }).examples[0]?.targets[0];
  assertEquals([score("0"), score("5.000"), score("3.25")], [0, 5, 3.25]);
  for (
    const cell of [
      "",
      " ",
      "high",
      "NaN",
      "Infinity",
      "-0.1",
      "5.01",
      "3,2",
      "0x1g",
      "0x3",
      "0b1",
      "1_0",
      "٣",
    ]
  ) {
    assertThrows(
      () => score(cell),
      Error,
      `Cannot read "RTE/dev.tsv": line 2 has the score "${cell}", expected a number from 0 to 5`,
    );
  }
});

Deno.test("parseExamples() names a column that the header lacks", () => {
  assertThrows(
    () => parseExamples("index\tsentence1\tsentence2\n0\ta\tb\n", pair, names, { file }),
    Error,
    'Cannot read "RTE/dev.tsv": line 1 names no column "label", it has index, sentence1, sentence2',
  );
});

Deno.test("parseExamples() refuses a file without rows", () => {
  for (const text of ["", "\n", header]) {
    assertThrows(() => parseExamples(text, pair, names, { file }), Error, 'Cannot read "RTE/dev');
  }
  assertThrows(() => parseExamples(header, pair, names, { file }), Error, "it has no rows");
  const cola = sources.cola.train.layout;
  assertThrows(() => parseExamples("", cola, labels.cola, { file }), Error, "it has no rows");
});

Deno.test("parseExamples() reads a last line without a line end and skips empty ones after it", () => {
  for (const end of ["", "\n", "\r\n", "\n\n"]) {
    const { examples } = parseExamples(`${header}0\ta\tb\tentailment${end}`, pair, names, { file });
    assertEquals(examples.length, 1);
    assertEquals(examples[0]?.targets[0], 1);
  }
});

Deno.test("parseExamples() refuses a column that matters and is named twice", () => {
  const text = "index\tsentence1\tSentence1\tsentence2\tlabel\n0\ta\tb\tc\tentailment\n";
  assertThrows(
    () => parseExamples(text, pair, names, { file }),
    Error,
    'Cannot read "RTE/dev.tsv": line 1 names the column "sentence1" twice, expected it once',
  );
  const { examples } = parseExamples(
    `note\tnote\t${header}x\ty\t0\ta\tb\tentailment\n`,
    pair,
    names,
    {
      file,
    },
  );
  assertEquals(examples.length, 1); // one that nobody reads may be there twice
});

Deno.test("parseExamples() tells a wrong layout from a wrong header", () => {
  const layout = { ...sources.cola.train.layout, premise: "sentense" };
  assertThrows(
    () => parseExamples("a\t1\t\tb\n", layout, labels.cola, { file }),
    Error,
    'its layout names no column "sentense", it has source, label, star, sentence',
  );
});

Deno.test("parseExamples() refuses in one short line, whatever a cell or a header holds", () => {
  const odd = ["\0\x1b[31m\u202e\u2028", "x".repeat(100_000), "\r\r"];
  for (const cell of odd) {
    const texts = [`${header}0\ta\tb\t${cell}\n`, `${cell}\tindex\n0\t1\n`];
    for (const text of texts) {
      const { message } = assertThrows(() => parseExamples(text, pair, names, { file }), Error);
      assertMatch(message, /^Cannot read "RTE\/dev\.tsv": line \d [ -~]{10,250}$/);
    }
  }
});

Deno.test("comma-separated values may have quotes, line ends in them and empty lines", () => {
  const layout = { format: "csv", premise: "text", target: "label" } as const;
  const read = (text: string) =>
    parseExamples(text, layout, ["no", "yes"], { file: "own.csv" }).examples;
  const text = 'text,label\r\n\r\n"a, ""b""\nc",yes\r\nd,no\r\n';
  assertEquals(read(text).map(({ premise, targets }) => [premise, targets]), [
    ['a, "b"\nc', [1]],
    ["d", [0]],
  ]);
  const refused = (text: string, why: string) => assertThrows(() => read(text), Error, why);
  refused('text,label\n"a\nb",no\n\nc,maybe\n', 'own.csv": line 5 has the label "maybe"');
  refused("text,label\na,no,more\n", 'own.csv": line 2 has 3 columns, expected 2');
  refused('text,label\n"a,no\n', 'Cannot read "own.csv": ');
  refused("text,topic\na,no\n", "own.csv");
});
