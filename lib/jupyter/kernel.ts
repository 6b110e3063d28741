/**
 * A client of the Deno kernel: runs code and collects all that it publishes.
 *
 * Outputs travel apart from the reply that ends a cell, and usually arrive after it. So every cell
 * is followed by a fence: a second, silent request that publishes a tag; what came before the tag
 * is complete.
 *
 * @module
 */

import { endProcess, type Launched, launchKernel } from "./launch.ts";
import { lost, type Problem, type Stop, stopped, thrown, uncaught } from "./problem.ts";
import { type Message, packMessage, readMessage } from "./protocol.ts";

import type { Socket } from "./zmtp.ts";

/** What came of running code. */
export interface Execution {
  /** All outputs, in the order in which the kernel published them. */
  readonly messages: readonly Message[];
  /** The kernel's number of this execution; null where it gave none. */
  readonly count: number | null;
  /** Null where the code ran to its end; after any other problem the kernel may be gone. */
  readonly problem: Problem | null;
}

/** How long code may run, and what stops it. */
export interface ExecuteOptions {
  /** Seconds; 3600 when left out. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
}

const isStop = (value: unknown): value is Stop => typeof value === "string";

/** Seconds that interrupted code gets to come to an end. */
const GRACE = 5;
/** Seconds that outputs get to arrive after the reply. */
const PUBLISHING = 60;
const LONGEST = 2 ** 31 - 1; // milliseconds of a timer
const FENCE = "x_fence";
const STRAY = "x_stray";

/**
 * Runs in the kernel before anything else. It ends the kernel when this process was killed, and
 * reports errors that nobody catches, as in a timer: the Deno kernel would wait for ever.
 */
const SETUP = `{
  const parent = Deno.ppid;
  Deno.unrefTimer(setInterval(() => Deno.ppid === parent || Deno.exit(1), 1000));
  const tell = (event, error) => {
    event.preventDefault();
    const [name, message] = error instanceof Error
      ? [error.name, error.message] : ["Error", String(error)];
    const traceback = String(error?.stack ?? error).split("\\n");
    Deno.jupyter.broadcast("${STRAY}", { name, message, traceback });
  };
  addEventListener("error", (event) => tell(event, event.error ?? event.message));
  addEventListener("unhandledrejection", (event) => tell(event, event.reason));
}`;

/**
 * A running Deno kernel; {@linkcode Kernel.start} starts it, and `end` has to end it.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Kernel } from "./kernel.ts";
 *
 * await using kernel = await Kernel.start(".");
 * const { messages, problem } = await kernel.execute("console.log(1 + 1)");
 * assertEquals(messages.map(({ content }) => content.text), ["2\n"]);
 * assertEquals(problem, null);
 * ```
 */
export class Kernel {
  readonly #launched: Launched;
  readonly #session = crypto.randomUUID();
  readonly #replies = new Map<string, Message>();
  /** Tag to the number of outputs published before it. */
  readonly #fences = new Map<string, number>();
  #outputs: Message[] = [];
  #stray: Message | undefined;
  /** How the process ended; undefined while it runs. */
  #end: string | undefined;
  #change = Promise.withResolvers<void>();

  private constructor(launched: Launched) {
    this.#launched = launched;
    const { process, shell, iopub, log } = launched;
    const reading = [
      this.#read(shell, (message) => this.#replies.set(message.parent, message)),
      this.#read(iopub, (message) => this.#publish(message)),
    ];
    process.status.then(async ({ code, signal }) => {
      await Promise.all(reading); // what it sent before it ended counts
      const why = log() === "" ? "." : `; its last words: ${log()}`;
      this.#end ??= `The kernel ended with ${signal ?? `code ${code}`}${why}`;
      this.#wake();
    });
  }

  /**
   * Starts a kernel for notebooks in `folder` and waits until it publishes what it runs.
   *
   * @throws where it can't be started and where `signal` aborts; no process is then left behind.
   */
  static async start(folder: string, signal?: AbortSignal): Promise<Kernel> {
    const kernel = new Kernel(await launchKernel(folder, signal));
    try {
      await kernel.#setUp(signal);
      return kernel;
    } catch (error) {
      await kernel.end();
      throw error;
    }
  }

