import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "node:path";
import { readNotebook } from "../../lib/jupyter/document.ts";
import { parseNotebooks, runNotebooks } from "../../lib/cli/notebooks.ts";
import { code, executed, inNotebooks, notebook, text } from "../jupyter/small.ts";

const first = notebook(
  text("# First"),
  code('let data = "data/sample";\nlet size = "sample";', ["parameters"]),
  executed("console.log(`${data} ${size} ${Deno.cwd()}`);", 9),
);
const second = notebook(text("# Second"), code("1 + 1"), code('throw new TypeError("no");'));

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** What the code cells of a notebook's file print and show. */
async function shown(file: string): Promise<string[]> {
  const { cells } = await readNotebook(file);
  return cells.flatMap((cell) => cell.cell_type === "code" ? cell.outputs : []).map((output) =>
    output.output_type === "stream"
      ? output.text
      : output.output_type === "error"
      ? output.evalue
      : String(output.data["text/plain"])
  );
}

Deno.test("each notebook gets an executed copy and a page, without paths of this machine", async () => {
  await inNotebooks({ "01_first": first, "02_second": first }, async (folder, project) => {
    const results = join(project, "results");
    const before = await Deno.readTextFile(join(folder, "01_first.ipynb"));
    const index = await runNotebooks({ folder, results });
    assertEquals(index, join(results, "notebooks", "index.html"));
    assertEquals(await names(join(results, "notebooks")), [
      ...["01_first.html", "01_first.ipynb", "02_second.html", "02_second.ipynb", "index.html"],
    ]);
    const copy = join(results, "notebooks", "01_first.ipynb");
    assertEquals(await shown(copy), ["data/sample sample notebooks\n"]);
    const counts = (await readNotebook(copy)).cells.map((cell) =>
      cell.cell_type === "code" ? cell.execution_count : undefined
    );
    assertEquals(counts, [undefined, 1, 2]);
    const page = await Deno.readTextFile(join(results, "notebooks", "01_first.html"));
    assertStringIncludes(page, 'href="02_second.html"');
    assert(!page.includes(project));
    assertEquals(await Deno.readTextFile(join(folder, "01_first.ipynb")), before, "not written");
  });
});

Deno.test("values reach the notebooks, as folders seen from the project's", async () => {
  await inNotebooks(
    { "01_first": first, "02_other": notebook(code("1")) },
    async (folder, project) => {
      const results = join(project, "results");
      const data = join(project, "data", "official");
      await runNotebooks({ folder, results, data, size: "small", only: ["01"], write: true });
      const expected = ["data/official small notebooks\n"];
      const copy = join(results, "notebooks", "01_first.ipynb");
      assertEquals(await shown(copy), expected);
      assertEquals((await readNotebook(copy)).cells.length, 4);
      const file = join(folder, "01_first.ipynb");
      assertEquals(await shown(file), expected, "written, too");
      const { cells } = await readNotebook(file);
      assertEquals(
        cells.map(({ id }) => id),
        first.cells.map(({ id }) => id),
        "without the values",
      );
      assertEquals(await names(join(results, "notebooks")), [
        ...["01_first.html", "01_first.ipynb", "index.html"],
      ]);
      await assertRejects(
        () => runNotebooks({ folder, results, data, only: ["02"] }),
        Error,
        "No notebook takes --data",
      );
    },
  );
});

Deno.test("the first error ends the run: cell, first line, message; what ran is kept", async () => {
  await inNotebooks({ "01_second": second, "02_first": first }, async (folder, project) => {
    const results = join(project, "results");
    const before = await Deno.readTextFile(join(folder, "01_second.ipynb"));
    const error = await assertRejects(() => runNotebooks({ folder, results, write: true }), Error);
    assertStringIncludes(
      error.message,
      '01_second.ipynb cell 3 (throw new TypeError("no");): TypeError: no\n    at <anonymous>',
    );
    const pages = join(results, "notebooks");
    assertEquals(await names(pages), ["01_second.html", "01_second.ipynb", "index.html"]);
    assertEquals(await shown(join(pages, "01_second.ipynb")), ["2", "no"]);
    assertStringIncludes(await Deno.readTextFile(join(pages, "index.html")), "Stopped at cell 3.");
    assertEquals(await Deno.readTextFile(join(folder, "01_second.ipynb")), before);
  });
});

Deno.test("names that no notebook has and broken notebooks are found before anything runs", async () => {
  await inNotebooks({ "01_first": first }, async (folder, project) => {
    const results = join(project, "results");
    const unknown = runNotebooks({ folder, results, only: ["03"] });
    await assertRejects(() => unknown, Error, '--only has "03": expected starts of 01_first.');
    await Deno.writeTextFile(join(folder, "02_broken.ipynb"), "{}");
    await assertRejects(() => runNotebooks({ folder, results }), Error, 'ipynb": it is nbformat');
    assertEquals(await names(project), ["notebooks"]);
  });
});

Deno.test("Ctrl+C interrupts the cell, leaves no kernel, and exits with 130", async () => {
  const wait = notebook(
    text("# Wait"),
    code('Deno.addSignalListener("SIGINT", () => globalThis.stop());'),
    code(
      "Deno.writeTextFileSync('pid', `${Deno.pid}`);\nawait new Promise((_, reject) => {\n" +
        '  globalThis.stop = () => reject(new Error("stopped"));\n});',
    ),
  );
  await inNotebooks({ "01_wait": wait }, async (folder, project) => {
    const command = new URL("../../lib/cli/notebooks.ts", import.meta.url).pathname;
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--config", config, "--allow-read", "--allow-write"],
        ...["--allow-net=127.0.0.1", `--allow-run=${Deno.execPath()}`],
        ...["--allow-env=HOME,TMPDIR,TERM,CI,NO_COLOR,FORCE_COLOR", command],
      ],
      ...{ cwd: project, stdout: "null", stderr: "piped" },
    }).spawn();
    const file = join(folder, "pid");
    while (!await Deno.readTextFile(file).then((text) => text !== "", () => false)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill("SIGINT");
    const { code: exit, stderr } = await child.output();
    const said = new TextDecoder().decode(stderr);
    assertStringIncludes(
      said,
      "cell 3 (Deno.writeTextFileSync('pid', `${Deno.pid}`);): Interrupted",
    );
    assertEquals(exit, 130);
    const pid = await Deno.readTextFile(file);
    const alive = new Deno.Command("python3", {
      args: ["-c", `import os; os.kill(${pid}, 0)`],
      stderr: "null",
    }).outputSync().success;
    assertEquals(alive, false);
    assertEquals(await names(join(project, "results", "sample", "notebooks")), []);
  });
});

Deno.test("parseNotebooks() reads options and refuses what they can't be", () => {
  const args = ["--data", "d", "--size", "paper", "--results", "r", "--write"];
  assertEquals(parseNotebooks(args), { data: "d", size: "paper", results: "r", write: true });
  assertEquals(parseNotebooks([]), { write: false });
  assertEquals(parseNotebooks(["--help"]), null);
  const wrong = [
    [["--size", "huge"], '--size has "huge": expected one of sample, small, paper.'],
    [["--timeout", "0"], '--timeout has "0": expected a whole number above 0.'],
    [["--only", ","], "--only needs a value"],
    [["--data", ""], "--data needs the folder"],
    [["--results="], "--results needs a folder"],
    [["notebooks"], 'Unknown argument "notebooks"'],
  ] as const;
  for (const [args, message] of wrong) {
    assertThrows(() => parseNotebooks(args), Error, message);
  }
});
