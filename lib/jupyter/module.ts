/**
 * The code cells of a notebook as one module, which can be type-checked and linted, with a map back
 * to the cells.
 *
 * @module
 */

import { declaredParameters, hasTag, isInjected } from "./parameters.ts";
import type { Notebook } from "./types.ts";

/** A line of a notebook: both counted from 1, cells over all cells. */
export interface SourcePlace {
  readonly cell: number;
  readonly line: number;
}

/** A notebook as a module. */
export interface JoinedModule {
  readonly text: string;
  /** Where a line of `text`, counted from 1, comes from; undefined for lines of no cell. */
  place(line: number): SourcePlace | undefined;
}

/**
 * Joins the code cells in order. After the parameters cell, what a run may assign counts as
 * assigned, so that nothing takes a default for the only value.
 *
 * @throws where the parameters cell declares a constant.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { joinCells } from "./module.ts";
 *
 * const code = (id: string, source: string) => ({
 *   ...{ cell_type: "code", id, metadata: {}, source, outputs: [], execution_count: null } as const,
 * });
 * const text = { cell_type: "markdown", id: "b", metadata: {}, source: "# Two" } as const;
 * const cells = [code("a", "const one = 1;"), text, code("c", "\nconst two = one + 1;")];
 * const { place } = joinCells({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
 * assertEquals([1, 2, 3, 4, 5].map(place), [
 *   undefined,
 *   { cell: 1, line: 1 },
 *   undefined,
 *   { cell: 3, line: 1 },
 *   { cell: 3, line: 2 },
 * ]);
 * ```
 */
export function joinCells(notebook: Notebook): JoinedModule {
  const lines: string[] = [];
  const places: (SourcePlace | undefined)[] = [];
  const add = (text: string, cell?: number) => {
    for (const [i, line] of text.split("\n").entries()) {
      lines.push(line);
      places.push(cell === undefined ? undefined : { cell, line: i + 1 });
    }
  };
  const names = declaredParameters(notebook);
  for (const [i, cell] of notebook.cells.entries()) {
    if (cell.cell_type !== "code" || isInjected(cell)) continue;
    add(`// Cell ${i + 1}`);
    add(cell.source, i + 1);
    if (hasTag(cell, "parameters")) {
      for (const name of names) add(`${name} = injectedParameter();`);
    }
  }
  if (names.length > 0) {
    add("// deno-lint-ignore no-explicit-any");
    add("declare function injectedParameter(): any;");
  }
  add("export {};"); // a module, even where no cell imports anything
  return { text: lines.join("\n") + "\n", place: (line) => places[line - 1] };
}
