/**
 * `deno task notebooks`: runs the notebooks from start to end and makes a page of each.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { basename, dirname, join, relative, resolve } from "node:path";
import { list, oneOf, optional, wholeNumber } from "../base/arguments.ts";
import { writeAside } from "../base/disk.ts";
import type { Size } from "../recipes.ts";
import { cleanNotebook, cleanText, type Places } from "../jupyter/clean.ts";
import { listNotebooks, type Notebook, readNotebook, writeNotebook } from "../jupyter/document.ts";
import { type Chapter, renderIndex, renderPage } from "../jupyter/page.ts";
import {
  type CellParameters,
  declaredParameters,
  injectParameters,
  isInjected,
} from "../jupyter/parameters.ts";
import { type Failure, runNotebook } from "../jupyter/runner.ts";
import { consoleOutput, createProgress } from "../base/progress.ts";
import { resultsFolder } from "../run/options.ts";
import { exitCodeOf, stopOnSignals } from "../base/stopping.ts";

const sizes = ["sample", "small", "paper"] as const satisfies readonly Size[];

const HELP = `Usage: deno task notebooks [options]

Runs the notebooks from start to end, each on a Deno kernel of its own, and stops at the first error.
Executed copies and a page of each go to RESULTS/notebooks; open index.html there.

  --only NAMES       some of them, as 01,03
  --data DIR         folder of the official files
  --size SIZE        ${sizes.join(", ")}
  --results DIR      where results are read and pages go (default with --size small and paper:
                     results, else: results/sample)
  --options=TEXT     more options of deno task reproduce, as --options="--seeds 3 --tasks rte"
  --timeout SECONDS  how long one cell may run (default: 3600)
  --write            put the outputs into the notebooks themselves, cleaned, to commit them

A notebook takes --data, --size, --results and --options in a code cell tagged "parameters", which
declares data, size, results and options by let; folders are relative to the project's.`;

/** What to run, and with which values. */
export interface NotebooksOptions {
  /** Folder of the notebooks; `notebooks` when left out. */
  readonly folder?: string;
  /** Starts of names, as `01`; all notebooks when left out. */
  readonly only?: readonly string[];
  /** Folder of the official files, for the notebooks; as they declare it when left out. */
  readonly data?: string;
  readonly size?: Size;
  /** More options of `deno task reproduce`, for the notebooks. */
  readonly options?: string;
  /** Where the notebooks read results, and where pages go; that of the size when left out. */
  readonly results?: string;
  /** Seconds that one cell may run; 3600 when left out. */
  readonly timeout?: number;
  /** Put the outputs into the notebooks' own files; false when left out. */
  readonly write?: boolean;
}

/**
 * Reads the command line.
 *
 * @returns null where help is asked for.
 * @throws one sentence when an argument is unknown or has a value it can't have.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseNotebooks } from "./notebooks.ts";
 *
 * assertEquals(parseNotebooks(["--only", "01,03", "--timeout", "60"]), {
 *   ...{ only: ["01", "03"], timeout: 60, write: false },
 * });
 * ```
 */
export function parseNotebooks(args: readonly string[]): NotebooksOptions | null {
  const options = parseArgs([...args], {
    boolean: ["help", "write"],
    string: ["only", "data", "size", "results", "options", "timeout"],
    unknown: (argument) => {
      throw new Error(`Unknown argument "${argument}"; see deno task notebooks --help.`);
    },
  });
  if (options.help) return null;
  const { data, size, results } = options;
  if (data === "") throw new Error("--data needs the folder of the official files.");
  if (results === "") throw new Error("--results needs a folder.");
  return {
    ...optional("only", list("only", options.only)),
    ...optional("data", data),
    ...optional("size", size === undefined ? undefined : oneOf("size", size, sizes)),
    ...optional("results", results),
    ...optional("options", options.options),
    ...optional("timeout", wholeNumber("timeout", options.timeout)),
    write: options.write,
  };
}

/**
 * Runs notebooks in the order of their names. Each gets an executed copy, without paths and times
 * of this machine, and a page in `results`/notebooks, even where it fails; the pages have an index.
 *
 * @returns the file of the index; null where there are no notebooks.
 * @throws at the first cell that fails, with its notebook, number, first line and error; and where
 * a notebook is not valid, a value is for no notebook, or `signal` aborts.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { runNotebooks } from "./notebooks.ts";
 *
 * assertEquals(await runNotebooks({ folder: "nowhere" }), null);
 * ```
 */
