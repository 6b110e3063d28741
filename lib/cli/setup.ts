/**
 * `deno task setup`: fetches ahead of time what a first run would fetch, TensorFlow's library
 * and a pretrained encoder.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { logLine } from "../base/progress.ts";
import { DEFAULT_ENCODER, ensureEncoder, findEncoder } from "../hub/encoders.ts";
import { ensureLibrary, findLibrary } from "../tensorflow/library.ts";
import { openLibrary } from "../tensorflow/symbols.ts";

const HELP = `Usage: deno task setup [--gpu] [--encoder NAME]

Fetches TensorFlow's library and a pretrained encoder into the cache
(XDG_CACHE_HOME, or ~/.cache), unless they are already there.

  --gpu           the CUDA build of TensorFlow with NVIDIA's libraries (Linux x86-64, 3.4 GB)
  --encoder NAME  a folder, "${DEFAULT_ENCODER}" (default), or a model on the Hugging Face hub
                  ("owner/name" or "owner/name@revision")`;

/** What to fetch. */
export interface SetupOptions {
  readonly gpu: boolean;
  readonly encoder: string;
}

/**
 * Reads the command line of `deno task setup`.
 *
 * @returns null where help is asked for.
 * @throws when an argument is unknown.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseSetup } from "./setup.ts";
 *
 * assertEquals(parseSetup(["--gpu"]), { gpu: true, encoder: "all-MiniLM-L6-v2" });
 * ```
 */
export function parseSetup(args: readonly string[]): SetupOptions | null {
  const unknown = (argument: string) => {
    throw new Error(`Unknown argument "${argument}"; see deno task setup --help.`);
  };
  const options = parseArgs([...args], {
    boolean: ["gpu", "help"],
    string: ["encoder"],
    default: { encoder: DEFAULT_ENCODER },
    unknown,
  });
  if (options.encoder === "") throw new Error("--encoder needs the name of an encoder.");
  return options.help ? null : { gpu: options.gpu, encoder: options.encoder };
}

/**
 * Fetches what is missing and prints where everything lies.
 *
 * @returns TensorFlow's library when it was fetched, null when it was there.
 * @throws with one sentence that says what to do.
 *
 * ```ts
 * import { setup } from "./setup.ts";
 * await setup({ gpu: false, encoder: "all-MiniLM-L6-v2" });
 * ```
 */
export async function setup({ gpu, encoder }: SetupOptions): Promise<string | null> {
  const found = await findLibrary({ gpu });
  const library = found ?? await ensureLibrary({ gpu });
  console.log(`TensorFlow ${found === null ? "is ready" : "is already there"}: ${library}`);
  const present = await findEncoder(encoder);
  const folder = present ?? await ensureEncoder(encoder);
  console.log(
    `Encoder ${encoder} ${present === null ? "is ready" : "is already there"}: ${folder}`,
  );
  return found === null ? library : null;
}

/** A library made for another system is better found out about now than in the first run. */
function tryToOpen(library: string): void {
  Deno.env.set("TF_ENABLE_ONEDNN_OPTS", "0"); // else TensorFlow prints a notice about it
  openLibrary(library);
}

if (import.meta.main) {
  let code = 0;
  try {
    const options = parseSetup(Deno.args);
    const fetched = options && await setup(options);
    if (fetched) tryToOpen(fetched);
    if (!options) console.log(HELP);
  } catch (error) {
    logLine(`error: ${(error as Error).message}`);
    code = 1;
  }
  // Leaves at once: unloading an opened TensorFlow crashes.
  Deno.exit(code);
}
