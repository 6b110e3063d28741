/**
 * `deno task lab`: opens the notebooks in JupyterLab, with everything that they need.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "@std/cli";
import { logLine } from "../base/progress.ts";
import { DEFAULT_ENCODER, ensureEncoder } from "../hub/encoders.ts";
import { refreshCopies } from "../jupyter/lab/copies.ts";
import { ensureJupyterLab } from "../jupyter/lab/environment.ts";
import { optional } from "../base/arguments.ts";
import { freePort, type Server, startServer } from "../jupyter/lab/server.ts";
import { ensureLibrary } from "../tensorflow/library.ts";

const HELP = `Usage: deno task lab [--port PORT] [--host HOST] [--no-browser] [--edit | FOLDER]

Opens working copies of the notebooks in JupyterLab; Ctrl-C ends it. The copies lie in .notebooks,
which git ignores: what you change stays there, the others follow the project's. What is missing is
fetched first: TensorFlow's library, a pretrained encoder, and JupyterLab, into the cache
(XDG_CACHE_HOME, or ~/.cache).

  FOLDER        opens the notebooks of another folder, themselves
  --edit        opens the project's notebooks themselves, to change the project
  --port PORT   8888 by default; 0: any that is free
  --host HOST   what to listen on, 127.0.0.1 by default: this machine alone can reach it
  --no-browser  only print the address`;

const NOTEBOOKS = fileURLToPath(new URL("../../notebooks", import.meta.url));
/** Beside the notebooks, so that what they import by "../lib" is found from both. */
const COPIES = fileURLToPath(new URL("../../.notebooks", import.meta.url));

/** What to open, and where. */
export interface LabOptions {
  /** Folder whose notebooks are opened themselves; working copies of the project's if left out. */
  readonly notebooks?: string;
  readonly port: number;
  readonly host: string;
  readonly browser: boolean;
}

/**
 * Reads the command line of `deno task lab`.
 *
 * @returns null where help is asked for.
 * @throws when an argument is unknown, or the port is none.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseLab } from "./lab.ts";
 *
 * assertEquals(parseLab(["--port", "9000", "--no-browser"])?.port, 9000);
 * ```
 */
export function parseLab(args: readonly string[]): LabOptions | null {
  const options = parseArgs([...args], {
    boolean: ["help", "browser", "edit"],
    negatable: ["browser"],
    string: ["port", "host", "_"],
    default: { port: "8888", host: "127.0.0.1", browser: true },
    unknown: (argument, key) => {
      if (key === undefined) return;
      throw new Error(`Unknown argument "${argument}"; see deno task lab --help.`);
    },
  });
  if (options.help) return null;
  const folders = [...(options.edit ? [NOTEBOOKS] : []), ...options._.map(String)];
  if (folders.length > 1) {
    throw new Error(`There is one folder to open, not "${folders.join('" and "')}".`);
  }
  return {
    ...optional("notebooks", folders[0]),
    port: parsePort(options.port),
    host: options.host,
    browser: options.browser,
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65536) return port;
  throw new Error(`--port is "${text}", expected a number from 0 to 65535.`);
}

/**
 * Fetches what is missing, starts JupyterLab, and waits for its end: Ctrl-C, or its own menu.
 *
 * @throws with one sentence that says what to do: no Python, no pip, no network, a port in use, a
 * server that ends by itself.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { lab } from "./lab.ts";
 *
 * const options = { notebooks: "no/such/folder", port: 0, host: "127.0.0.1", browser: false };
 * await assertRejects(() => lab(options), Error, 'There is no folder "no/such/folder"');
 * ```
 */
export async function lab(options: LabOptions): Promise<void> {
  const named = options.notebooks && await existingFolder(options.notebooks);
  const port = freePort(options.host, options.port);
  const python = await ensureJupyterLab();
  await ensureLibrary();
  await ensureEncoder(DEFAULT_ENCODER);
  const notebooks = named || await workingCopies();
  const server = await startServer({ ...options, python, notebooks, port });
  const asked = endOnSignal(server);
  console.log(`JupyterLab is ready: ${server.url} (Ctrl-C ends it)`);
  const code = await server.ended;
  if (code !== 0 && !asked()) {
    throw new Error(`JupyterLab ended by itself with code ${code}; start it again.`);
  }
}

/** The folder of the working copies, brought up to date. */
async function workingCopies(): Promise<string> {
  const outdated = await refreshCopies(NOTEBOOKS, COPIES);
  logLine(
    `Working copies of the notebooks lie in "${COPIES}"; deno task lab --edit opens the originals.`,
  );
  for (const name of outdated) {
    logLine(
      `${name} has changed in the project, and your copy was edited: rename or remove ` +
        `"${COPIES}/${name}" to get the new one.`,
    );
  }
  return COPIES;
}

/** JupyterLab resolves a relative folder from its own, so it is given the whole path. */
async function existingFolder(folder: string): Promise<string> {
  try {
    if ((await Deno.stat(folder)).isDirectory) return await Deno.realPath(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  throw new Error(`There is no folder "${folder}"; name one with notebooks.`);
}

/**
 * Ends the server at Ctrl-C, and when the terminal closes.
 *
 * @returns whether that was asked for.
 */
function endOnSignal(server: Server): () => boolean {
  let asked = false;
  const end = () => {
    if (!asked) logLine("Ending JupyterLab and its kernels.");
    asked = true;
    server.end();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, end);
  }
  return () => asked;
}

if (import.meta.main) {
  let code = 0;
  try {
    const options = parseLab(Deno.args);
    if (options) await lab(options);
    else console.log(HELP);
  } catch (error) {
    logLine(`error: ${(error as Error).message}`);
    code = 1;
  }
  // Leaves at once: the signal listeners would keep it waiting.
  Deno.exit(code);
}