export async function runNotebooks(
  options: NotebooksOptions,
  signal?: AbortSignal,
): Promise<string | null> {
  const { folder = "notebooks", size = "sample", write = false } = options;
  const { results = resultsFolder(size) } = options;
  const all = await listNotebooks(folder);
  const chosen = await Promise.all(choose(all, options.only).map(readChapter));
  const parameters = parametersFor(options, folder, chosen);
  const pages = join(results, "notebooks");
  if (chosen.length > 0) await Deno.mkdir(pages, { recursive: true });
  for (const { name, notebook } of chosen) {
    using progress = createProgress({ label: name, unit: "cells", ...consoleOutput() });
    const { notebook: ran, failure } = await runNotebook(injectParameters(notebook, parameters), {
      onProgress: ({ done, of, line }) => progress.update({ done, total: of, note: line }),
      folder,
      signal,
      ...optional("timeout", options.timeout),
    });
    progress.end(failure ? "stopped" : "done");
    const file = join(folder, `${name}.ipynb`);
    const places = placesOf(folder);
    if (failure?.problem.kind === "interrupted") throw new Error(explain(file, failure, places));
    await writeNotebook(join(pages, `${name}.ipynb`), cleanNotebook(ran, places));
    await writePages(pages, folder, all);
    if (failure) throw new Error(explain(file, failure, places));
    if (write) await writeNotebook(file, cleanNotebook(withoutInjected(ran), places));
  }
  return chosen.length > 0 ? join(pages, "index.html") : null;
}

const nameOf = (file: string) => basename(file, ".ipynb");
const readChapter = async (file: string): Promise<Chapter> => ({
  name: nameOf(file),
  notebook: await readNotebook(file),
});

function choose(files: readonly string[], only: readonly string[] | undefined): readonly string[] {
  if (only === undefined) return files;
  const names = files.map(nameOf);
  const unknown = only.find((start) => !names.some((name) => name.startsWith(start)));
  if (unknown === undefined) {
    return files.filter((file) => only.some((start) => nameOf(file).startsWith(start)));
  }
  throw new Error(`--only has "${unknown}": expected starts of ${names.join(", ") || "no name"}.`);
}

/** The values for notebooks in `folder`; a value that none of them declares would be lost. */
function parametersFor(
  { data, size, results, options }: NotebooksOptions,
  folder: string,
  chapters: readonly Chapter[],
): CellParameters {
  const declared = new Set(chapters.flatMap(({ notebook }) => declaredParameters(notebook)));
  const project = dirname(resolve(folder));
  const near = (path: string) => relative(project, resolve(path)).replaceAll("\\", "/") || ".";
  // Results say where pages go as well: they need not be for a notebook.
  for (const [name, value] of Object.entries({ data, size, options })) {
    if (value === undefined || declared.has(name) || chapters.length === 0) continue;
    throw new Error(`No notebook takes --${name}: none declares it in a cell tagged "parameters".`);
  }
  return {
    ...optional("data", data === undefined ? undefined : near(data)),
    ...optional("size", size),
    ...optional("results", results === undefined ? undefined : near(results)),
    ...optional("options", options),
  };
}

function placesOf(folder: string): Places {
  const [home, temporary] = ["HOME", "TMPDIR"].map((name) => Deno.env.get(name) ?? "");
  return { project: dirname(resolve(folder)), home: home!, temporary: temporary || "/tmp" };
}

function withoutInjected(notebook: Notebook): Notebook {
  return { ...notebook, cells: notebook.cells.filter((cell) => !isInjected(cell)) };
}

/** Writes the pages of all notebooks that have an executed copy, since they lead to each other. */
async function writePages(pages: string, folder: string, files: readonly string[]): Promise<void> {
  const names = new Set(files.map(nameOf));
  const copies = (await listNotebooks(pages)).filter((file) => names.has(nameOf(file)));
  const chapters = await Promise.all(copies.map(readChapter));
  const source = relative(resolve(pages), resolve(folder)).replaceAll("\\", "/");
  for (const chapter of chapters) {
    await writeText(join(pages, `${chapter.name}.html`), renderPage(chapter, { chapters, source }));
  }
  await writeText(join(pages, "index.html"), renderIndex(chapters));
}

async function writeText(file: string, text: string): Promise<void> {
  await writeAside(file, [new TextEncoder().encode(text)], () => file);
}

/** One sentence, and below it where the error came from. */
function explain(file: string, { cell, line, problem }: Failure, places: Places): string {
  const { name, message, traceback } = problem;
  const trace = traceback.filter((text) => /^\s+at /.test(text));
  const text = `${file} cell ${cell} (${line}): ${name}: ${message}`;
  return [text, ...trace].map((part) => cleanText(part, places)).join("\n");
}

if (import.meta.main) {
  const signal = stopOnSignals();
  try {
    const options = parseNotebooks(Deno.args);
    const index = options && await runNotebooks(options, signal);
    if (options === null) console.log(HELP);
    else console.log(index === null ? "There are no notebooks." : `Open ${index}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : "Stopped.");
    Deno.exitCode = signal.aborted ? exitCodeOf(signal) : 1;
  }
  Deno.exit();
}
