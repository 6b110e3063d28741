/**
 * A running JupyterLab: started, waited for until it answers, and ended with everything it started.
 *
 * @module
 */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAside } from "../../base/disk.ts";
import type { Interpreter } from "../../hub/wheel.ts";
import { becoming } from "./environment.ts";
import { installKernel, KERNEL_NAME } from "./kernel_spec.ts";

/** What JupyterLab keeps for this project: the kernel spec, settings, what it trusts. */
const OWN = fileURLToPath(new URL("../../../.jupyter", import.meta.url));

/**
 * JupyterLab's own program, with a thread that ends it when standard input closes: that happens
 * however this process ends, and so neither a server nor its kernels outlive it. One that does not
 * end when told is ended, kernels first. What it prints then goes nowhere: the terminal may be gone
 * too, and the server would fail at its last words. A session of its own keeps Ctrl-C from reaching
 * it past this process.
 */
const START = `
import os, signal, sys, threading, time
os.setsid()
def watch():
    while os.read(0, 1024): pass
    for channel in (1, 2): os.dup2(os.open(os.devnull, os.O_WRONLY), channel)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(10)
    import psutil
    for kernel in psutil.Process().children(recursive=True): kernel.kill()
    os._exit(1)
threading.Thread(target=watch, daemon=True).start()
from jupyterlab.labapp import main
main(sys.argv[1:])
`;

/** Settings that differ from JupyterLab's own: a first start asks nothing. */
const SETTINGS = {
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
};

/** Pixels of the notebooks' pictures for each pixel of their figures (lib/notebook/display.ts). */
export const PICTURE_SCALE = 1.5;

/**
 * Plotly's extension shows a figure's picture, until it is touched, one pixel for one; this makes
 * it as large as the figure, and no wider than the page.
 */
const STYLE = ".jp-RenderedPlotly img.plot-img " +
  `{ zoom: calc(1 / ${PICTURE_SCALE}); max-width: 100%; height: auto; }\n`;

/** Longest wait for a server to answer, in milliseconds. */
const PATIENCE = 120_000;

/** What to start, and where. */
export interface ServerOptions {
  /** Python of an environment that has JupyterLab. */
  readonly python: string;
  /** The Python that becomes it. */
  readonly interpreter?: Interpreter;
  /** The folder that is shown, which is where the notebooks lie. */
  readonly notebooks: string;
  readonly host: string;
  readonly port: number;
  /** Whether to open the user's browser. */
  readonly browser: boolean;
}

/** A JupyterLab that answers. */
export interface Server {
  /** Its address with the token that it asks for. */
  readonly url: string;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number>;
  /** Has it end with its kernels, within ten seconds. */
  end(): void;
}

/**
 * A port that is free on `host`: `port` itself, or any where that is 0.
 *
 * @throws when it is in use, or may not be used.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { freePort } from "./server.ts";
 *
 * assert(freePort("127.0.0.1", 0) > 0);
 * ```
 */
