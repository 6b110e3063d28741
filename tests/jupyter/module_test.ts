import { assertEquals } from "@std/assert";
import { joinCells } from "../../lib/jupyter/module.ts";
import { injectParameters } from "../../lib/jupyter/parameters.ts";
import { code, notebook, text } from "./small.ts";

Deno.test("every line of code is in the module once, and leads back to its cell", () => {
  const cells = [text("# A"), code("one;\n\ntwo;"), text("why"), code("three;")];
  const { text: module, place } = joinCells(notebook(...cells));
  const lines = module.split("\n");
  const found = lines.map((line, i) => ({ line, place: place(i + 1) })).filter(({ place }) =>
    place
  );
  assertEquals(found, [
    { line: "one;", place: { cell: 2, line: 1 } },
    { line: "", place: { cell: 2, line: 2 } },
    { line: "two;", place: { cell: 2, line: 3 } },
    { line: "three;", place: { cell: 4, line: 1 } },
  ]);
});

Deno.test("a parameter counts as assigned, an injected cell as not there", () => {
  const before = notebook(code('let size = "a";', ["parameters"]), code("size;"));
  const { text: module } = joinCells(before);
  assertEquals(module.includes("size = injectedParameter();\n"), true);
  assertEquals(joinCells(injectParameters(before, { size: "b" })).text.includes('"b"'), false);
});
