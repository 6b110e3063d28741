import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseKernel } from "../../lib/cli/kernel.ts";
import { inFolder } from "../hub/wheels.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Runs the task itself, with the permissions it has, on a Jupyter data folder. */
async function runKernel(data: string, args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--cwd", ROOT, "kernel", ...args],
    env: { JUPYTER_DATA_DIR: data, NO_COLOR: "1" },
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  return { code, out: out!, error: error! };
}

Deno.test("parseKernel() knows its options and no others", () => {
  assertEquals(parseKernel([]), { force: false, remove: false });
  assertEquals(parseKernel(["--force"]), { force: true, remove: false });
  assertEquals(parseKernel(["--help"]), null);
  assertThrows(() => parseKernel(["--name=x"]), Error, 'Unknown argument "--name=x"');
  assertThrows(() => parseKernel(["deno"]), Error, 'Unknown argument "deno"');
  assertThrows(() => parseKernel(["--force", "--remove"]), Error, "--force belongs to installing");
});

Deno.test("deno task kernel installs the kernel spec, says where, and removes it again", () =>
  inFolder(async (data) => {
    const folder = `${data}/kernels/deno`;
    const installed = await runKernel(data, []);
    assertEquals([installed.code, installed.error], [0, ""]);
    assertStringIncludes(installed.out, `Installed "${folder}", which starts ${Deno.execPath()}:`);
    const { argv } = JSON.parse(await Deno.readTextFile(`${folder}/kernel.json`));
    assertEquals(argv[0], Deno.execPath());
    const removed = await runKernel(data, ["--remove"]);
    assertEquals(removed, { code: 0, out: `Removed "${folder}".`, error: "" });
    const again = await runKernel(data, ["--remove"]);
    assertEquals(again.out, `There is no kernel spec below "${data}".`);
  }));

Deno.test("deno task kernel ends with code 1 and one sentence where another kernel spec is", () =>
  inFolder(async (data) => {
    await Deno.mkdir(`${data}/kernels/deno`, { recursive: true });
    await Deno.writeTextFile(`${data}/kernels/deno/kernel.json`, "{}");
    const { code, out, error } = await runKernel(data, []);
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(error, "error: ");
    assertStringIncludes(error, "is another kernel spec named deno, and was left as it is;");
    assertEquals((await runKernel(data, ["--force"])).code, 0);
  }));
