import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseSetup } from "../../lib/cli/setup.ts";
import { buildFor } from "../../lib/tensorflow/builds.ts";
import { inFolder } from "../hub/wheels.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Runs the task itself, with the permissions it has, and a cache of its own. */
async function runSetup(cache: string, args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--cwd", ROOT, "setup", ...args],
    env: { XDG_CACHE_HOME: cache, DENO_DIR: denoCache(), TENSORFLOW_LIBRARY: "", NO_COLOR: "1" },
  }).output();
  return {
    code,
    stdout: new TextDecoder().decode(stdout),
    stderr: new TextDecoder().decode(stderr),
  };
}

/** Deno's own cache stays where it is when XDG_CACHE_HOME moves. */
function denoCache(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME")}/.cache`;
  return Deno.env.get("DENO_DIR") ?? `${cache}/deno`;
}

Deno.test("parseSetup() knows its options and no others", () => {
  assertEquals(parseSetup([]), { gpu: false, encoder: "all-MiniLM-L6-v2" });
  assertEquals(parseSetup(["--gpu", "--encoder", "a/b"]), { gpu: true, encoder: "a/b" });
  assertEquals(parseSetup(["--encoder=./mine"]), { gpu: false, encoder: "./mine" });
  assertEquals(parseSetup(["--help"]), null);
  assertThrows(() => parseSetup(["--cpu"]), Error, 'Unknown argument "--cpu"');
  assertThrows(() => parseSetup(["all-MiniLM-L6-v2"]), Error, "Unknown argument");
  assertThrows(() => parseSetup(["--encoder"]), Error, "--encoder needs the name");
});

Deno.test("deno task setup says where everything lies when it is already there", () =>
  inFolder(async (cache) => {
    const build = buildFor(Deno.build.os, Deno.build.arch, false)!;
    const library = `${cache}/mt-dnn/tensorflow/${build.folder}`;
    const encoder = `${cache}/mt-dnn/encoders/all-MiniLM-L6-v2`;
    await Deno.mkdir(library, { recursive: true });
    await Deno.mkdir(encoder, { recursive: true });
    for (const file of build.files) await Deno.writeTextFile(`${library}/${file}`, "x");
    for (const file of ["config.json", "model.safetensors", "tokenizer.json"]) {
      await Deno.writeTextFile(`${encoder}/${file}`, "x");
    }
    const { code, stdout, stderr } = await runSetup(cache, []);
    assertEquals(
      stdout,
      `TensorFlow is already there: ${library}/${build.library}\n` +
        `Encoder all-MiniLM-L6-v2 is already there: ${encoder}\n`,
      stderr,
    );
    assertEquals(code, 0);
  }));

Deno.test("deno task setup ends with code 1 and one sentence when it fails", () =>
  inFolder(async (cache) => {
    const { code, stdout, stderr } = await runSetup(cache, ["--no-such-option"]);
    assertEquals([code, stdout], [1, ""]);
    assertEquals(
      stderr.trim(),
      'error: Unknown argument "--no-such-option"; see deno task setup --help.',
    );
  }));

Deno.test({
  name: "deno task setup fetches everything into an empty cache (MT_DNN_NETWORK_TESTS=1)",
  ignore: Deno.env.get("MT_DNN_NETWORK_TESTS") !== "1",
  fn: () =>
    inFolder(async (cache) => {
      const start = performance.now();
      const { code, stdout, stderr } = await runSetup(cache, []);
      const seconds = (performance.now() - start) / 1000;
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, "TensorFlow is ready");
      assertStringIncludes(stdout, "all-MiniLM-L6-v2 is ready");
      console.log(`fetched in ${seconds.toFixed(1)} s\n${stderr}`);
      const again = await runSetup(cache, []);
      assert(/TensorFlow is already there.*\n.*is already there/.test(again.stdout), again.stdout);
    }),
});
