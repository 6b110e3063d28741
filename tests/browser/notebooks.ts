/**
 * `deno task test:browser [--notebooks FOLDER] [--screenshots FOLDER] [--only TEXT]
 * [--minutes NUMBER]`: opens every notebook in JupyterLab in headless Chromium, runs all of its
 * cells, and looks at what is to be seen. Needs a Chromium, and the network at the first time. No
 * notebook is saved but a working copy.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseArgs } from "@std/cli";
import { fileURLToPath } from "node:url";
import { OpenNotebook } from "./jupyterlab.ts";
import { startChromium, startLab } from "./programs.ts";

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const options = parseArgs(Deno.args, {
  string: ["notebooks", "screenshots", "only", "minutes"],
  default: {
    notebooks: folder("../../notebooks"),
    screenshots: folder("../../.cache/screenshots"),
    only: "",
    minutes: "15",
  },
  unknown: (argument) => {
    throw new Error(`Unknown argument "${argument}".`);
  },
});

/** A code cell of a notebook's file. */
interface Cell {
  readonly source: string;
  /** Whether a figure is saved with it, and so is to be drawn again. */
  readonly draws: boolean;
}

/** The code cells of a file, from top to bottom. */
async function readCells(path: string): Promise<Cell[]> {
  const { cells } = JSON.parse(await Deno.readTextFile(path));
  const isFigure = (output: { data?: Record<string, unknown> }) =>
    output.data?.["image/png"] !== undefined;
  return cells
    .filter((cell: { cell_type: string }) => cell.cell_type === "code")
    .map((cell: { source: string | string[]; outputs: { data?: Record<string, unknown> }[] }) => ({
      source: [cell.source].flat().join(""),
      draws: cell.outputs.some(isFigure),
    }));
}

async function notebooksIn(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(path)) {
    if (name.endsWith(".ipynb") && name.includes(options.only)) names.push(name);
  }
  return names.sort();
}

/** Runs `body` with a JupyterLab on a folder and a browser, and ends both. */
async function withLab(
  notebooks: string | undefined,
  body: (open: (file: string) => Promise<OpenNotebook>) => Promise<void>,
): Promise<void> {
  await using lab = await startLab(notebooks);
  console.log(`JupyterLab was ready after ${lab.seconds.toFixed(1)} s.`);
  const browser = await startChromium();
  try {
    await body((file) => OpenNotebook.open(browser, lab.url, file));
  } finally {
    await browser.close();
  }
  assertEquals(await lab.end(), 0);
}

/** What is wrong with the shown cells of a notebook that ran. */
async function defects(notebook: OpenNotebook, cells: readonly Cell[]): Promise<string[]> {
  const shown = await notebook.cells();
  assertEquals(shown.length, cells.length, "code cells");
  return cells.flatMap(({ source, draws }, index) => {
    const { count, errors, drawings } = shown[index]!;
    const name = `code cell ${index + 1} (${source.split("\n")[0]})`;
    return [
      ...errors.map((error) => `${name} failed: ${error}`),
      ...(count === null && source.trim() !== "" ? [`${name} did not run`] : []),
      ...(draws && drawings === 0 ? [`${name} drew nothing`] : []),
    ];
  });
}

// Playwright keeps pipes and timers of its own between tests.
const lenient = { sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name: "every notebook runs in JupyterLab without an error, and draws its figures",
  ...lenient,
  fn: async (test) => {
    const notebooks = await Deno.realPath(options.notebooks);
    const names = await notebooksIn(notebooks);
    assert(names.length > 0, `There is no notebook to open in "${notebooks}".`);
    await Deno.mkdir(options.screenshots, { recursive: true });
    await withLab(notebooks, async (open) => {
      for (const name of names) {
        await test.step({ name, ...lenient, fn: () => runNotebook(open, notebooks, name) });
      }
    });
  },
});

async function runNotebook(
  open: (file: string) => Promise<OpenNotebook>,
  notebooks: string,
  name: string,
): Promise<void> {
  const path = `${notebooks}/${name}`;
  const before = await Deno.readTextFile(path);
  const stem = `${options.screenshots}/${name.replace(/\.ipynb$/, "")}`;
  const notebook = await open(name);
  try {
    await notebook.screenshot(`${stem}-opened.png`);
    await notebook.runAll();
    await notebook.waitForIdle(Number(options.minutes) * 60_000);
    assertEquals(await defects(notebook, await readCells(path)), []);
    await notebook.screenshot(`${stem}-run.png`);
    if (await notebook.touchPlot()) await notebook.screenshot(`${stem}-touched.png`);
  } catch (error) {
    await notebook.screenshot(`${stem}-failed.png`).catch(() => {}); // the page may be gone
    throw error;
  } finally {
    await notebook.close();
  }
  assertEquals(await Deno.readTextFile(path), before, "the file was changed");
}

/** What git says of the project: what is changed, and what is new. */
function gitStatus(): string {
  const args = ["status", "--porcelain", "--untracked-files=all"];
  const { stdout } = new Deno.Command("git", { args, cwd: folder("../..") }).outputSync();
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "a notebook that is opened, run and saved leaves git status as it was",
  ...lenient,
  fn: async () => {
    const before = gitStatus();
    const name = "01_preprocess.ipynb";
    const copy = folder(`../../.notebooks/${name}`);
    await withLab(undefined, async (open) => {
      const notebook = await open(name);
      await notebook.runAll();
      await notebook.waitForIdle(Number(options.minutes) * 60_000);
      assertEquals(await defects(notebook, await readCells(copy)), []);
      const opened = await Deno.readTextFile(copy);
      await notebook.choose("File", "Save Notebook");
      await notebook.waitForIdle(15_000);
      while (await Deno.readTextFile(copy) === opened) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await notebook.close();
    });
    assertEquals(gitStatus(), before);
  },
});

Deno.test({
  name: "the stop button ends a cell, and the kernel lives on with what it had",
  ...lenient,
  fn: () =>
    withLab(folder("../fixtures/notebooks"), async (open) => {
      const words = "The kernel still has what was computed before.";
      const notebook = await open("long_loop.ipynb");
      await notebook.runAll();
      await notebook.waitFor("the loop runs", 30_000, ([before, loop]) => {
        return before!.count !== null && loop!.running;
      });
      await new Promise((resolve) => setTimeout(resolve, 1000)); // into the loop itself
      await notebook.stop();
      await notebook.waitForIdle(15_000);
      const [, loop, after] = await notebook.cells();
      assertMatch(loop!.errors.join(), /Interrupted/);
      assertEquals(after!.text.trim(), words, "the rest of the cells runs");
      await notebook.runCell(2);
      await notebook.waitForIdle(15_000);
      const [, , again] = await notebook.cells();
      assertEquals(again!.text.trim(), words);
      assert(again!.count! > after!.count!);
      await notebook.close();
    }),
});