export function freePort(host: string, port: number): number {
  try {
    using listener = Deno.listen({ hostname: host, port });
    return listener.addr.port;
  } catch (error) {
    const elsewhere = "choose another with --port, or have a free one chosen with --port 0";
    if (error instanceof Deno.errors.AddrInUse) {
      throw new Error(`Port ${port} is in use; ${elsewhere}.`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new Error(`Port ${port} is not open to this user; ${elsewhere}.`);
    }
    throw new Error(`Cannot listen on "${host}": ${(error as Error).message}; correct --host.`);
  }
}

/**
 * Starts JupyterLab with the Deno that runs as its only kernel, and waits until it answers. Its
 * settings lie in the project's .jupyter, and the user's own Jupyter is left as it is.
 *
 * @throws when it ends instead, or does not answer for two minutes.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { python, interpreter = {}, notebooks, host, port, browser } = options;
  await installKernel({ data: OWN, force: true });
  await writeSettings();
  const token = createToken();
  const args = serverArguments({ notebooks, host, port, browser });
  const child = new Deno.Command(interpreter.command ?? "python3", {
    args: becoming(python, ["-I", "-c", START, ...args]),
    env: { ...interpreter.env, ...environment(token) },
    stdin: "piped",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const ended = child.status.then(({ code }) => code);
  const end = () => void child.stdin.close().catch(() => {}); // closed before: it is ending
  const server = { url: addressOf(host, port, token), ended, end };
  try {
    await answered(`http://${reachable(host)}:${port}/api/status`, token, ended);
    return server;
  } catch (error) {
    server.end();
    await ended;
    throw error;
  }
}

/**
 * JupyterLab's command line.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { serverArguments } from "./server.ts";
 *
 * const options = { notebooks: "notebooks", host: "127.0.0.1", port: 8888, browser: false };
 * assert(serverArguments(options).includes("--port=8888"));
 * ```
 */
export function serverArguments(
  { notebooks, host, port, browser }: Pick<
    ServerOptions,
    "notebooks" | "host" | "port" | "browser"
  >,
): string[] {
  return [
    `--ServerApp.root_dir=${notebooks}`,
    `--ip=${host}`,
    `--port=${port}`,
    "--ServerApp.port_retries=0",
    "--allow-root", // the user of a container often is
    ...(browser ? [] : ["--no-browser"]),
    // Copies that it would otherwise keep beside the notebooks.
    `--FileCheckpoints.checkpoint_dir=${OWN}/checkpoints`,
    "--LabApp.custom_css=True",
    // Browsers in a sandbox can't read a file in a hidden folder; they are given the address.
    "--ServerApp.use_redirect_file=False",
    "--KernelSpecManager.ensure_native_kernel=False",
    `--KernelSpecManager.allowed_kernelspecs=${KERNEL_NAME}`,
    `--MappingKernelManager.default_kernel_name=${KERNEL_NAME}`,
    // What kernels print comes through all the same.
    "--ServerApp.log_level=ERROR",
    "--LabApp.log_level=ERROR",
  ];
}

function environment(token: string): Record<string, string> {
  const others = Deno.env.get("JUPYTER_PATH");
  return {
    JUPYTER_TOKEN: token, // not in the arguments, which every user of the machine can see
    JUPYTER_PATH: others ? `${OWN}:${others}` : OWN,
    JUPYTER_CONFIG_DIR: `${OWN}/config`,
    JUPYTER_DATA_DIR: `${OWN}/data`,
    JUPYTER_RUNTIME_DIR: `${OWN}/runtime`,
    IPYTHONDIR: `${OWN}/ipython`,
  };
}

async function writeSettings(): Promise<void> {
  const settings = JSON.stringify(SETTINGS, null, 2) + "\n";
  await writeText(`${OWN}/config/labconfig/default_setting_overrides.json`, settings);
  await writeText(`${OWN}/config/custom/custom.css`, STYLE);
}

async function writeText(target: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(target), { recursive: true });
  await writeAside(target, [new TextEncoder().encode(text)], () => target);
}

function createToken(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toHex();
}

/** The address of a host that listens everywhere is not one to go to. */
function reachable(host: string): string {
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return name.includes(":") ? `[${name}]` : name;
}

function addressOf(host: string, port: number, token: string): string {
  return `http://${reachable(host)}:${port}/lab?token=${token}`;
}

async function answered(url: string, token: string, ended: Promise<number>): Promise<void> {
  const headers = { Authorization: `token ${token}` };
  let code: number | undefined;
  ended.then((found) => code = found);
  for (const start = performance.now(); performance.now() - start < PATIENCE;) {
    if (code !== undefined) {
      throw new Error(`JupyterLab ended with code ${code} before it answered; it says why above.`);
    }
    try {
      const response = await fetch(url, { headers, signal: AbortSignal.timeout(5000) });
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(
    `JupyterLab did not answer at ${url} for ${PATIENCE / 1000} seconds; try again.`,
  );
}
