/**
 * Formats notebooks as `deno fmt` does. In deno.json they are left out of it, since Deno 2.9 takes
 * every notebook that it sees for the first time for one that is not formatted.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "node:path";
import { writeAside } from "../base/disk.ts";
import { configured, findConfig, runDeno } from "./deno.ts";

/**
 * Formats notebooks in their own files.
 *
 * @returns the files that were changed.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatNotebooks } from "./format.ts";
 *
 * assertEquals(await formatNotebooks([]), []);
 * ```
 */
export async function formatNotebooks(files: readonly string[]): Promise<string[]> {
  const formatted = await unformatted(files);
  for (const [file, text] of formatted) {
    await writeAside(file, [new TextEncoder().encode(text)], () => file);
  }
  return [...formatted.keys()];
}

/** The formatted text of those notebooks of one folder that are not, by file. */
export async function unformatted(files: readonly string[]): Promise<Map<string, string>> {
  const formatted = new Map<string, string>();
  if (files.length === 0) return formatted;
  const folder = await Deno.makeTempDir({ prefix: "notebooks-" });
  try {
    const copies = files.map((file) => [file, join(folder, basename(file))] as const);
    for (const [file, copy] of copies) await Deno.copyFile(file, copy);
    const config = configured(await findConfig(dirname(resolve(files[0]!))));
    // What has no valid syntax stays as it is: the type check says so.
    await runDeno(["fmt", ...config, ...copies.map(([, copy]) => copy)]);
    for (const [file, copy] of copies) {
      const text = await Deno.readTextFile(copy);
      if (text !== await Deno.readTextFile(file)) formatted.set(file, text);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return formatted;
}
