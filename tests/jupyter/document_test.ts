import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import {
  formatNotebook,
  parseNotebook,
  readNotebook,
  writeNotebook,
} from "../../lib/jupyter/document.ts";
import type { Notebook } from "../../lib/jupyter/types.ts";
import { code, executed, notebook, text } from "./small.ts";

const PNG = "iVBORw0KGgo=";

/** A notebook with every kind of cell and output. */
const everything: Notebook = notebook(
  {
    ...text("# Title\n\n![a](attachment:a.png) \u2028 end"),
    attachments: { "a.png": { "image/png": PNG } },
  },
  executed(
    "let a = 1;\na",
    1,
    { output_type: "stream", name: "stdout", text: "one\ntwo\r\nthree" },
    {
      output_type: "display_data",
      data: {
        "application/vnd.plotly.v1+json": { data: [{ y: [1, 2.5], b: "x\ny" }], layout: {} },
        "image/png": PNG,
        "image/svg+xml": "<svg>\n</svg>",
        "text/plain": "figure\nof two lines",
      },
      metadata: { "image/png": { width: 10 } },
    },
    { output_type: "execute_result", execution_count: 1, data: { "text/html": "" }, metadata: {} },
    { output_type: "error", ename: "E", evalue: "why", traceback: ["E: why", "  at x"] },
  ),
  { ...text("raw text"), cell_type: "raw" },
  { ...code(""), metadata: { tags: ["parameters"] } },
);

/** Packages of a JupyterLab that the project's `lab` command installed, if it did. */
async function sitePackages(): Promise<string> {
  const cache = Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") ?? ".", ".cache");
  const parent = join(cache, "mt-dnn/jupyter");
  const folders: string[] = [];
  for (const { name } of await Array.fromAsync(Deno.readDir(parent)).catch(() => [])) {
    const lib = join(parent, name, "lib");
    const pythons = await Array.fromAsync(Deno.readDir(lib)).catch(() => []);
    folders.push(...pythons.map((python) => join(lib, python.name, "site-packages")));
  }
  return [Deno.env.get("PYTHONPATH"), ...folders].filter((path) => path).join(":");
}

const PYTHONPATH = await sitePackages();

async function python(script: string, ...args: string[]): Promise<Deno.CommandOutput> {
  return await new Deno.Command("python3", {
    args: ["-c", script, ...args],
    env: { PYTHONPATH },
  }).output();
}

const hasNbformat = (await python(
  'import importlib.util, sys; sys.exit(importlib.util.find_spec("nbformat") is None)',
)).success;

Deno.test("a notebook that was written is read as it was", () => {
  assertEquals(parseNotebook(formatNotebook(everything), "a.ipynb"), everything);
});

Deno.test("texts are kept as lines, keys in order, Python's line ends included", () => {
  const file = JSON.parse(formatNotebook(everything));
  assertEquals(Object.keys(file), ["cells", "metadata", "nbformat", "nbformat_minor"]);
  const [first, second] = file.cells;
  assertEquals(first.source, ["# Title\n", "\n", "![a](attachment:a.png) \u2028", " end"]);
  assertEquals(second.outputs[0].text, ["one\n", "two\r\n", "three"]);
  assertEquals(second.outputs[1].data["image/svg+xml"], ["<svg>\n", "</svg>"]);
  assertEquals(second.outputs[1].data["image/png"], PNG);
  assertEquals(second.outputs[2].data["text/html"], []);
});

/** The notebook's file with something changed. */
function broken(change: (file: Record<string, unknown>, cell: Record<string, unknown>) => void) {
  const file = JSON.parse(formatNotebook(everything));
  change(file, file.cells[1]);
  return JSON.stringify(file);
}

