/**
 * Runs a measurement in a process of its own and reads its answer.
 *
 * @module
 */

import { FIRST_STEP } from "./measurement.ts";

/** A process's last line, and when its first step was over. */
export interface Answer {
  readonly answer: unknown;
  /** Seconds from the start of the process to its line `first step`; null where it wrote none. */
  readonly startSeconds: number | null;
}

/**
 * Starts a program with `question` as JSON in its last argument and waits for its end.
 *
 * @throws when it can't be started, fails, takes longer than `limit` seconds (it is then ended), or
 * its last line is no JSON; the error holds the last line of its standard error.
 */
export async function ask(
  [program, ...args]: readonly [string, ...string[]],
  question: unknown,
  limit = 900,
): Promise<Answer> {
  const started = performance.now();
  const child = new Deno.Command(program, {
    args: [...args, JSON.stringify(question)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let overtime = false;
  const timer = setTimeout(() => {
    overtime = true;
    child.kill("SIGKILL");
  }, 1000 * limit);
  try {
    const errors = new Response(child.stderr).text();
    let startSeconds: number | null = null;
    let last = "";
    for await (const line of linesOf(child.stdout)) {
      if (line === FIRST_STEP) startSeconds ??= (performance.now() - started) / 1000;
      else if (line.trim() !== "") last = line;
    }
    const { success, code } = await child.status;
    if (overtime) throw new Error(`it took longer than ${limit} seconds.`);
    if (!success) throw new Error(lastLine(await errors) ?? `it ended with code ${code}.`);
    return { answer: parse(last), startSeconds };
  } finally {
    clearTimeout(timer);
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function lastLine(text: string): string | undefined {
  return text.split("\n").map((line) => line.trim()).findLast((line) => line !== "");
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`its last line is "${line.slice(0, 80)}", expected JSON.`);
  }
}
