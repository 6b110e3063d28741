import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { checkVersion, ensureJupyterLab } from "../../../lib/jupyter/lab/environment.ts";
import { fakePip, filesBelow, inFolder, pipFrom } from "../../hub/wheels.ts";

const log = () => {};

/** A cache that a failed attempt leaves: nothing but the lock. */
async function leftIn(cache: string): Promise<string[]> {
  return (await filesBelow(cache)).filter((file) => !file.endsWith(".lock"));
}

Deno.test("checkVersion() refuses a Python that JupyterLab does not run on", () => {
  assertEquals(checkVersion("3.10.0"), [3, 10]);
  assertEquals(checkVersion("4.0.1"), [4, 0]);
  for (const version of ["3.9.21", "2.7.18", "nonsense"]) {
    assertThrows(() => checkVersion(version), Error, `python3 is Python ${version}, and`);
  }
});

Deno.test("ensureJupyterLab() says so where there is no Python", () =>
  inFolder(async (cache) => {
    const python = { command: "no-such-python3" };
    await assertRejects(
      () => ensureJupyterLab({ cache, python, log }),
      Error,
      "There is no python3 on the PATH, and JupyterLab needs one;",
    );
  }));

Deno.test("ensureJupyterLab() says so where there is no pip, and leaves nothing behind", () =>
  inFolder(async (folder) => {
    const words = "raise SystemExit('python3: No module named pip')";
    const python = await fakePip(`${folder}/modules`, words);
    const cache = `${folder}/cache`;
    await assertRejects(
      () => ensureJupyterLab({ cache, python, log }),
      Error,
      "`python3 -m pip` does not run; install Python's pip (Debian and Ubuntu: apt install " +
        "python3-pip), or use a JupyterLab of your own after deno task kernel.",
    );
    assertEquals(await leftIn(cache), []);
  }));

Deno.test("ensureJupyterLab() says so where pip reaches no index, and leaves nothing behind", () =>
  inFolder(async (folder) => {
    const cache = `${folder}/cache`;
    const said: string[] = [];
    await assertRejects(
      () =>
        ensureJupyterLab({ cache, python: pipFrom(folder), log: (line) => void said.push(line) }),
      Error,
      "pip reached no package index; connect to the network,",
    );
    assertEquals(said, ["Installing JupyterLab 4.6.6 with pip, once: 320 MB on the disk."]);
    assertEquals(await leftIn(cache), []);
  }));
