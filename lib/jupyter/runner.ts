/**
 * Runs a notebook from start to end on a kernel of its own.
 *
 * @module
 */

import { Kernel } from "./kernel.ts";
import { createCollector } from "./collector.ts";
import { isInjected } from "./parameters.ts";
import type { Problem } from "./problem.ts";
import { syntaxError } from "./syntax.ts";
import type { CodeCell, Notebook, Output } from "./types.ts";

/** How a notebook is run. */
export interface NotebookRunOptions {
  /** Where the notebook lies: relative imports and paths start there. */
  readonly folder: string;
  /** Seconds that one cell may run; 3600 when left out. */
  readonly timeout?: number;
  /** Interrupts the cell that runs, and stops. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each code cell, and once more at the end. */
  readonly onProgress?: (progress: RunProgress) => void;
}

/** How far a run has come. */
export interface RunProgress {
  /** Code cells that ran, of how many. */
  readonly done: number;
  readonly of: number;
  /** The first line of the cell that runs now; empty at the end. */
  readonly line: string;
}

/** The cell that a run stopped at. */
export interface Failure {
  /** Counted from 1 over all cells of the notebook's file, as JupyterLab shows them in order. */
  readonly cell: number;
  /** Its first line of code. */
  readonly line: string;
  readonly problem: Problem;
}

/** What came of a run. */
export interface RunResult {
  /** The notebook with the outputs of the cells that ran; all others have none. */
  readonly notebook: Notebook;
  /** Null where every cell ran to its end. */
  readonly failure: Failure | null;
}

/**
 * Runs all code cells in order, and stops at the first that fails. The kernel is ended in every
 * case.
 *
 * @throws where the kernel can't be started.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { runNotebook } from "./runner.ts";
 *
 * const cell = {
 *   ...{ cell_type: "code", id: "a", metadata: {}, source: "1 + 1" } as const,
 *   ...{ outputs: [], execution_count: null },
 * };
 * const before = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 } as const;
 * const { notebook, failure } = await runNotebook(before, { folder: "." });
 * assertEquals(failure, null);
 * assertEquals(notebook.cells[0], {
 *   ...cell,
 *   execution_count: 1,
 *   outputs: [
 *     { output_type: "execute_result", data: { "text/plain": "2" }, execution_count: 1, metadata: {} },
 *   ],
 * });
 * ```
 */
export async function runNotebook(
  notebook: Notebook,
  options: NotebookRunOptions,
): Promise<RunResult> {
  const { folder, signal, onProgress = () => {} } = options;
  const cells = notebook.cells.filter((cell) => cell.cell_type === "code")
    .filter(({ source }) => source.trim() !== "");
  const collector = createCollector();
  const counts = new Map<string, number | null>();
  let failure: Failure | null = null;
  let failed: CodeCell | undefined;
  await using kernel = await Kernel.start(folder, signal);
  for (const cell of cells) {
    const line = firstLine(cell.source);
    onProgress({ done: counts.size, of: cells.length, line });
    const { messages, count, problem } = await kernel.execute(cell.source, options);
    collector.add(cell.id, messages);
    counts.set(cell.id, count);
    if (problem === null) continue;
    failed = cell;
    failure = { cell: numberOf(notebook, cell), line, problem: await explained(problem, cell) };
    break;
  }
  if (failure === null) onProgress({ done: counts.size, of: cells.length, line: "" });
  const executed = notebook.cells.map((cell) => {
    if (cell.cell_type !== "code") return cell;
    const outputs = [...collector.outputs(cell.id)];
    if (failure && cell === failed) showProblem(outputs, failure.problem);
    return { ...cell, execution_count: counts.get(cell.id) ?? null, outputs };
  });
  return { notebook: { ...notebook, cells: executed }, failure };
}

function numberOf(notebook: Notebook, cell: CodeCell): number {
  // An injected cell is in no file: it counts as the one before it.
  const before = notebook.cells.slice(0, notebook.cells.indexOf(cell) + 1);
  return before.filter((other) => !isInjected(other)).length;
}

/** What the kernel tells of code that it can't read is no more than "Execution failed". */
async function explained(problem: Problem, { source }: CodeCell): Promise<Problem> {
  const bare = problem.kind === "error" && problem.message === "Execution failed";
  if (!bare || problem.traceback.length > 0) return problem;
  const message = await syntaxError(source) ??
    "The kernel can't run it and doesn't say why; an import may be missing.";
  return { ...problem, name: "SyntaxError", message };
}

/** The first line that says something. */
function firstLine(source: string): string {
  const lines = source.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.find((line) => !line.startsWith("//")) ?? lines[0] ?? "";
}

/** The kernel itself shows only errors that the code threw. */
function showProblem(outputs: Output[], { name, message, traceback }: Problem): void {
  const told = outputs.some((output) =>
    output.output_type === "error" && output.ename === name && output.evalue === message
  );
  if (told) return;
  outputs.push({
    output_type: "error",
    ename: name,
    evalue: message,
    traceback: traceback.length > 0 ? traceback : [`${name}: ${message}`],
  });
}
