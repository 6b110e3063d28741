import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  installKernel,
  jupyterDataFolder,
  kernelSpec,
  removeKernel,
} from "../../../lib/jupyter/lab/kernel_spec.ts";
import { filesBelow, inFolder } from "../../hub/wheels.ts";

const readSpec = async (folder: string) =>
  JSON.parse(await Deno.readTextFile(`${folder}/kernel.json`));

Deno.test("kernelSpec() says what deno jupyter --install writes, and whose it is", () =>
  inFolder(async (home) => {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["jupyter", "--install"],
      env: { HOME: home, XDG_DATA_HOME: `${home}/data`, DENO_DIR: `${home}/deno` },
    }).output();
    assertEquals(success, true);
    const written = (await filesBelow(home)).find((file) => file.endsWith("/kernel.json"))!;
    const { metadata, ...ours } = kernelSpec(Deno.execPath(), "https://example.com/");
    const theirs = JSON.parse(await Deno.readTextFile(`${home}/${written}`));
    // Deno may write the path of a link that leads to it, as npx makes one
    assertEquals(await Deno.realPath(theirs.argv[0]), await Deno.realPath(ours.argv[0]!));
    const [, ...words] = theirs.argv;
    assertEquals(ours, { ...theirs, argv: [ours.argv[0], ...words] });
    assertEquals(metadata, { installed_by: "mt-dnn" });
  }));

Deno.test("kernelSpec() tells a kernel where packages are only if that is a folder", () => {
  assertEquals(kernelSpec("/deno", "file:///jsr/").env, { JSR_URL: "file:///jsr/" });
  assertEquals("env" in kernelSpec("/deno", "https://example.com/"), false);
  assertEquals("env" in kernelSpec("/deno", ""), false);
});

Deno.test("jupyterDataFolder() is where Jupyter looks on each system", () => {
  const folder = (os: typeof Deno.build.os, variables: Record<string, string>) =>
    jupyterDataFolder(os, (name) => variables[name]);
  const HOME = "/home/ada";
  assertEquals(folder("linux", { HOME }), "/home/ada/.local/share/jupyter");
  assertEquals(folder("linux", { HOME, XDG_DATA_HOME: "/data" }), "/data/jupyter");
  assertEquals(folder("linux", { HOME, JUPYTER_DATA_DIR: "/own" }), "/own");
  assertEquals(folder("darwin", { HOME, XDG_DATA_HOME: "/data" }), "/home/ada/Library/Jupyter");
  assertEquals(folder("windows", { APPDATA: "C:/Roaming" }), "C:/Roaming/jupyter");
  assertThrows(() => folder("linux", {}), Error, "set JUPYTER_DATA_DIR to a folder");
});

Deno.test("installKernel() writes one whole file, and writes its own anew", () =>
  inFolder(async (data) => {
    const folder = await installKernel({ data, deno: "/old/deno" });
    assertEquals(folder, `${data}/kernels/deno`);
    assertEquals(await installKernel({ data, deno: "/new/deno" }), folder);
    assertEquals((await readSpec(folder)).argv[0], "/new/deno");
    assertEquals(await filesBelow(data), ["kernels/deno/kernel.json"]);
  }));

Deno.test("installKernel() leaves another kernel spec as it is, unless it is forced", () =>
  inFolder(async (data) => {
    const folder = `${data}/kernels/deno`;
    await Deno.mkdir(folder, { recursive: true });
    for (const text of ['{ "argv": ["/another/deno"] }', "not JSON"]) {
      await Deno.writeTextFile(`${folder}/kernel.json`, text);
      await assertRejects(() => installKernel({ data }), Error, "deno task kernel --force");
      await assertRejects(() => removeKernel(data), Error, "was not written by deno task kernel");
      assertEquals(await Deno.readTextFile(`${folder}/kernel.json`), text);
    }
    await installKernel({ data, force: true });
    assertEquals(await readSpec(folder), kernelSpec(Deno.execPath()));
  }));

Deno.test("removeKernel() removes the project's kernel spec and no other", () =>
  inFolder(async (data) => {
    await Deno.mkdir(`${data}/kernels/python3`, { recursive: true });
    await Deno.writeTextFile(`${data}/kernels/python3/kernel.json`, "{}");
    const folder = await installKernel({ data });
    assertEquals(await removeKernel(data), folder);
    assertEquals(await removeKernel(data), null);
    assertEquals(await filesBelow(data), ["kernels/python3/kernel.json"]);
  }));
