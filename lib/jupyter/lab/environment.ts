/**
 * JupyterLab in a Python environment of its own, kept in the project's cache: the user's Python
 * stays as it is, and a second start finds everything there.
 *
 * @module
 */

import { logLine } from "../../base/progress.ts";
import { cacheFolder, placeFolder } from "../../hub/cache.ts";
import { downloadWheel, type Interpreter, runPython, type Wheel } from "../../hub/wheel.ts";
import { runAndShow } from "./status.ts";

/** Version of JupyterLab. */
const JUPYTERLAB_VERSION = "4.6.6";

/** Version of Python's plotly; its extension of JupyterLab makes figures interactive. */
const PLOTLY_VERSION = "7.1.0";

/** Oldest Python that the pinned versions run on. */
const OLDEST = [3, 10] as const;

/**
 * The pip that installs: Debian splits off what `python3 -m venv` needs to bring one of its own,
 * and pip before 22.3 can't install into another environment, but any pip can fetch this one.
 */
const PIP: Wheel = {
  file: "pip-26.3-py3-none-any.whl",
  bytes: 1_950_951,
  sha256: "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13",
};

/** Turns `python3` into another program: permission to run `python3` is then all that is needed. */
const BECOME = "import os, sys; os.execv(sys.argv[1], sys.argv[1:])";

const VERSION = "import sys; print(*sys.version_info[:3], sep='.')";

const INSTEAD = "use a JupyterLab of your own after deno task kernel";

/** Where the environment is kept, and whose Python it is made with. */
export interface EnvironmentOptions {
  /** The project's cache; by default that of `cacheFolder()`. */
  readonly cache?: string;
  readonly python?: Interpreter;
  /** Receives one sentence at a time; standard error by default. */
  readonly log?: (line: string) => void;
}

/**
 * The Python of an environment that has JupyterLab and Python's plotly; where there is none it is
 * made with `python3 -m venv` and pip (about 25 s, 320 MB). An interrupted attempt leaves nothing
 * that a later one would take for whole.
 *
 * @returns path of the environment's Python.
 * @throws with one sentence that says what to do: no Python, an old one, no pip, no network, a
 * full disk.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { ensureJupyterLab } from "./environment.ts";
 *
 * const python = { command: "no-such-python3" }; // left out, it is the one on the PATH
 * await assertRejects(() => ensureJupyterLab({ python }), Error, "There is no python3");
 * ```
 */
export async function ensureJupyterLab(options: EnvironmentOptions = {}): Promise<string> {
  const { cache = cacheFolder(), python = {}, log = logLine } = options;
  const [major, minor] = checkVersion(await askVersion(python));
  // An environment belongs to one minor version of Python and one kind of machine.
  const made = `python-${major}.${minor}-${Deno.build.target}`;
  const folder = `${cache}/jupyter/lab-${JUPYTERLAB_VERSION}-plotly-${PLOTLY_VERSION}-${made}`;
  const files = ["pyvenv.cfg", "bin/python", "installed.txt"];
  await placeFolder(folder, files, (temporary) => fill(temporary, python, log), log);
  return `${folder}/bin/python`;
}

/**
 * Arguments that make a Python become `program`.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { becoming } from "./environment.ts";
 *
 * assertEquals(becoming("/env/bin/python", ["-V"]).slice(-2), ["/env/bin/python", "-V"]);
 * ```
 */
export function becoming(program: string, args: readonly string[]): string[] {
  return ["-I", "-c", BECOME, program, ...args];
}

/**
 * A version as Python prints it, checked.
 *
 * @returns its major and minor number.
 * @throws when JupyterLab needs a newer one.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { checkVersion } from "./environment.ts";
 *
 * assertEquals(checkVersion("3.11.7"), [3, 11]);
 * ```
 */
export function checkVersion(version: string): [number, number] {
  const [major = NaN, minor = NaN] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return [major, minor];
  throw new Error(
    `python3 is Python ${version}, and JupyterLab ${JUPYTERLAB_VERSION} needs ` +
      `${OLDEST.join(".")} or newer; put a newer python3 first on the PATH.`,
  );
}

async function askVersion(python: Interpreter): Promise<string> {
  try {
    const { success, stdout, stderr } = await runPython(python, ["-c", VERSION]);
    const text = new TextDecoder().decode(success ? stdout : stderr).trim();
    if (success) return text;
    throw new Error(`python3 does not run: ${text.split("\n").at(-1)}; install Python anew.`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `There is no python3 on the PATH, and JupyterLab needs one; install Python ` +
        `${OLDEST.join(".")} or newer with pip (Debian and Ubuntu: apt install python3-pip ` +
        "python3-venv).",
    );
  }
}

async function fill(folder: string, python: Interpreter, log: (line: string) => void) {
  log(`Installing JupyterLab ${JUPYTERLAB_VERSION} with pip, once: 320 MB on the disk.`);
  await makeEnvironment(folder, python);
  const pip = await fetchPip(folder, python);
  const wanted = [`jupyterlab==${JUPYTERLAB_VERSION}`, `plotly==${PLOTLY_VERSION}`];
  const options = ["--no-input", "--only-binary=:all:", "--disable-pip-version-check"];
  await runPip(folder, python, [`${pip}/pip`, "install", ...options, ...wanted]);
  await Deno.remove(pip);
  await Deno.writeTextFile(`${folder}/installed.txt`, wanted.join("\n") + "\n");
}

async function makeEnvironment(folder: string, python: Interpreter): Promise<void> {
  const { success, stdout, stderr } = await runPython(
    python,
    ["-I", "-m", "venv", "--without-pip", folder],
  );
  if (success) return;
  const words = new TextDecoder().decode(stderr.length > 0 ? stderr : stdout).trim();
  const last = words.split("\n").at(-1) ?? "";
  throw new Error(
    /No module named '?venv\b/.test(last)
      ? "python3 has no venv module; install it (Debian and Ubuntu: apt install python3-venv)."
      : `python3 -m venv could not make "${folder}": ${last}`,
  );
}

async function fetchPip(folder: string, python: Interpreter): Promise<string> {
  try {
    return await downloadWheel(PIP, folder, { python, instead: INSTEAD });
  } catch (error) {
    throw explainPip((error as Error).message) ?? error;
  }
}

/** Runs pip inside the environment; its output serves as the sign that it goes on. */
async function runPip(folder: string, python: Interpreter, args: readonly string[]) {
  const { success, words } = await runAndShow(
    "pip",
    new Deno.Command(python.command ?? "python3", {
      args: becoming(`${folder}/bin/python`, ["-I", ...args]),
      env: { ...python.env, PIP_USER: "0", PIP_REQUIRE_VIRTUALENV: "0", PIP_PROGRESS_BAR: "off" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }),
  );
  if (success) return;
  const reason = words.trim().split("\n").findLast((line) => line.startsWith("ERROR:"));
  throw explainPip(words) ?? new Error(
    `pip could not install JupyterLab ${JUPYTERLAB_VERSION}: ` +
      `${reason?.slice("ERROR:".length).trim() ?? words.trim().split("\n").at(-1)}`,
  );
}

/** A missing network in one sentence; undefined for all other failures. */
function explainPip(words: string): Error | undefined {
  const unreached = /from versions: none|Failed to establish a new connection|Max retries exceeded/;
  if (!unreached.test(words)) return undefined;
  return new Error(
    `Cannot install JupyterLab ${JUPYTERLAB_VERSION}: pip reached no package index; connect to ` +
      "the network, or name an index that can be reached in PIP_INDEX_URL, and try again.",
  );
}
