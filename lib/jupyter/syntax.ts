/**
 * Finds where code can't be read: the kernel itself doesn't tell.
 *
 * @module
 */

/**
 * What is wrong with code that can't be read, and in which of its lines; null where it can be.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { syntaxError } from "./syntax.ts";
 *
 * assertEquals(await syntaxError("let a = 1;\nlet b = ;"), "Expression expected in line 2.");
 * assertEquals(await syntaxError("await 1"), null);
 * ```
 */
export async function syntaxError(source: string): Promise<string | null> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["lint", "--json", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source)).then(() => writer.close()).catch(() => {});
  const { stdout } = await child.output();
  try {
    const { errors } = JSON.parse(new TextDecoder().decode(stdout));
    const { message } = errors[0] as { message: string };
    const line = /:(\d+):\d+\s*$/.exec(message)?.[1];
    const what = message.split("\n")[0]!.replace(/^SyntaxError: /, "");
    return `${what}${line ? ` in line ${line}` : ""}.`;
  } catch {
    return null;
  }
}
