import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseLab } from "../../lib/cli/lab.ts";
import { inFolder } from "../hub/wheels.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Runs the task itself, with the permissions it has, to an early end. */
async function runLab(args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--cwd", ROOT, "lab", "--no-browser", ...args],
    env: { ...env, NO_COLOR: "1" },
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  return { code, out: out!, last: error!.split("\n").at(-1)! };
}

Deno.test("parseLab() knows its options and no others", () => {
  const options = parseLab([])!;
  assertEquals(options.notebooks, undefined, "working copies");
  assertStringIncludes(parseLab(["--edit"])!.notebooks!, "/notebooks");
  assertEquals([options.port, options.host, options.browser], [8888, "127.0.0.1", true]);
  assertEquals(parseLab(["--port=0", "--no-browser", "--host", "::", "elsewhere"]), {
    notebooks: "elsewhere",
    port: 0,
    host: "::",
    browser: false,
  });
  assertEquals(parseLab(["--help"]), null);
  assertThrows(() => parseLab(["--token=x"]), Error, 'Unknown argument "--token=x"');
  assertThrows(() => parseLab(["a", "b"]), Error, 'one folder to open, not "a" and "b"');
  assertThrows(() => parseLab(["--edit", "a"]), Error, "one folder to open");
  for (const port of ["80a", "65536", "-1", ""]) {
    assertThrows(() => parseLab([`--port=${port}`]), Error, `--port is "${port}", expected`);
  }
});

Deno.test("deno task lab ends with code 1 and one sentence when a port is in use", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const { code, out, last } = await runLab(["--port", `${port}`]);
  assertEquals([code, out], [1, ""]);
  assert(last.startsWith(`error: Port ${port} is in use; choose another with --port`), last);
});

Deno.test("deno task lab ends with code 1 and one sentence when there is no such folder", async () => {
  const { code, out, last } = await runLab(["no/such/folder"]);
  assertEquals([code, out], [1, ""]);
  assertEquals(last, 'error: There is no folder "no/such/folder"; name one with notebooks.');
});

Deno.test("deno task lab ends with code 1 and one sentence when there is no Python", () =>
  inFolder(async (empty) => {
    const { code, out, last } = await runLab(["--port", "0"], { PATH: empty });
    assertEquals([code, out], [1, ""]);
    assert(last.startsWith("error: There is no python3 on the PATH, and JupyterLab needs"), last);
  }));

Deno.test("deno task lab ends with code 1 and one sentence when Python is too old", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/python3`, "#!/bin/sh\necho 3.8.10\n", { mode: 0o755 });
    const { code, out, last } = await runLab(["--port", "0"], { PATH: `${folder}:/bin` });
    assertEquals([code, out], [1, ""]);
    assert(last.startsWith("error: python3 is Python 3.8.10, and JupyterLab 4.6.6 needs"), last);
  }));
