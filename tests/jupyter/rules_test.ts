import { assertEquals } from "@std/assert";
import { complaintsAbout } from "../../lib/jupyter/rules.ts";
import type { Cell } from "../../lib/jupyter/types.ts";
import { code, executed, notebook, text } from "./small.ts";

/** The complaints about cells between a title and takeaways. */
function complaints(...cells: Cell[]): string[] {
  const whole = notebook(text("# Title"), ...cells, text("## Takeaways\n\n- one"));
  return complaintsAbout(whole).map(({ cell, message }) => `${cell ?? "all"}: ${message}`);
}

Deno.test("a notebook that keeps the rules has no complaints", () => {
  assertEquals(complaints(text("Why."), code("1;"), code("2;"), text("What."), code("3;")), []);
  const callbacks = "const a = [1].map((x) => x + 1);\nawait run(async () => await a);";
  assertEquals(complaints(code(callbacks)), []);
  assertEquals(complaints(code("// function a() {}\nconst text = `class`;")), []);
});

Deno.test("a notebook starts with its title and ends with takeaways", () => {
  const bare = notebook(code("1;"), text("## End"));
  assertEquals(complaintsAbout(bare), [
    { cell: 1, message: "expected a markdown cell with the title: # ..." },
    { cell: 2, message: 'expected a markdown cell with the heading "Takeaways" at the end.' },
  ]);
  assertEquals(complaintsAbout(notebook()).length, 2);
});

Deno.test("long notebooks, long cells and long groups of cells are named", () => {
  const texts = Array.from({ length: 29 }, (_, i) => text(`${i}`));
  assertEquals(complaints(...texts), ["all: it has 31 cells, expected at most 30."]);
  assertEquals(complaints(code("1;\n".repeat(12) + "2;")), [
    "2: it has 13 lines, expected at most 12: move code to lib.",
  ]);
  assertEquals(complaints(code("1;"), code("2;"), code("3;"), code("4;"), code("5;")), [
    "5: it is the code cell number 4 in a row: say why in a markdown cell.",
  ]);
});

Deno.test("functions and classes with names belong into lib", () => {
  const sources = [
    ...["function f() {}", "async function f() {}", "export function* f() {}", "class f {}"],
    ...["const f = (a) => a;", "let f = async (a: number): number => a;", "const f = a => a;"],
    ...["  const f = function () {};", "const f: (a: number) => number = (a) => a;"],
  ];
  for (const source of sources) {
    const message = '2: it defines "f", expected no functions: use lib.';
    assertEquals(complaints(code(`1;\n${source}`)), [message], source);
  }
});

Deno.test("outputs are those of one whole run, cleaned and not large", () => {
  const stale = "all: its outputs are not those of one run from start to end, cleaned: " +
    "run `deno task notebooks --write`.";
  const ran = (count: number) => executed("1;", count);
  assertEquals(complaints(ran(1), ran(2)), []);
  assertEquals(complaints(ran(1), ran(3)), [stale]);
  assertEquals(complaints(ran(1), code("2;")), [stale]);
  const timed = { ...ran(1), metadata: { execution: {} } };
  assertEquals(complaints(timed), [stale]);
  const error = { output_type: "error", ename: "E", evalue: "", traceback: [] } as const;
  assertEquals(complaints(executed("1;", 1, error)), [
    "2: its output is an error: run `deno task notebooks --write`.",
  ]);
  const long = { output_type: "stream", name: "stdout", text: "x".repeat(1.5e6) } as const;
  assertEquals(complaints(executed("1;", 1, long)), [
    "2: its outputs have 1.5 MB, expected at most 1.0 MB: show less.",
  ]);
});
