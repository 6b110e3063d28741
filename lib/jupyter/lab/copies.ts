/**
 * Working copies of the notebooks: whoever runs, edits and saves them leaves the project's own as
 * they are, finds their edits again, and still gets what the project changes.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { writeAside } from "../../base/disk.ts";
import { listNotebooks, readNotebook } from "../document.ts";

/** Says for each copy which version of the notebook it was made of; JupyterLab hides such files. */
const RECORD = ".copied.json";

/**
 * Makes a copy of each notebook that has none, replaces those whose notebook has changed and
 * removes those whose notebook is gone. A copy whose cells were edited stays as it is, whatever
 * becomes of the notebook; outputs alone are no edit. Other files in the folder are left alone.
 *
 * @returns the names of edited copies whose notebook has changed since they were made.
 * @throws where a notebook of the project is not valid, or the disk refuses.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { refreshCopies } from "./copies.ts";
 *
 * const folder = await Deno.makeTempDir();
 * assertEquals(await refreshCopies("notebooks", folder), []);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function refreshCopies(originals: string, copies: string): Promise<string[]> {
  await Deno.mkdir(copies, { recursive: true });
  const before = await readRecord(copies);
  const record: Record<string, string> = {};
  const outdated: string[] = [];
  for (const file of await listNotebooks(originals)) {
    const name = basename(file);
    const copy = join(copies, name);
    const version = await versionOf(file);
    const state = await stateOf(copy, before[name] ?? version);
    if (state === "edited") {
      if (before[name] !== version) outdated.push(name);
      record[name] = before[name] ?? version;
      continue;
    }
    if (state === "missing" || before[name] !== version) {
      await writeBytes(copy, await Deno.readFile(file));
    }
    record[name] = version;
  }
  for (const [name, version] of Object.entries(before)) {
    if (name in record || await stateOf(join(copies, name), version) !== "same") continue;
    await Deno.remove(join(copies, name));
  }
  await writeBytes(join(copies, RECORD), new TextEncoder().encode(JSON.stringify(record)));
  return outdated;
}

/** What became of a copy of `version`. */
async function stateOf(copy: string, version: string): Promise<"missing" | "same" | "edited"> {
  try {
    return await versionOf(copy) === version ? "same" : "edited";
  } catch {
    // One that is no notebook any more is the user's all the same.
    return await Deno.lstat(copy).then(() => "edited", () => "missing");
  }
}

/** A hash of what a person writes in a notebook: the kinds and texts of its cells. */
async function versionOf(file: string): Promise<string> {
  const { cells } = await readNotebook(file);
  const written = cells.map(({ cell_type, source }) => [cell_type, source]);
  return createHash("sha256").update(JSON.stringify(written)).digest("hex");
}

/** Without a record that can be read every copy that differs is taken for edited. */
async function readRecord(copies: string): Promise<Readonly<Record<string, string>>> {
  try {
    return JSON.parse(await Deno.readTextFile(join(copies, RECORD))) ?? {};
  } catch {
    return {};
  }
}

async function writeBytes(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await writeAside(file, [bytes], () => file);
}
