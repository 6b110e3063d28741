import { assertEquals, assertStringIncludes } from "@std/assert";
import { injectParameters } from "../../lib/jupyter/parameters.ts";
import { runNotebook, type RunProgress } from "../../lib/jupyter/runner.ts";
import type { Notebook } from "../../lib/jupyter/types.ts";
import { code, executed, notebook, text } from "./small.ts";

const folder = ".";

function outputs({ cells }: Notebook): string[] {
  return cells.flatMap((cell) => cell.cell_type === "code" ? [cell.outputs] : [])
    .map((all) =>
      all.map((output) =>
        output.output_type === "stream"
          ? output.text
          : output.output_type === "error"
          ? `${output.ename}: ${output.evalue}`
          : output.data["text/plain"]
      ).join("|")
    );
}

Deno.test("cells run in order and share what they declare; types are left out", async () => {
  const progress: RunProgress[] = [];
  const before = notebook(
    ...[text("# A"), code('import { join } from "node:path";\nconst a: string = join("x", "y");')],
    ...[executed("old", 9), code("await Promise.resolve(a)"), code("  \n"), code("console.log(a)")],
  );
  const old = before.cells[2]!;
  const source = {
    ...before,
    cells: before.cells.with(2, { ...old, source: "// none\nundefined" }),
  };
  const onProgress = (report: RunProgress) => void progress.push(report);
  const { notebook: after, failure } = await runNotebook(source, { folder, onProgress });
  assertEquals(failure, null);
  assertEquals(outputs(after), ["", "", '"x/y"', "", "x/y\n"]);
  const counts = after.cells.map((cell) => cell.cell_type === "code" && cell.execution_count);
  assertEquals(counts, [false, 1, 2, 3, null, 4]);
  assertEquals(progress.map(({ done, of, line }) => `${done}/${of} ${line}`), [
    '0/4 import { join } from "node:path";',
    ...["1/4 undefined", "2/4 await Promise.resolve(a)", "3/4 console.log(a)", "4/4 "],
  ]);
});

Deno.test("the first error stops the run, with the cell, its first line and the message", async () => {
  const before = notebook(
    ...[text("# A"), code("1"), text("why"), code('\n// why\nnull!.length + "".x;'), code("2")],
  );
  const { notebook: after, failure } = await runNotebook(before, { folder });
  assertEquals(failure!.cell, 4);
  assertEquals(failure!.line, 'null!.length + "".x;');
  const { name, message } = failure!.problem;
  assertEquals([name, message], ["TypeError", "Cannot read properties of null (reading 'length')"]);
  assertEquals(outputs(after), ["1", `${name}: ${message}`, ""]);
});

Deno.test("a syntax error says what it is and in which line", async () => {
  const before = notebook(code("const a = 1;\nconst b = ;"));
  const { notebook: after, failure } = await runNotebook(before, { folder });
  const { name, message } = failure!.problem;
  assertEquals([name, message], ["SyntaxError", "Expression expected in line 2."]);
  assertEquals(outputs(after), ["SyntaxError: Expression expected in line 2."]);
});

Deno.test("an import that doesn't exist says which", async () => {
  const { failure } = await runNotebook(notebook(code('import "./nowhere.ts";')), { folder });
  assertStringIncludes(failure!.problem.message, "nowhere.ts");
});

Deno.test("a cell past its time, an interrupt and the kernel's end are shown in the cell", async () => {
  const wait = code('console.log("begun");\nawait new Promise(() => {});');
  const late = await runNotebook(notebook(wait, code("1")), { folder, timeout: 0.3 });
  assertEquals(outputs(late.notebook), ["begun\n|Timeout: It ran longer than 0.3 s.", ""]);

  const controller = new AbortController();
  const onProgress = () => void setTimeout(() => controller.abort(), 300);
  const options = { folder, onProgress, signal: controller.signal };
  const interrupted = await runNotebook(notebook(wait, code("1")), options);
  assertEquals(interrupted.failure!.problem.kind, "interrupted");
  assertEquals(outputs(interrupted.notebook), ["begun\n|Interrupted: It was interrupted.", ""]);

  const died = await runNotebook(notebook(code("Deno.exit(1)"), code("1")), { folder });
  assertEquals(outputs(died.notebook), ["KernelDied: The kernel ended with code 1.", ""]);
});

Deno.test("injected values take the place of the defaults, and count as no cell", async () => {
  const before = notebook(
    text("# A"),
    code('let data = "default";\nlet seeds = 3;', ["parameters"]),
    code("`${data} ${seeds}`"),
    code('throw new Error("here")'),
  );
  const injected = injectParameters(before, { data: "given", unknown: 1 });
  const { notebook: after, failure } = await runNotebook(injected, { folder });
  assertEquals(outputs(after), ["", "", '"given 3"', "Error: here"]);
  assertEquals(failure!.cell, 4);
});
