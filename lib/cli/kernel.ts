/**
 * `deno task kernel`: lets a Jupyter or a VS Code that is already there run the notebooks.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { logLine } from "../base/progress.ts";
import { installKernel, jupyterDataFolder, removeKernel } from "../jupyter/lab/kernel_spec.ts";

const HELP = `Usage: deno task kernel [--force] [--remove]

Lets Jupyter and VS Code find Deno: writes a kernel spec into Jupyter's data folder
(JUPYTER_DATA_DIR, or the user's own).

  --force   also replaces another kernel spec of the same name
  --remove  removes the kernel spec again`;

/** What to do with the kernel spec. */
export interface KernelOptions {
  readonly force: boolean;
  readonly remove: boolean;
}

/**
 * Reads the command line of `deno task kernel`.
 *
 * @returns null where help is asked for.
 * @throws when an argument is unknown, or two of them contradict each other.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseKernel } from "./kernel.ts";
 *
 * assertEquals(parseKernel(["--remove"]), { force: false, remove: true });
 * ```
 */
export function parseKernel(args: readonly string[]): KernelOptions | null {
  const { force, remove, help } = parseArgs([...args], {
    boolean: ["force", "remove", "help"],
    unknown: (argument) => {
      throw new Error(`Unknown argument "${argument}"; see deno task kernel --help.`);
    },
  });
  if (force && remove) throw new Error("--force belongs to installing; leave it out of --remove.");
  return help ? null : { force, remove };
}

/**
 * Installs or removes the kernel spec, and says where.
 *
 * @param data Jupyter's data folder.
 * @throws when a kernel spec of that name is there that is not this project's.
 *
 * ```ts
 * import { kernel } from "./kernel.ts";
 *
 * const data = await Deno.makeTempDir();
 * await kernel({ force: false, remove: false }, data); // installs it
 * await kernel({ force: false, remove: true }, data); // and removes it
 * await Deno.remove(data, { recursive: true });
 * ```
 */
export async function kernel(
  { force, remove }: KernelOptions,
  data: string = jupyterDataFolder(),
): Promise<void> {
  if (remove) {
    const removed = await removeKernel(data);
    console.log(removed ? `Removed "${removed}".` : `There is no kernel spec below "${data}".`);
  } else {
    const folder = await installKernel({ data, force });
    console.log(
      `Installed "${folder}", which starts ${Deno.execPath()}: ` +
        "open a notebook in Jupyter or VS Code, and choose the kernel Deno.",
    );
  }
}

if (import.meta.main) {
  try {
    const options = parseKernel(Deno.args);
    if (options) await kernel(options);
    else console.log(HELP);
  } catch (error) {
    logLine(`error: ${(error as Error).message}`);
    Deno.exit(1);
  }
}
