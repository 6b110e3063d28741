import { assert, assertEquals, assertMatch } from "@std/assert";
import { runAndShow } from "../../../lib/jupyter/lab/status.ts";

const evaluate = (code: string) =>
  new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    stdout: "piped",
    stderr: "piped",
  });

Deno.test("runAndShow() shows the latest line, then how it ended, and keeps all words", async () => {
  const shown: string[] = [];
  let time = 0;
  const output = {
    ...{ write: (text: string) => void shown.push(text), isTerminal: true, columns: 80 },
    now: () => time += 200,
  };
  const code = "console.log('one\\ntwo'); console.error('three'); Deno.exit(3)";
  const { success, words } = await runAndShow("talking", evaluate(code), output);
  assertEquals(success, false);
  assertEquals(words.trim().split("\n").sort(), ["one", "three", "two"]);
  assert(
    ["two", "three"].every((word) => shown.includes(`\r\x1b[Ktalking  ${word}`)),
    shown.join(),
  );
  assertMatch(shown.at(-1)!, /talking {2}0:0\d {2}failed\n$/);
});
