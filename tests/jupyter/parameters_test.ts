import { assertEquals, assertThrows } from "@std/assert";
import { declaredParameters, injectParameters } from "../../lib/jupyter/parameters.ts";
import { code, notebook, text } from "./small.ts";

const declared = code('let data = "a";\nlet seeds: number = 3;\n  let inner = 1;', ["parameters"]);

Deno.test("declaredParameters() are the names of the tagged cell", () => {
  assertEquals(declaredParameters(notebook(text("# A"), declared)), ["data", "seeds"]);
  assertEquals(declaredParameters(notebook(code("let data = 1;"))), []);
});

Deno.test("a constant can't be a parameter, and the error says what to do", () => {
  const wrong = notebook(text("# A"), code("const data = 1;", ["parameters"]));
  assertThrows(
    () => declaredParameters(wrong),
    Error,
    'Cell 2 has the tag "parameters" and declares the constant data: declare it by let',
  );
});

Deno.test("injectParameters() sets what the notebook declares, right after its defaults", () => {
  const before = notebook(text("# A"), declared, code("data"));
  const after = injectParameters(before, { seeds: 5, other: true, data: 'with "quotes"' });
  assertEquals(after.cells.map(({ id }) => id), [
    ...[before.cells[0]!.id, declared.id, "injected-parameters", before.cells[2]!.id],
  ]);
  assertEquals(after.cells[2]!.source, 'let data = "with \\"quotes\\"";\nlet seeds = 5;');
  assertEquals(after.cells[2]!.metadata, { tags: ["injected-parameters"] });
});

Deno.test("a cell that an earlier run injected is replaced, or goes", () => {
  const before = notebook(declared, code("data"));
  const once = injectParameters(before, { data: "b" });
  assertEquals(injectParameters(once, { data: "c" }), injectParameters(before, { data: "c" }));
  assertEquals(injectParameters(once, {}), before);
});
