import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createCollector } from "../../lib/jupyter/collector.ts";
import { Kernel } from "../../lib/jupyter/kernel.ts";

const onLinux = Deno.build.os === "linux"; // where /proc tells of processes

const STOPPABLE = `
  let stop;
  Deno.addSignalListener("SIGINT", () => stop(new Error("stopped")));
`;
const WAIT = "await new Promise((_, reject) => stop = reject);";

/** A process that has ended, but that nobody has waited for yet, is none. */
function isAlive(pid: number): boolean {
  // Deno itself reads nothing in /proc unless everything is allowed.
  const args = ["-c", `print(open("/proc/${pid}/stat").read())`];
  const { success, stdout } = new Deno.Command("python3", { args, stderr: "null" }).outputSync();
  return success && !/\) Z /.test(new TextDecoder().decode(stdout));
}

async function pidOf(kernel: Kernel): Promise<number> {
  const { messages } = await kernel.execute("console.log(Deno.pid)");
  return Number(messages[0]!.content.text);
}

async function kernelFiles(): Promise<string[]> {
  const folder = Deno.env.get("TMPDIR") ?? "/tmp";
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).filter((name) => /^kernel-.*\.json$/.test(name));
}

Deno.test("a kernel loses none of 500 lines and 100 displays, cell after cell", async () => {
  await using kernel = await Kernel.start(".");
  const show = `await Deno.jupyter.broadcast("display_data", {
    data: { "text/plain": String(i) }, metadata: {}, transient: {},
  })`;
  const collector = createCollector();
  for (const cell of ["a", "b"]) {
    const lines = await kernel.execute("for (let i = 0; i < 500; i++) console.log(i);");
    assertEquals(lines.messages.map(({ content }) => content.text), numbers(500, "\n"));
    collector.add(cell, lines.messages);
    const displays = await kernel.execute(`for (let i = 0; i < 100; i++) ${show};`);
    collector.add(cell, displays.messages);
    const [printed, ...shown] = collector.outputs(cell);
    const all = numbers(500, "\n").join("");
    assertEquals(printed, { output_type: "stream", name: "stdout", text: all });
    assertEquals(
      shown.map((output) => "data" in output && output.data["text/plain"]),
      numbers(100),
    );
  }
});

const numbers = (count: number, end = "") => Array.from({ length: count }, (_, i) => `${i}${end}`);

Deno.test("a display that is updated keeps one output with the last state", async () => {
  await using kernel = await Kernel.start(".");
  const put = (type: string, text: string) =>
    `await Deno.jupyter.broadcast("${type}", {
      data: { "text/plain": ${text} }, metadata: {}, transient: { display_id: "bar" },
    });`;
  const first = await kernel.execute(
    put("display_data", '"0"') +
      `for (let i = 1; i <= 50; i++) ${put("update_display_data", "`${i}`")}`,
  );
  const second = await kernel.execute(put("update_display_data", '"done"') + "1 + 1");
  const collector = createCollector();
  collector.add("first", first.messages);
  const shown = (text: string) => [
    { output_type: "display_data", data: { "text/plain": text }, metadata: {} } as const,
  ];
  assertEquals(collector.outputs("first"), shown("50"));
  collector.add("second", second.messages);
  assertEquals(collector.outputs("first"), shown("done"));
  assertEquals(collector.outputs("second").map(({ output_type }) => output_type), [
    "execute_result",
  ]);
  assertEquals([first.count, second.count], [1, 2]);
});

Deno.test("code that throws has its output, and the kernel goes on", async () => {
  await using kernel = await Kernel.start(".");
  const failed = await kernel.execute('console.log("before"); throw new RangeError("too far");');
  const { kind, name, message } = failed.problem!;
  assertEquals([kind, name, message], ["error", "RangeError", "too far"]);
  assertEquals(failed.messages.map(({ type }) => type).sort(), ["error", "stream"]);
  assertEquals((await kernel.execute("1")).problem, null);
});

