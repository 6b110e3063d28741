/**
 * Runs Deno's own tools on what belongs to a notebook.
 *
 * @module
 */

import { dirname, join } from "node:path";

/** What a tool said, and whether it was content. */
export interface Ran {
  readonly success: boolean;
  /** All that it said. */
  readonly text: string;
  /** What it said apart from remarks, as of what it fetched. */
  readonly result: string;
}

/** Runs `deno` with arguments, without colours. */
export async function runDeno(args: readonly string[]): Promise<Ran> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const [result, remarks] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, text: `${result}${remarks}`, result: result! };
}

/**
 * The deno.json that holds for a folder, as Deno finds it: there or in the nearest folder above;
 * null where there is none.
 */
export async function findConfig(folder: string): Promise<string | null> {
  const file = join(folder, "deno.json");
  if (await Deno.stat(file).then(({ isFile }) => isFile, () => false)) return file;
  return dirname(folder) === folder ? null : findConfig(dirname(folder));
}

/** The arguments that make a tool use this deno.json, and no other. */
export function configured(config: string | null): string[] {
  return config === null ? ["--no-config"] : ["--config", config];
}
