import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { formatNotebook, writeNotebook } from "../../../lib/jupyter/document.ts";
import { refreshCopies } from "../../../lib/jupyter/lab/copies.ts";
import type { Notebook } from "../../../lib/jupyter/types.ts";
import { code, executed, inNotebooks, notebook, text } from "../small.ts";

const first = notebook(text("# First"), code("1 + 1"));
const newer = notebook(text("# First, improved"), code("1 + 2"));
const second = notebook(text("# Second"));

interface Folders {
  readonly folder: string;
  readonly copies: string;
  readonly refresh: () => Promise<string[]>;
  /** Puts a notebook in the place of the project's, as an update does. */
  readonly update: (name: string, content: Notebook) => Promise<void>;
  readonly copy: (name: string) => string;
}

async function withCopies(use: (folders: Folders) => Promise<void>): Promise<void> {
  await inNotebooks({ "01_first": first, "02_second": second }, async (folder, project) => {
    const copies = join(project, ".notebooks");
    const refresh = () => refreshCopies(folder, copies);
    const copy = (name: string) => join(copies, `${name}.ipynb`);
    assertEquals(await refresh(), []);
    const update = (name: string, content: Notebook) =>
      writeNotebook(join(folder, `${name}.ipynb`), content);
    await use({ folder, copies, refresh, update, copy });
  });
}

const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();

Deno.test("each notebook has a copy, byte for byte", () =>
  withCopies(async ({ folder, copies, copy }) => {
    assertEquals(await names(copies), [".copied.json", "01_first.ipynb", "02_second.ipynb"]);
    const original = await Deno.readTextFile(join(folder, "01_first.ipynb"));
    assertEquals(await Deno.readTextFile(copy("01_first")), original);
  }));

Deno.test("a copy that was run is kept with its outputs, and replaced when its notebook changes", () =>
  withCopies(async ({ refresh, update, copy }) => {
    const cells = [first.cells[0]!, { ...executed("1 + 1", 7), id: first.cells[1]!.id }];
    await writeNotebook(copy("01_first"), { ...first, cells });
    const ran = await Deno.readTextFile(copy("01_first"));
    assertEquals(await refresh(), []);
    assertEquals(await Deno.readTextFile(copy("01_first")), ran);
    await update("01_first", newer);
    assertEquals(await refresh(), []);
    assertEquals(await Deno.readTextFile(copy("01_first")), formatNotebook(newer));
  }));

Deno.test("edits are never lost: the copy stays, and is named while its notebook is newer", () =>
  withCopies(async ({ refresh, update, copy }) => {
    const mine = notebook(text("# First"), code("my own idea"));
    await writeNotebook(copy("01_first"), mine);
    assertEquals(await refresh(), []);
    await update("01_first", newer);
    assertEquals(await refresh(), ["01_first.ipynb"]);
    assertEquals(await refresh(), ["01_first.ipynb"], "until it is taken out of the way");
    assertEquals(await Deno.readTextFile(copy("01_first")), formatNotebook(mine));
    await Deno.rename(copy("01_first"), copy("mine"));
    assertEquals(await refresh(), []);
    assertEquals(await Deno.readTextFile(copy("01_first")), formatNotebook(newer));
    assertEquals(await Deno.readTextFile(copy("mine")), formatNotebook(mine));
  }));

Deno.test("a notebook that is gone takes its copy along, unless the copy was edited", () =>
  withCopies(async ({ folder, copies, refresh, copy }) => {
    await writeNotebook(copy("02_second"), first);
    await Deno.remove(join(folder, "01_first.ipynb"));
    await Deno.remove(join(folder, "02_second.ipynb"));
    assertEquals(await refresh(), []);
    assertEquals(await names(copies), [".copied.json", "02_second.ipynb"]);
  }));

Deno.test("a torn copy counts as edited, and so does every copy that differs from a lost record", () =>
  withCopies(async ({ copies, refresh, update, copy }) => {
    await Deno.writeTextFile(copy("02_second"), "{");
    assertEquals(await refresh(), []);
    await Deno.writeTextFile(join(copies, ".copied.json"), "{");
    await update("01_first", newer);
    assertEquals(await refresh(), ["01_first.ipynb", "02_second.ipynb"]);
    assertEquals(await Deno.readTextFile(copy("01_first")), formatNotebook(first));
    assertEquals(await Deno.readTextFile(copy("02_second")), "{");
  }));