  /** Runs code to its end, or stops it: by time, by the signal, or as the kernel ends. */
  async execute(code: string, options: ExecuteOptions = {}): Promise<Execution> {
    const { timeout = 3600, signal } = options;
    const id = await this.#request(code);
    const replied = () => this.#replies.get(id);
    const first = await this.#until(() => replied() ?? this.#stray, timeout, signal);
    const early = isStop(first) ? this.#stopped(first, timeout) : uncaught(this.#stray);
    if (early) this.interrupt();
    const reply = early ? await this.#until(replied, GRACE) : first;
    const fenced = isStop(reply) ? null : await this.#fence(early ? GRACE : PUBLISHING);
    const problem = early ?? uncaught(this.#stray) ?? (isStop(reply) ? null : thrown(reply)) ??
      (fenced !== null ? null : this.#end ? this.#stopped("died", timeout) : lost);
    this.#stray = undefined;
    this.#replies.clear();
    const count = isStop(reply) ? null : reply.content.execution_count as number;
    return { messages: this.#outputs.splice(0, fenced ?? Infinity), count, problem };
  }

  /** Asks running code to stop, as Ctrl+C does; a kernel that doesn't listen for that ends. */
  interrupt(): void {
    try {
      this.#launched.process.kill("SIGINT");
    } catch {
      // It has ended.
    }
  }

  /** Ends the process and waits for its end. */
  async end(): Promise<void> {
    const { process, shell, iopub } = this.#launched;
    await endProcess(process);
    shell.close();
    iopub.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  async #setUp(signal?: AbortSignal): Promise<void> {
    const id = await this.#request(SETUP, true);
    const reply = await this.#until(() => this.#replies.get(id), PUBLISHING, signal);
    // The kernel drops what it publishes before it knows of our subscription.
    for (let i = 0; !isStop(reply) && i < 100; i++) {
      signal?.throwIfAborted();
      if (await this.#fence(0.1 * (i + 1)) !== null) {
        this.#outputs = [];
        return;
      }
    }
    signal?.throwIfAborted();
    throw new Error(this.#end ?? "Cannot start the Deno kernel: it does not answer.");
  }

  /** Asks the kernel to run code; silent code is not counted and shows no value. */
  async #request(code: string, silent = false): Promise<string> {
    const content = {
      code,
      silent,
      store_history: !silent,
      stop_on_error: true,
      user_expressions: {},
      allow_stdin: false,
    };
    const { key, shell } = this.#launched;
    const { id, frames } = packMessage("execute_request", content, { key, session: this.#session });
    await shell.send(frames).catch(() => {}); // of a kernel that has ended: seen while waiting
    return id;
  }

  /** How many outputs were published before now; null where the answer does not come. */
  async #fence(seconds: number): Promise<number | null> {
    const tag = crypto.randomUUID();
    await this.#request(`await Deno.jupyter.broadcast("${FENCE}", { tag: "${tag}" });`, true);
    const count = await this.#until(() => this.#fences.get(tag), seconds);
    return isStop(count) ? null : count;
  }

  async #read(socket: Socket, take: (message: Message) => void): Promise<void> {
    try {
      for await (const frames of socket.messages()) {
        take(readMessage(frames, this.#launched.key));
        this.#wake();
      }
    } catch (error) {
      this.#end ??= (error as Error).message; // it runs, but can't be understood
      this.#wake();
    }
  }

  #publish(message: Message): void {
    const { type, content } = message;
    if (type === "status" || type === "execute_input") return;
    if (type === FENCE) this.#fences.set(content.tag as string, this.#outputs.length);
    else if (type === STRAY) this.#stray ??= message;
    else this.#outputs.push(message);
  }

  #wake(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  /** Waits until `find` finds something, and says why where it doesn't. */
  async #until<T extends object | number>(
    find: () => T | undefined,
    seconds: number,
    signal?: AbortSignal,
  ): Promise<T | Stop> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, Math.min(1000 * seconds, LONGEST));
    const aborted = () => this.#wake();
    signal?.addEventListener("abort", aborted);
    try {
      for (;;) {
        const found = find();
        if (found !== undefined) return found;
        if (this.#end !== undefined) return "died";
        if (signal?.aborted) return "interrupted";
        if (late) return "timeout";
        await this.#change.promise;
      }
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
    }
  }

  #stopped(why: Stop, timeout: number): Problem {
    return stopped(why, { timeout, end: this.#end ?? "" });
  }
}
