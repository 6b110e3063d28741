/**
 * Talks with a measuring process line by line.
 *
 * @module
 */

import { FIRST_STEP, STARTED } from "./measurement.ts";

/** A process that is spoken to. */
export interface Conversation extends Disposable {
  /** Waits for its line `first step`; seconds from its start till then. */
  firstStep(): Promise<number>;
  /** The next answer: the value of the JSON object with this one key. */
  answer(key: string): Promise<unknown>;
  /** Writes a line to it. */
  tell(line: string): Promise<void>;
  /** Waits for its end; throws where it failed. */
  ended(): Promise<void>;
}

/** Seconds that a process may be silent; compiling a program for each task takes minutes. */
const PATIENCE = 3600;

/**
 * Starts a program with `question` as JSON in its last argument. Disposing ends it.
 *
 * Each wait throws one sentence where the process ends early, fails, is silent for longer than
 * `patience` seconds, or says something else; it holds the last line of its standard error.
 *
 * @example
 * ```ts ignore
 * using child = converse(["python3", "measure.py"], measurement);
 * const startSeconds = await child.firstStep();
 * ```
 */
export function converse(
  [program, ...args]: readonly [string, ...string[]],
  question: unknown,
  patience = PATIENCE,
): Conversation {
  let started = performance.now();
  const child = new Deno.Command(program, {
    args: [...args, JSON.stringify(question)],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const lines = linesOf(child.stdout);
  const input = child.stdin.getWriter();
  input.closed.catch(() => {}); // it may end first
  let running = true;
  child.status.then(() => running = false);

  /** The next line that is part of the conversation; libraries may print others. */
  async function next(): Promise<string> {
    while (true) {
      const { done, value } = await within(patience, lines.next());
      if (done) {
        const { code } = await child.status;
        throw new Error(reason(code, await errors) ?? `it ended early, with code ${code}.`);
      }
      if (value === STARTED) started = performance.now();
      else if (value === FIRST_STEP || value.startsWith("{")) return value;
    }
  }

  return {
    firstStep: async () => {
      const line = await next();
      if (line === FIRST_STEP) return (performance.now() - started) / 1000;
      throw new Error(`it says ${line.slice(0, 80)}: expected the line "${FIRST_STEP}".`);
    },
    answer: async (key) => {
      const line = await next();
      const found = parse(line)?.[key];
      if (found !== undefined) return found;
      throw new Error(`it says ${line.slice(0, 80)}: expected JSON with "${key}".`);
    },
    tell: async (line) => {
      await input.write(new TextEncoder().encode(line + "\n")).catch(() => {}); // next() tells why
    },
    ended: async () => {
      await input.close().catch(() => {});
      const { success, code } = await within(patience, child.status);
      await lines.return(undefined);
      if (!success) throw new Error(reason(code, await errors) ?? `it ended with code ${code}.`);
    },
    [Symbol.dispose]: () => {
      input.close().catch(() => {}); // who is started by the process sees the end of its input
      if (running) child.kill("SIGKILL");
    },
  };
}

/**
 * Asks one question and waits for one answer, the JSON object's value at `key`.
 *
 * @throws as {@linkcode converse} says.
 */
export async function ask(
  command: readonly [string, ...string[]],
  question: unknown,
  key: string,
): Promise<unknown> {
  using child = converse(command, question);
  const answer = await child.answer(key);
  await child.ended();
  return answer;
}

/**
 * The lines of a stream; the last needs no line end.
 *
 * @example
 * ```ts
 * import { linesOf } from "./process.ts";
 * await Array.fromAsync(linesOf(new Blob(["go\nend"]).stream())); // ["go", "end"]
 * ```
 */
export async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

async function within<T>(seconds: number, waited: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`it was silent for longer than ${seconds} seconds.`)),
    1000 * seconds,
  );
  return await Promise.race([waited, late.promise]).finally(() => clearTimeout(timer));
}

/** Why a process ended, where it is known: its last words, unless others ended it. */
function reason(code: number, errors: string): string | undefined {
  if (code <= 128) return lastLine(errors);
  return `it was killed (code ${code}), as systems do that run out of memory.`;
}

function lastLine(text: string): string | undefined {
  return text.split("\n").map((line) => line.trim()).findLast((line) => line !== "");
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