const faults: readonly (readonly [string, string])[] = [
  ["{", "it is no JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)"],
  ["[]", "it is [], expected a record."],
  [broken((file) => file.nbformat_minor = 4), "it is nbformat 4.4, expected 4.5: open and save"],
  [broken((file) => file.more = 1), 'it has "more", expected only cells, metadata,'],
  [broken((file) => delete file.metadata), '"metadata" is missing, expected a record.'],
  [
    broken((file) => file.metadata = { kernelspec: { name: "deno" } }),
    '"metadata" "kernelspec" "display_name" is missing, expected a text.',
  ],
  [broken((file) => file.cells = {}), '"cells" is {}, expected a list.'],
  [broken((_, cell) => cell.cell_type = "sql"), 'cell 2 has the cell_type "sql", expected code,'],
  [broken((_, cell) => delete cell.id), "cell 2 has the id missing, expected 1 to 64 letters"],
  [broken((_, cell) => cell.id = "a b"), 'cell 2 has the id "a b", expected 1 to 64 letters'],
  [
    broken((file, cell) => cell.id = (file.cells as { id: string }[])[0]!.id),
    `cells 1 and 2 both have the id "${everything.cells[0]!.id}".`,
  ],
  [broken((_, cell) => delete cell.outputs), 'cell 2 "outputs" is missing, expected a list.'],
  [broken((_, cell) => cell.source = [1]), 'cell 2 "source" is [1], expected a text or a list of'],
  [broken((_, cell) => cell.execution_count = "1"), 'cell 2 "execution_count" is "1", expected a'],
  [broken((_, cell) => cell.metadata = { tags: ["a,b"] }), 'cell 2 has the tag "a,b".'],
  [broken((_, cell) => cell.metadata = { tags: ["a", "a"] }), "cell 2 has a tag twice."],
  [
    broken((_, cell) => (cell.outputs as Record<string, unknown>[])[0]!.name = "out"),
    'cell 2 output 1 has the name "out", expected stdout or stderr.',
  ],
  [
    broken((_, cell) => (cell.outputs as Record<string, unknown>[])[1]!.output_type = "pyout"),
    'cell 2 output 2 has the output_type "pyout", expected stream,',
  ],
  [
    broken((_, cell) => (cell.outputs as Record<string, unknown>[])[1]!.data = { "text/plain": 1 }),
    'cell 2 output 2 "data" "text/plain" is 1, expected a text or a list of lines.',
  ],
  [
    broken((_, cell) => delete (cell.outputs as Record<string, unknown>[])[3]!.traceback),
    'cell 2 output 4 "traceback" is missing, expected a list.',
  ],
];

Deno.test("a broken file is one sentence with the file and the place", () => {
  for (const [content, message] of faults) {
    assertThrows(
      () => parseNotebook(content, "a.ipynb"),
      Error,
      `Cannot read "a.ipynb": ${message}`,
    );
  }
});

Deno.test({
  name: "Python's nbformat writes the same bytes, and refuses the same files",
  ignore: !hasNbformat,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const [ours, theirs, faulty] = ["ours", "theirs", "faulty"].map((name) => join(folder, name));
    await writeNotebook(ours!, everything);
    const texts = faults.map(([content]) => content)
      .filter((text) => !text.includes('"nbformat_minor":4')); // valid, but too old for cell ids
    await Deno.writeTextFile(faulty!, JSON.stringify(texts));
    const script = `
import json, nbformat, sys
ours, theirs, faulty = sys.argv[1:]
notebook = nbformat.read(ours, 4)
nbformat.validate(notebook)
nbformat.write(notebook, theirs)
for text in json.load(open(faulty)):
    try:
        notebook = json.loads(text)
        nbformat.validate(notebook, version=4, version_minor=5, repair_duplicate_cell_ids=False)
        print(text[:200])
    except Exception:
        pass
`;
    const { success, stdout, stderr } = await python(script, ours!, theirs!, faulty!);
    assertEquals(success, true, new TextDecoder().decode(stderr));
    assertEquals(await Deno.readTextFile(theirs!), await Deno.readTextFile(ours!));
    assertEquals(new TextDecoder().decode(stdout), "", "all of them are refused");
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("a notebook is written whole or not at all", async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "a.ipynb");
  await writeNotebook(file, everything);
  await writeNotebook(file, notebook());
  assertEquals((await readNotebook(file)).cells, []);
  await assertRejects(() => writeNotebook(join(folder, "b", "c.ipynb"), everything));
  assertEquals((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), ["a.ipynb"]);
  const missing = await assertRejects(() => readNotebook(join(folder, "b.ipynb")), Error);
  assertStringIncludes(missing.message, 'b.ipynb": No such file');
  await Deno.remove(folder, { recursive: true });
});
