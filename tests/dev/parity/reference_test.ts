import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { runChecks } from "../../../lib/dev/parity/checks.ts";
import type { ComparisonKind } from "../../../lib/dev/parity/compare.ts";
import { openReference } from "../../../lib/dev/parity/reference.ts";

/** Recorded values written by hand, in the format of the real ones. */
const METRICS = {
  classification: [{
    ...{ name: "half right", predictions: [0, 1, 1, 1], labels: [0, 1, 0, 0], ACC: 50, F1: 50 },
    sklearn: { accuracy: 0.5 },
  }],
  regression: [{
    ...{ name: "constant", predictions: [1, 1, 1], labels: [1, 2, 3] },
    ...{ Pearson: { nonfinite: "nan" }, Spearman: { nonfinite: "nan" }, scipy: {} },
  }],
  ...{ mnli: [], ranking: [], submission: [] },
};

const VOCABULARY = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\n";
const TEXTS = [{ kind: "hand", name: "plural", lower: true, text: "The cats", ids: [5, 6, 7] }];

/** Lends a folder with some files. */
async function withFolder(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function rowsOf(folder: string, kind: ComparisonKind) {
  return await Array.fromAsync(runChecks(await openReference(folder), [kind]));
}

const lines = (values: readonly unknown[]) => values.map((each) => JSON.stringify(each)).join("\n");

Deno.test("the tokenizer's check reads any folder and fails for any other id", async () => {
  const good = { "vocab.txt": VOCABULARY, "tokenizer.jsonl": lines(TEXTS) };
  await withFolder(good, async (folder) => {
    assertEquals((await rowsOf(folder, "tokenizer")).map(({ passed }) => passed), [true]);
  });
  const wrong = [{ ...TEXTS[0], ids: [5, 6, 6] }];
  await withFolder({ ...good, "tokenizer.jsonl": lines(wrong) }, async (folder) => {
    const [row] = await rowsOf(folder, "tokenizer");
    assertEquals([row!.passed, row!.note], [false, '"plural"']);
  });
});

Deno.test("a text of which today's tokenizer makes something else is compared with that", async () => {
  const texts = [
    { ...TEXTS[0], ids: [5, 1], hf_tokens: ["the", "cat", "##s"] },
    { ...TEXTS[0], ids: [1, 1], lower: false }, // what it makes of this was not recorded
  ];
  const files = { "vocab.txt": VOCABULARY, "tokenizer.jsonl": lines(texts) };
  await withFolder(files, async (folder) => {
    const rows = await rowsOf(folder, "tokenizer");
    assertEquals(rows.map(({ passed, cases }) => [passed, cases]), [[true, 1]]);
  });
});

Deno.test("the metrics' check fails for a value that is off by a millionth", async () => {
  const write = (ACC: number) =>
    JSON.stringify({ ...METRICS, classification: [{ ...METRICS.classification[0], ACC }] });
  await withFolder({ "metrics.json": write(50) }, async (folder) => {
    assertEquals((await rowsOf(folder, "metrics"))[0]!.passed, true);
  });
  await withFolder({ "metrics.json": write(50.00005) }, async (folder) => {
    const [row] = await rowsOf(folder, "metrics");
    assertEquals([row!.passed, row!.note], [false, 'accuracy of "half right"']);
  });
});

Deno.test("a file that is missing or damaged is a failed row that names it", async () => {
  await withFolder({ "schedule.json": "{" }, async (folder) => {
    const [missing] = await rowsOf(folder, "forward");
    assertEquals(missing!.passed, false);
    assert(missing!.note!.includes("forward.json"), missing!.note);
    const [damaged] = await rowsOf(folder, "schedule");
    assertEquals(damaged!.passed, false);
    assert(damaged!.note!.includes('schedule.json": it is not JSON'), damaged!.note);
  });
});

Deno.test("recorded values of another form are a failed row that says so, in no engine's words", async () => {
  for (const text of ["[]", "null", `{"classification":[{"predictions":null}]}`]) {
    await withFolder({ "metrics.json": text }, async (folder) => {
      const rows = await rowsOf(folder, "metrics");
      const notes = rows.flatMap(({ passed, note }) => passed ? [] : [note]);
      assert(notes.some((note) => note?.startsWith("the recorded values are not laid out as")));
    });
  }
});

Deno.test("a kind of which nothing is recorded fails", async () => {
  await withFolder({ "vocab.txt": VOCABULARY, "tokenizer.jsonl": "" }, async (folder) => {
    const [row] = await rowsOf(folder, "tokenizer");
    assertEquals([row!.passed, row!.note], [false, "nothing of this kind is recorded"]);
  });
});

Deno.test("only nan and the infinities are what JSON has not", async () => {
  const values = ["nan", "inf", "-inf", "constructor", "toString", 1, { toString: 1 }, null]
    .map((nonfinite) => ({ nonfinite }));
  await withFolder({ "a.json": JSON.stringify(values) }, async (folder) => {
    const read = await (await openReference(folder)).json<unknown[]>("a.json");
    assertEquals(read, [NaN, Infinity, -Infinity, ...values.slice(3)]);
  });
});

Deno.test("a damaged line is named by its number, bad UTF-8 as well", async () => {
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  await withFolder({ "a.jsonl": "{}\n\n{\n", "deep.json": deep }, async (folder) => {
    const reference = await openReference(folder);
    await assertRejects(() => reference.lines("a.jsonl"), Error, `a.jsonl": line 3 is not JSON (`);
    await assertRejects(() => reference.json("deep.json"), Error, "not JSON (too many levels)");
    await Deno.writeFile(`${folder}/b.txt`, Uint8Array.of(10, 10, 255));
    await assertRejects(() => reference.text("b.txt"), Error, `b.txt": line 3 is not UTF-8`);
  });
});

Deno.test("openReference() says which folder is missing and how to name another", async () => {
  await assertRejects(
    () => openReference("nowhere"),
    Error,
    'no folder "nowhere"; name the folder',
  );
});
