/**
 * Gives a notebook values from outside, as papermill does: a code cell tagged "parameters" declares
 * them with defaults, and an injected cell after it declares others.
 *
 * @module
 */

import type { CodeCell, Notebook } from "./types.ts";

/** Names to the values that a run gives them. */
export type CellParameters = Readonly<Record<string, string | number | boolean | null>>;

const INJECTED = "injected-parameters";

/** Whether a cell has a tag. */
export function hasTag({ metadata }: Notebook["cells"][number], tag: string): boolean {
  return Array.isArray(metadata.tags) && metadata.tags.includes(tag);
}

/** Whether a run has put the cell there. */
export function isInjected(cell: Notebook["cells"][number]): boolean {
  return hasTag(cell, INJECTED);
}

/**
 * Names that the parameters cell declares, one `let` a line; none where there is no such cell.
 *
 * @throws where it declares a constant: nothing could assign that.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { declaredParameters } from "./parameters.ts";
 *
 * const cell = {
 *   ...{ cell_type: "code", id: "a", outputs: [], execution_count: null } as const,
 *   ...{ metadata: { tags: ["parameters"] }, source: 'let size = "sample";\nlet seeds = 3;' },
 * };
 * const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 } as const;
 * assertEquals(declaredParameters(notebook), ["size", "seeds"]);
 * ```
 */
export function declaredParameters(notebook: Notebook): string[] {
  const index = notebook.cells.findIndex((cell) => hasTag(cell, "parameters"));
  const source = notebook.cells[index]?.source ?? "";
  const constant = /^const\s+(\w+)/m.exec(source);
  if (constant) {
    throw new Error(
      `Cell ${index + 1} has the tag "parameters" and declares the constant ${constant[1]}: ` +
        "declare it by let, so that a run can assign another value.",
    );
  }
  return [...source.matchAll(/^let\s+(\w+)/gm)].map(([, name]) => name!);
}

/**
 * The notebook with a cell that sets those of `values` that it declares; as it was where it
 * declares none of them. A cell that was injected before is replaced.
 *
 * @throws where the parameters cell declares a constant.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { injectParameters } from "./parameters.ts";
 *
 * const notebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 } as const;
 * assertEquals(injectParameters(notebook, { size: "small" }), notebook);
 * ```
 */
export function injectParameters(notebook: Notebook, values: CellParameters): Notebook {
  const cells = notebook.cells.filter((cell) => !isInjected(cell));
  const names = declaredParameters({ ...notebook, cells }).filter((name) => name in values);
  if (names.length > 0) {
    const at = cells.findIndex((cell) => hasTag(cell, "parameters"));
    const source = names.map((name) => `let ${name} = ${JSON.stringify(values[name])};`).join("\n");
    cells.splice(at + 1, 0, injected(source));
  }
  return { ...notebook, cells };
}

function injected(source: string): CodeCell {
  return {
    cell_type: "code",
    id: INJECTED,
    metadata: { tags: [INJECTED] },
    source,
    outputs: [],
    execution_count: null,
  };
}
