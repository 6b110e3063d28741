import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { formatNotebooks, unformatted } from "../../lib/jupyter/format.ts";
import { listNotebooks, readNotebook } from "../../lib/jupyter/document.ts";
import { code, executed, inNotebooks, notebook, text } from "./small.ts";

const output = { output_type: "stream", name: "stdout", text: "1  2\n" } as const;
const untidy = notebook(text("# Title\n* one"), executed("const  a = 'b'\na", 1, output));
const tidy = notebook(text("# Title"), code(`const a = ${JSON.stringify(crypto.randomUUID())};`));

Deno.test("unformatted notebooks are found and formatted, others stay as they are", async () => {
  await inNotebooks({ tidy, untidy }, async (folder, project) => {
    await Deno.writeTextFile(join(project, "deno.json"), '{ "fmt": { "singleQuote": true } }');
    const files = await listNotebooks(folder);
    assertEquals([...(await unformatted(files)).keys()], files, "tidy has double quotes");
  });
  await inNotebooks({ tidy, untidy }, async (folder) => {
    const files = await listNotebooks(folder);
    const before = await Deno.readTextFile(files[0]!);
    assertEquals(await formatNotebooks(files), [files[1]]);
    assertEquals(await Deno.readTextFile(files[0]!), before);
    const { cells } = await readNotebook(files[1]!);
    assertEquals(cells.map(({ source }) => source), ["# Title\n\n- one", 'const a = "b";\na;']);
    assertEquals(cells[1]!.cell_type === "code" && cells[1]!.outputs, [output]);
    assertEquals(await formatNotebooks(files), []);
  });
});

Deno.test("a notebook whose code can't be read stays as it is", async () => {
  await inNotebooks({ broken: notebook(code("const a = ;")) }, async (folder) => {
    assertEquals(await formatNotebooks(await listNotebooks(folder)), []);
  });
});
