/**
 * The rules of the house for notebooks: a notebook tells, the library does.
 *
 * @module
 */

import { cleanNotebook } from "./clean.ts";
import type { Cell, CodeCell, Notebook } from "./types.ts";

/** How long a notebook and its cells may be. */
const limits = { cells: 30, lines: 12, together: 3, outputBytes: 1_000_000 } as const;

/** What is wrong with a notebook, and where. */
export interface Complaint {
  /** Counted from 1; undefined where it is the whole notebook. */
  readonly cell?: number;
  readonly message: string;
}

/**
 * What a notebook has to change to keep the rules of the house; none where it keeps them.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { complaintsAbout } from "./rules.ts";
 *
 * const text = (id: string, source: string) =>
 *   ({ cell_type: "markdown", id, metadata: {}, source }) as const;
 * const cells = [text("a", "# Title"), text("b", "## Takeaways\n\nAll is well.")];
 * assertEquals(complaintsAbout({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }), []);
 * ```
 */
export function complaintsAbout(notebook: Notebook): Complaint[] {
  const { cells } = notebook;
  const numbered = cells.map((cell, i) => ({ cell, number: i + 1 }));
  return [
    ...aboutText(cells),
    ...numbered.flatMap(({ cell, number }) =>
      (cell.cell_type === "code" ? aboutCode(cell, cells.slice(0, number - 1)) : [])
        .map((message) => ({ cell: number, message }))
    ),
    ...aboutRun(notebook),
  ];
}

const isTitle = (cell: Cell | undefined) =>
  cell?.cell_type === "markdown" && /^# \S/.test(cell.source);
const isTakeaways = (cell: Cell | undefined) =>
  cell?.cell_type === "markdown" && /^#+ .*\btakeaways?\b/im.test(cell.source);

function aboutText(cells: readonly Cell[]): Complaint[] {
  const complaints: Complaint[] = [];
  if (cells.length > limits.cells) {
    complaints.push({ message: `it has ${cells.length} cells, expected at most ${limits.cells}.` });
  }
  if (!isTitle(cells[0])) {
    complaints.push({ cell: 1, message: "expected a markdown cell with the title: # ..." });
  }
  if (!isTakeaways(cells.at(-1))) {
    const message = 'expected a markdown cell with the heading "Takeaways" at the end.';
    complaints.push({ cell: cells.length, message });
  }
  return complaints;
}

function aboutCode(cell: CodeCell, before: readonly Cell[]): string[] {
  const complaints: string[] = [];
  const lines = cell.source.split("\n").length;
  if (lines > limits.lines) {
    complaints.push(`it has ${lines} lines, expected at most ${limits.lines}: move code to lib.`);
  }
  const definition = definitionIn(cell.source);
  if (definition) complaints.push(`it defines "${definition}", expected no functions: use lib.`);
  const text = before.findLastIndex(({ cell_type }) => cell_type === "markdown");
  if (before.length - text === limits.together + 1) {
    complaints.push(
      `it is the code cell number ${limits.together + 1} in a row: say why in a markdown cell.`,
    );
  }
  const bytes = JSON.stringify(cell.outputs).length;
  if (bytes > limits.outputBytes) {
    const [has, limit] = [bytes, limits.outputBytes].map((size) => `${(size / 1e6).toFixed(1)} MB`);
    complaints.push(`its outputs have ${has}, expected at most ${limit}: show less.`);
  }
  return complaints;
}

/** A function or class that a cell gives a name; callbacks are none. */
function definitionIn(source: string): string | undefined {
  const named =
    /^\s*(?:export\s+)?(?:async\s+)?(?:function\b\s*\*?|(?:abstract\s+)?class\b)\s*(\w+)/m;
  const arrow =
    /^\s*(?:const|let|var)\s+(\w+)(?:\s*:[^\n]*?)?\s*=\s*(?:async\s*)?(?:function\b|\w+\s*=>|\([^()]*\)\s*(?::[^\n=]+)?=>)/m;
  return named.exec(source)?.[1] ?? arrow.exec(source)?.[1];
}

/** Outputs are those of one run from start to end, cleaned; or there are none. */
function aboutRun(notebook: Notebook): Complaint[] {
  const cells = notebook.cells.filter((cell) => cell.cell_type === "code");
  const advice = "run `deno task notebooks --write`.";
  const failed = notebook.cells.findIndex((cell) =>
    cell.cell_type === "code" && cell.outputs.some(({ output_type }) => output_type === "error")
  );
  if (failed >= 0) return [{ cell: failed + 1, message: `its output is an error: ${advice}` }];
  const ran = cells.filter(({ execution_count: count }) => count !== null);
  if (ran.length === 0) return [];
  const places = { project: "", home: "", temporary: "" };
  const cleaned = cleanNotebook(notebook, places);
  if (ran.length === cells.length && JSON.stringify(cleaned) === JSON.stringify(notebook)) {
    return [];
  }
  return [{
    message: `its outputs are not those of one run from start to end, cleaned: ${advice}`,
  }];
}
