import { assertEquals } from "@std/assert";

const program = `
  import { exitCodeOf, stopOnSignals } from "./lib/base/stopping.ts";
  const signal = stopOnSignals();
  signal.addEventListener("abort", () => {
    console.log("stopping");
    setTimeout(() => {
      console.log("saved");
      Deno.exit(exitCodeOf(signal));
    }, 3000);
  });
  setInterval(() => {}, 1000);
  console.log("ready");`;

/** What the program says and its exit code, signals being sent after so many milliseconds. */
async function stoppedAfter(...waits: readonly number[]): Promise<[string[], number]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    stdout: "piped",
  }).spawn();
  const said: string[] = [];
  const ready = Promise.withResolvers<void>();
  const reading = child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write: (text) => {
        said.push(...text.trim().split("\n"));
        ready.resolve();
      },
    }),
  );
  await ready.promise;
  for (const wait of waits) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    child.kill("SIGINT");
  }
  const { code } = await child.status;
  await reading;
  return [said, code];
}

Deno.test({
  name: "the first signal lets a program come to its end, though it be passed on once more",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    assertEquals(await stoppedAfter(0, 10), [["ready", "stopping", "saved"], 130]);
  },
});

Deno.test({
  name: "a second signal ends a program at once",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    assertEquals(await stoppedAfter(0, 900), [["ready", "stopping"], 130]);
  },
});
