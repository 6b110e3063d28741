/**
 * Starts the Deno kernel as a process of its own and connects to it.
 *
 * @module
 */

import type { Connection } from "./protocol.ts";
import { openSocket, type Socket, type SocketType } from "./zmtp.ts";

/** A running kernel, connected. */
export interface Launched {
  readonly process: Deno.ChildProcess;
  readonly shell: Socket;
  readonly iopub: Socket;
  /** What messages are signed with. */
  readonly key: string;
  /** The last of what the process wrote to its own output. */
  log(): string;
}

/** Another program may take one of the free ports before the kernel does. */
const ATTEMPTS = 3;
/** A first start may have to fetch packages. */
const START_SECONDS = 300;
const LOG_CHARACTERS = 4000;

/**
 * Starts a kernel whose notebooks lie in `folder`, and waits until it answers. It finds deno.json
 * upward from there; relative imports start there. The connection file is gone when it returns.
 *
 * Throws where `folder` is missing, the kernel ends or does not answer, and where `signal` aborts;
 * no process is then left behind.
 *
 * ```ts
 * import { launchKernel } from "./launch.ts";
 *
 * const { process, shell, iopub } = await launchKernel(".");
 * process.kill("SIGKILL");
 * await process.status;
 * shell.close();
 * iopub.close();
 * ```
 */
export async function launchKernel(folder: string, signal?: AbortSignal): Promise<Launched> {
  for (let attempt = 1;; attempt++) {
    try {
      return await launch(folder, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt === ATTEMPTS || !(error instanceof Ended)) throw error;
    }
  }
}

/** The process ended by itself: another try may go better. */
class Ended extends Error {}

async function launch(folder: string, signal?: AbortSignal): Promise<Launched> {
  const connection = freshConnection();
  const file = await Deno.makeTempFile({ prefix: "kernel-", suffix: ".json" }); // for this user only
  const sockets: Socket[] = [];
  let process: Deno.ChildProcess | undefined;
  try {
    await Deno.writeTextFile(file, JSON.stringify(connection));
    process = spawn(folder, file);
    const log = keepLog(process);
    const open = async (port: number, type: SocketType) => {
      const socket = await connect(process!, port, type, log, signal);
      sockets.push(socket);
      return socket;
    };
    const shell = await open(connection.shell_port, "DEALER");
    const iopub = await open(connection.iopub_port, "SUB");
    return { process, shell, iopub, key: connection.key, log };
  } catch (cause) {
    for (const socket of sockets) socket.close();
    await endProcess(process);
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot start the Deno kernel in "${folder}": ${why}`;
    throw cause instanceof Ended ? new Ended(message, { cause }) : new Error(message, { cause });
  } finally {
    await Deno.remove(file);
  }
}

/** Ends a process that may have ended already, and waits for it. */
export async function endProcess(process: Deno.ChildProcess | undefined): Promise<void> {
  try {
    process?.kill("SIGKILL");
  } catch {
    // It has ended.
  }
  await process?.status;
}

function spawn(folder: string, file: string): Deno.ChildProcess {
  if (!Deno.statSync(folder).isDirectory) throw new Error("it is no folder.");
  return new Deno.Command(Deno.execPath(), {
    args: ["jupyter", "--kernel", "--conn", file],
    cwd: folder,
    env: { NO_COLOR: "1" }, // a file shows no colours of a terminal
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true, // Ctrl+C at the terminal reaches only us: we interrupt it, once
  }).spawn();
}

function keepLog(process: Deno.ChildProcess): () => string {
  let kept = "";
  const keep = (text: string) => void (kept = (kept + text).slice(-LOG_CHARACTERS));
  for (const stream of [process.stdout, process.stderr]) {
    stream.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write: keep }))
      .catch(() => {}); // it ends with the process
  }
  const notice = /^.*"deno jupyter" is unstable and might change in the future\.\s*/m;
  return () => kept.replace(notice, "").trim();
}

async function connect(
  process: Deno.ChildProcess,
  port: number,
  type: SocketType,
  log: () => string,
  signal?: AbortSignal,
): Promise<Socket> {
  let code: number | undefined;
  process.status.then((status) => code = status.code);
  for (const start = performance.now();;) {
    try {
      return await openSocket(port, type);
    } catch (error) {
      signal?.throwIfAborted();
      const end = () => `it ended with code ${code}${log() === "" ? "." : `: ${log()}`}`;
      if (code !== undefined) throw new Ended(end());
      const early = error instanceof Deno.errors.ConnectionRefused ||
        error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.UnexpectedEof;
      if (!early) throw error;
    }
    if (performance.now() - start > 1000 * START_SECONDS) {
      throw new Error(`it did not answer within ${START_SECONDS} s. ${log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function freshConnection(): Connection {
  // All five at once, so that they differ.
  const listeners = Array.from(
    { length: 5 },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports as [
    ...[number, number, number, number, number],
  ];
  return {
    transport: "tcp",
    ip: "127.0.0.1",
    signature_scheme: "hmac-sha256",
    shell_port,
    iopub_port,
    stdin_port,
    control_port,
    hb_port,
    key: crypto.randomUUID(),
  };
}
