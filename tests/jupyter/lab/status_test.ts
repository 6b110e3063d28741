import { assert, assertEquals } from "@std/assert";
import { runAndShow } from "../../../lib/jupyter/lab/status.ts";

const evaluate = (code: string) =>
  new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    stdout: "piped",
    stderr: "piped",
  });

Deno.test("runAndShow() shows the latest line, then clears it, and keeps all words", async () => {
  const shown: string[] = [];
  const code = "console.log('one\\ntwo'); console.error('three'); Deno.exit(3)";
  const { success, words } = await runAndShow(evaluate(code), (line) => shown.push(line));
  assertEquals(success, false);
  assertEquals(words.trim().split("\n").sort(), ["one", "three", "two"]);
  assert(shown.includes("two") && shown.includes("three"), shown.join());
  assertEquals(shown.at(-1), "");
});
