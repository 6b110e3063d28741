import { assertEquals } from "@std/assert";
import { cleanNotebook, cleanText } from "../../lib/jupyter/clean.ts";
import { code, executed, notebook, text } from "./small.ts";

const places = { project: "/home/ada/mt-dnn", home: "/home/ada", temporary: "/tmp" };

Deno.test("cleanText() makes paths of the project relative, and hides home and temporary names", () => {
  const cases = [
    ["/home/ada/mt-dnn/lib/a.ts", "lib/a.ts"],
    ["at file:///home/ada/mt-dnn/lib/a.ts:3:4", "at lib/a.ts:3:4"],
    ['in "/home/ada/mt-dnn".', 'in ".".'],
    ["/home/ada/.cache/mt-dnn/x", "~/.cache/mt-dnn/x"],
    ["/home/ada, /home/ada.", "~, ~."],
    ["wrote /tmp/3f2a1b/part/x.json, /tmp/y", "wrote /tmp/.../part/x.json, /tmp/..."],
    // Others only look alike.
    ["/home/ada-2/x /srv/home/ada /home/ada.old", undefined],
    ["https://example.com/tmp/a and a/tmp/b and /tmp", undefined],
  ] as const;
  for (const [before, after] of cases) assertEquals(cleanText(before, places), after ?? before);
});

Deno.test("cleanText() leaves texts alone where a place is not known, or is the root", () => {
  const unknown = { project: "", home: "/", temporary: "" };
  assertEquals(cleanText("/home/ada / a", unknown), "/home/ada / a");
});

Deno.test("cleanText() takes folders whose names mean something in patterns literally", () => {
  const odd = { project: "/srv/a+b (1)", home: "", temporary: "" };
  assertEquals(cleanText("/srv/a+b (1)/x /srv/aab (1)/x", odd), "x /srv/aab (1)/x");
});

Deno.test("cleanNotebook() cleans every text of every output, and no picture", () => {
  const path = "/home/ada/mt-dnn/x";
  const png = "/tmp/abc/home/ada/mt-dnn/x";
  const before = notebook(executed(
    "1",
    7,
    { output_type: "stream", name: "stdout", text: path },
    { output_type: "error", ename: "E", evalue: path, traceback: [path] },
    {
      output_type: "execute_result",
      execution_count: 7,
      data: { "text/plain": path, "image/png": png, "application/json": { a: [path, 1, null] } },
      metadata: {},
    },
  ));
  const cell = cleanNotebook(before, places).cells[0]!;
  assertEquals(cell.cell_type === "code" && cell.outputs, [
    { output_type: "stream", name: "stdout", text: "x" },
    { output_type: "error", ename: "E", evalue: "x", traceback: ["x"] },
    {
      output_type: "execute_result",
      execution_count: 1,
      data: { "text/plain": "x", "image/png": png, "application/json": { a: ["x", 1, null] } },
      metadata: {},
    },
  ]);
});

Deno.test("cleanNotebook() numbers executions from 1 and removes times and versions", () => {
  const timed = { execution: { "iopub.status.busy": "2024-01-01" }, tags: ["parameters"] };
  const before = {
    ...notebook(
      text("# A"),
      { ...executed("a", 12), metadata: timed },
      code("b"),
      executed("c", 15),
    ),
    metadata: {
      kernelspec: { name: "deno", display_name: "Deno" },
      language_info: { name: "typescript", version: "6.0.3" },
      widgets: {},
    },
  };
  const after = cleanNotebook(before, places);
  const counts = after.cells.map((cell) => cell.cell_type === "code" && cell.execution_count);
  assertEquals(counts, [false, 1, null, 2]);
  assertEquals(after.cells[1]!.metadata, { tags: ["parameters"] });
  assertEquals(after.metadata, {
    kernelspec: { name: "deno", display_name: "Deno" },
    language_info: { name: "typescript" },
  });
  assertEquals(cleanNotebook(after, places), after);
});