Deno.test("an error in a timer ends the cell that waits for ever", async () => {
  await using kernel = await Kernel.start(".");
  const { problem } = await kernel.execute(
    'setTimeout(() => { throw new TypeError("stray"); }, 1); await new Promise(() => {});',
  );
  assertEquals([problem!.kind, problem!.name], ["error", "TypeError"]);
  assertStringIncludes(problem!.message, "stray (nothing caught it");
});

Deno.test("outputs of 10 MB arrive, though the kernel writes a status into every third", async () => {
  await using kernel = await Kernel.start(".");
  for (let i = 0; i < 5; i++) {
    const printed = await kernel.execute('console.log("x".repeat(1e7))');
    assertEquals(printed.problem, null);
    assertEquals((printed.messages[0]!.content.text as string).length, 10_000_001);
  }
});

Deno.test("code that runs too long is interrupted, what it showed is kept", async () => {
  await using kernel = await Kernel.start(".");
  await kernel.execute(STOPPABLE);
  const late = await kernel.execute(`console.log("begun"); ${WAIT}`, { timeout: 0.3 });
  assertEquals([late.problem!.kind, late.problem!.message], [
    "timeout",
    "It ran longer than 0.3 s.",
  ]);
  assertEquals(late.messages.map(({ type }) => type).sort(), ["error", "stream"]);
  assertEquals((await kernel.execute("1")).problem, null, "it listens for the interrupt: it lives");
});

Deno.test("a signal interrupts code; a kernel that doesn't listen for that ends", async () => {
  await using kernel = await Kernel.start(".");
  const pid = await pidOf(kernel);
  const signal = AbortSignal.timeout(200);
  const stopped = await kernel.execute("await new Promise(() => {});", { signal });
  assertEquals([stopped.problem!.kind, stopped.count], ["interrupted", null]);
  assertEquals(isAlive(pid), false);
});

Deno.test("a kernel that ends in a cell is an error that says so", async () => {
  await using kernel = await Kernel.start(".");
  const died = await kernel.execute(`
    console.log("last words");
    await new Promise((resolve) => setTimeout(resolve, 100));
    Deno.exit(3);
  `);
  const { kind, message } = died.problem!;
  assertEquals([kind, message], ["died", "The kernel ended with code 3."]);
  assertEquals(died.messages.map(({ content }) => content.text), ["last words\n"]);
  assertEquals((await kernel.execute("1")).problem!.kind, "died");
});

Deno.test(
  "end() leaves no process and no connection file behind",
  { ignore: !onLinux },
  async () => {
    const before = await kernelFiles();
    const kernel = await Kernel.start(".");
    const pid = await pidOf(kernel);
    assertEquals(isAlive(pid), true);
    assertEquals((await kernelFiles()).filter((name) => !before.includes(name)), []);
    await kernel.end();
    assertEquals(isAlive(pid), false);
    await kernel.end();
  },
);

Deno.test("a kernel ends by itself when its client was killed", { ignore: !onLinux }, async () => {
  const url = new URL("../../lib/jupyter/kernel.ts", import.meta.url);
  const script = `
    import { Kernel } from "${url}";
    const kernel = await Kernel.start(".");
    const { messages } = await kernel.execute("console.log(Deno.pid)");
    console.log(messages[0].content.text);
    await kernel.execute("await new Promise(() => {});");
  `;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, script);
  const client = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--allow-read", "--allow-write", "--allow-net=127.0.0.1"],
      ...[`--allow-run=${Deno.execPath()}`, file],
    ],
    stdout: "piped",
  }).spawn();
  const reader = client.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const pid = Number((await reader.read()).value);
  assert(pid > 0);
  client.kill("SIGKILL");
  await client.status;
  await reader.cancel();
  await Deno.remove(file);
  for (let i = 0; i < 50 && isAlive(pid); i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assertEquals(isAlive(pid), false);
});

Deno.test("a kernel that can't be started says where and why", async () => {
  await assertRejects(
    () => Kernel.start("nowhere"),
    Error,
    'Cannot start the Deno kernel in "nowhere": No such file or directory',
  );
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/deno.json`, "{ broken");
  await assertRejects(() => Kernel.start(folder), Error, "it ended with code 1: error");
  await Deno.remove(folder, { recursive: true });
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => Kernel.start(".", signal), Error, "enough");
});
