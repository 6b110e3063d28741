/**
 * A program that runs for a while: its latest line as progress, all of its words at the end.
 *
 * @module
 */

import { consoleOutput, createProgress, type ProgressOutput } from "../../base/progress.ts";

/** How a program ended, and what it printed on both channels. */
export interface Ended {
  readonly success: boolean;
  readonly words: string;
}

/**
 * Runs `command`, whose output is piped, to its end; meanwhile its latest line is shown behind
 * `label`.
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
 * assertEquals(await runAndShow("talking", command), { success: true, words: "done\n" });
 * ```
 */
export async function runAndShow(
  label: string,
  command: Deno.Command,
  output: ProgressOutput = consoleOutput(),
): Promise<Ended> {
  using progress = createProgress({ label, unit: null, ...output });
  const child = command.spawn();
  let words = "";
  const collect = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      words += text;
      const line = text.trimEnd().split("\n").at(-1)!.trim();
      if (line !== "") progress.update({ note: line });
    }
  };
  await Promise.all([collect(child.stdout), collect(child.stderr)]);
  const { success } = await child.status;
  progress.end(success ? "done" : "failed");
  return { success, words };
}
