/** The programs that the browser's tests start: `deno task lab`, and Chromium. */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A running `deno task lab`. */
export interface RunningLab extends AsyncDisposable {
  /** The address that it printed. */
  readonly url: string;
  /** Seconds from the command to that address. */
  readonly seconds: number;
  /** Ends it as Ctrl-C does. */
  end(): Promise<number>;
}

/**
 * Starts `deno task lab` on a folder, or on working copies where none is named; what is edited in it
 * is not saved by itself.
 */
export async function startLab(notebooks?: string): Promise<RunningLab> {
  const start = performance.now();
  const settings = await writeSettings();
  const folder = notebooks === undefined ? [] : [notebooks];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--cwd", ROOT, "lab", "--no-browser", "--port", "0", ...folder],
    env: {
      JUPYTERLAB_SETTINGS_DIR: settings,
      JUPYTERLAB_WORKSPACES_DIR: `${settings}/workspaces`,
      JUPYTER_CONFIG_PATH: settings,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const ended = child.status.then(async ({ code }) => {
    await Deno.remove(settings, { recursive: true });
    return code;
  });
  const url = await firstAddress(child.stdout.pipeThrough(new TextDecoderStream()));
  const seconds = (performance.now() - start) / 1000;
  let asked = false;
  const end = () => {
    if (!asked) child.kill("SIGTERM");
    asked = true;
    return ended;
  };
  return { url, seconds, end, [Symbol.asyncDispose]: async () => void await end() };
}

/** A folder of settings for the tests' own JupyterLab. */
async function writeSettings(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const write = async (path: string, value: unknown) => {
    await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, JSON.stringify(value));
  };
  // The tests ask JupyterLab itself what kind an output is: errors and warnings look the same.
  await write("jupyter_lab_config.json", { LabApp: { expose_app_in_browser: true } });
  await write("@jupyterlab/docmanager-extension/plugin.jupyterlab-settings", { autosave: false });
  await write("@jupyterlab/notebook-extension/tracker.jupyterlab-settings", {
    scrollPastEnd: false,
  });
  return folder;
}

/** Reads on in the background, so that the program never waits for its reader. */
async function firstAddress(output: ReadableStream<string>): Promise<string> {
  const reader = output.getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`deno task lab ended before it was ready: ${text}`);
    text += value;
    const url = /http:\S+/.exec(text)?.[0];
    if (url === undefined) continue;
    (async () => {
      while (!(await reader.read()).done);
    })();
    return url;
  }
}

/** Starts headless Chromium: that of CHROMIUM, or the one on the PATH. */
export async function startChromium(): Promise<Browser> {
  // While it loads, Playwright asks whether Linux runs inside Windows, of a file that Deno shows only
  // to programs with all permissions; where this is set, it does not ask.
  Deno.env.set("__IS_WSL_TEST__", "1");
  const { chromium } = await import("playwright-core");
  // Chromium's sandbox refuses the user of many containers; the pages here are the project's own.
  return await chromium.launch({ executablePath: await findChromium(), args: ["--no-sandbox"] });
}

async function findChromium(): Promise<string> {
  const named = Deno.env.get("CHROMIUM");
  if (named) return named;
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder}/chromium`;
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  throw new Error(
    "There is no Chromium on the PATH; install it (Debian and Ubuntu: apt install chromium), or " +
      "set CHROMIUM to its path.",
  );
}
