/**
 * A program that runs for a while: its latest line on the terminal, all of its words at the end.
 *
 * @module
 */

const CLEAR_LINE = "\r\x1b[K";

/** How a program ended, and what it printed on both channels. */
export interface Ended {
  readonly success: boolean;
  readonly words: string;
}

/**
 * Runs `command`, whose output is piped, to its end. On a terminal its latest line stands in the
 * last line meanwhile, and is gone afterwards.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { runAndShow } from "./status.ts";
 *
 * const command = new Deno.Command(Deno.execPath(), {
 *   args: ["eval", "console.log('done')"],
 *   stdout: "piped",
 *   stderr: "piped",
 * });
 * assertEquals(await runAndShow(command), { success: true, words: "done\n" });
 * ```
 */
export async function runAndShow(
  command: Deno.Command,
  show: (line: string) => void = terminalLine(),
): Promise<Ended> {
  const child = command.spawn();
  let words = "";
  const collect = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      words += text;
      const line = text.trimEnd().split("\n").at(-1)!.trim();
      if (line !== "") show(line);
    }
  };
  await Promise.all([collect(child.stdout), collect(child.stderr)]);
  const { success } = await child.status;
  show("");
  return { success, words };
}

/** Overwrites the last line of the terminal; prints nothing where there is none. */
function terminalLine(): (line: string) => void {
  if (!Deno.stderr.isTerminal()) return () => {};
  const { columns } = Deno.consoleSize();
  return (line) =>
    Deno.stderr.writeSync(new TextEncoder().encode(CLEAR_LINE + line.slice(0, columns - 1)));
}
