import { runDeno } from "../../lib/jupyter/deno.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { checkNotebooks } from "../../lib/jupyter/check.ts";
import { listNotebooks } from "../../lib/jupyter/document.ts";
import type { Notebook } from "../../lib/jupyter/types.ts";
import { code, inNotebooks, notebook, text } from "./small.ts";

const tidy = (...sources: string[]) =>
  notebook(text("# Title"), ...sources.map((source) => code(source)), text("## Takeaways"));

/** A project with a library, an import map and options for the compiler. */
async function inProject(
  notebooks: Readonly<Record<string, Notebook>>,
  use: (files: string[], folder: string) => Promise<void>,
): Promise<void> {
  await inNotebooks(notebooks, async (folder, project) => {
    const options = { imports: { "counts": "./lib/count.ts" }, fmt: { lineWidth: 60 } };
    const compilerOptions = { noUncheckedIndexedAccess: true };
    const config = JSON.stringify({ ...options, compilerOptions });
    await Deno.writeTextFile(join(project, "deno.json"), config);
    await Deno.mkdir(join(project, "lib"));
    const library = 'export const count: number = 3;\nexport type Size = "a" | "b";\n';
    await Deno.writeTextFile(join(project, "lib", "count.ts"), library);
    await use(await listNotebooks(folder), folder);
  });
}

Deno.test("a notebook is checked with the project's imports, options and paths", async () => {
  const first = tidy(
    'import { count } from "counts";',
    'import { join } from "node:path";\njoin("a");',
  );
  const second = notebook(
    text("# Title"),
    code('import type { Size } from "../lib/count.ts";'),
    code('let size: Size = "a";', ["parameters"]),
    text("More."),
    code('if (size === "b") console.log("b");'),
    text("## Takeaways"),
  );
  await inProject({ "01_first": first, "02_second": second }, async (files) => {
    const [unused, ...others] = await checkNotebooks(files);
    assertEquals(
      unused,
      `${files[0]} cell 2 line 1: \`count\` is never used (no-unused-vars). ` +
        "If this is intentional, alias it with an underscore like `count as _count`",
    );
    assertEquals(others, []);
  });
});

Deno.test("messages name the notebook, the cell and the line", async () => {
  const wrong = tidy(
    'import { count } from "counts";',
    "const list = [count];\nconst first: number = list[0];\nconsole.log(first.nope);",
    'import { none } from "../lib/count.ts";\nconsole.log(  none);',
  );
  await inProject({ "01_wrong": wrong, "02_right": tidy("1;") }, async (files) => {
    const [file] = files;
    const found = (await checkNotebooks(files)).join("\n\n");
    const expected = [
      /Type 'number \| undefined' is not assignable.*?at ([^\n]*)/s,
      /Property 'nope' does not exist.*?at ([^\n]*)/s,
      /has no exported member 'none'.*?at ([^\n]*)/s,
    ].map((pattern) => pattern.exec(found)?.[1]);
    assertEquals(expected, [
      ...[`${file} cell 3 line 2`, `${file} cell 3 line 3`, `${file} cell 4 line 1`],
    ]);
    assertStringIncludes(found, `${file}: it is not formatted: run \`deno task check --fix\`.`);
    assert(!found.includes("02_right"), found);
    assert(!/file:\S*notebooks|Stack backtrace|type checking failed/i.test(found), found);
  });
});

Deno.test("a syntax error and an import that doesn't exist are found, and where", async () => {
  const wrong = tidy('import "./nowhere.ts";', 'import "nothing";');
  await inProject({ wrong, broken: tidy("1;", "const a = ;") }, async (files) => {
    const [broken, other] = files;
    const found = (await checkNotebooks(files)).join("\n\n");
    assertStringIncludes(found, `${broken} cell 3 line 1`);
    const missing = (await checkNotebooks([other!])).join("\n\n");
    assertStringIncludes(missing, `${other} cell 2 line 1`);
    assertStringIncludes(missing, `${other} cell 3 line 1`);
  });
});

Deno.test("the house's rules are part of the check", async () => {
  await inProject({ a: notebook(code("1;")) }, async ([file]) => {
    const found = await checkNotebooks([file!]);
    assertEquals(found, [
      `${file} cell 1: expected a markdown cell with the title: # ...`,
      `${file} cell 1: expected a markdown cell with the heading "Takeaways" at the end.`,
    ]);
  });
});

Deno.test("no notebooks are no complaint, a broken one is an error", async () => {
  assertEquals(await listNotebooks("nowhere"), []);
  assertEquals(await checkNotebooks([]), []);
  await inNotebooks({}, async (folder) => {
    assertEquals(await listNotebooks(folder), []);
    const file = join(folder, "a.ipynb");
    await Deno.writeTextFile(file, "{");
    await Deno.writeTextFile(join(folder, ".hidden.ipynb"), "{");
    assertEquals(await listNotebooks(folder), [file]);
    await assertRejects(() => checkNotebooks([file]), Error, `Cannot read "${file}"`);
  });
});

Deno.test("what Deno fetches while it checks is no complaint", async () => {
  const { result, text } = await runDeno([
    "eval",
    'console.log("{}"); console.error("Download x")',
  ]);
  assertEquals([result.trim(), text.includes("Download x")], ["{}", true]);
});
