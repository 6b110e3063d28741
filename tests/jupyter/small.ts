/** Small notebooks for tests. */

import { join } from "node:path";
import { formatNotebook } from "../../lib/jupyter/document.ts";
import type { Cell, CodeCell, Notebook, Output, TextCell } from "../../lib/jupyter/types.ts";

let made = 0;

export function code(source: string, tags: readonly string[] = []): CodeCell {
  return {
    ...{ cell_type: "code", id: `code-${made++}`, source, outputs: [], execution_count: null },
    metadata: tags.length > 0 ? { tags } : {},
  };
}

export function text(source: string): TextCell {
  return { cell_type: "markdown", id: `text-${made++}`, metadata: {}, source };
}

export function executed(source: string, count: number, ...outputs: Output[]): CodeCell {
  return { ...code(source), execution_count: count, outputs };
}

export function notebook(...cells: Cell[]): Notebook {
  const metadata = {
    kernelspec: { name: "deno", display_name: "Deno", language: "typescript" },
    language_info: { name: "typescript" },
  };
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

/** A folder with notebooks by name, which is removed afterwards. */
export async function inNotebooks(
  notebooks: Readonly<Record<string, Notebook>>,
  use: (folder: string, project: string) => Promise<void>,
): Promise<void> {
  const project = await Deno.makeTempDir();
  const folder = join(project, "notebooks");
  try {
    await Deno.mkdir(folder);
    for (const [name, content] of Object.entries(notebooks)) {
      await Deno.writeTextFile(join(folder, `${name}.ipynb`), formatNotebook(content));
    }
    await use(folder, project);
  } finally {
    await Deno.remove(project, { recursive: true });
  }
}
