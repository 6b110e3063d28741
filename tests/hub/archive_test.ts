import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { extractMembers } from "../../lib/hub/archive.ts";
import { filesBelow, inFolder, zip } from "./wheels.ts";

Deno.test("extractMembers() writes the chosen members where they belong, programs as programs", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(
      `${folder}/a.zip`,
      await zip({ "lib/one.so": "one", "bin/tool!": "tool", "lib/two.py": "two" }),
    );
    const choose = (member: string) => member.endsWith(".py") ? null : `out/${member}`;
    const paths = await extractMembers(`${folder}/a.zip`, folder, choose);
    assertEquals(paths, ["out/lib/one.so", "out/bin/tool"]);
    assertEquals(await filesBelow(`${folder}/out`), ["bin/tool", "lib/one.so"]);
    assertEquals(await Deno.readTextFile(`${folder}/out/lib/one.so`), "one");
    assertEquals((await Deno.stat(`${folder}/out/bin/tool`)).mode! & 0o111, 0o111);
    assertEquals((await Deno.stat(`${folder}/out/lib/one.so`)).mode! & 0o111, 0);
  }));

Deno.test("extractMembers() reports how far it is, up to the last byte", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.zip`, await zip({ big: new Uint8Array(20_000_000) }));
    const seen: number[] = [];
    await extractMembers(`${folder}/a.zip`, `${folder}/out`, (member) => member, (progress) => {
      assertEquals(progress.total, 20_000_000);
      seen.push(progress.done);
    });
    assert(seen.length > 2);
    assertEquals(seen, seen.toSorted((a, b) => a - b));
    assertEquals(seen.at(-1), 20_000_000);
  }));

Deno.test("extractMembers() lets no member leave the folder", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.zip`, await zip({ "a": "x", "b": "y" }));
    for (const path of ["../a", "/a", "x/../../a", "x//a", "..\\a", "."]) {
      await assertRejects(
        () => extractMembers(`${folder}/a.zip`, `${folder}/out`, () => path),
        Error,
        "leads out of",
      );
    }
    assertEquals(await filesBelow(folder), ["a.zip"]);
  }));

Deno.test("extractMembers() refuses two members for one place", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.zip`, await zip({ "a": "x", "b": "y" }));
    const twice = () => extractMembers(`${folder}/a.zip`, folder, () => "same");
    await assertRejects(twice, Error, `Cannot unpack "${folder}/a.zip": File exists`);
  }));

Deno.test("extractMembers() believes no number of an archive that the file has no room for", () =>
  inFolder(async (folder) => {
    const whole = await zip({ "one.txt": "one", "two.txt": "two" });
    const before = Deno.memoryUsage().external;
    for (let at = 0; at + 4 <= whole.length; at += 2) {
      for (const value of [0x7fffffff, 0xffffffff]) {
        const bytes = whole.slice();
        new DataView(bytes.buffer).setUint32(at, value, true);
        await Deno.writeFile(`${folder}/a.zip`, bytes);
        const unpacked = extractMembers(`${folder}/a.zip`, `${folder}/out`, (member) => member);
        const error = await unpacked.then(() => null, (error) => error);
        if (error !== null) assertMatch(error.message, /^Cannot unpack ".*\/a\.zip": \P{C}+\.$/u);
        await Deno.remove(`${folder}/out`, { recursive: true }).catch(() => {});
      }
    }
    assert(Deno.memoryUsage().external - before < 2 ** 27);
  }));

Deno.test("extractMembers() refuses paths that are none, and paths below a file", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.zip`, await zip({ "a": "x", "b": "y" }));
    const refuse = (choose: (member: string) => string, why: string) =>
      assertRejects(() => extractMembers(`${folder}/a.zip`, `${folder}/out`, choose), Error, why);
    await refuse(
      () => "a\0b",
      `Cannot unpack "${folder}/a.zip": the member path "a\\u0000b" is no`,
    );
    await refuse((member) => member === "a" ? "a" : "a/b", `Cannot unpack "${folder}/a.zip": `);
  }));

Deno.test("extractMembers() notices a damaged member", () =>
  inFolder(async (folder) => {
    const content = crypto.getRandomValues(new Uint8Array(1000));
    const bytes = await zip({ data: content });
    bytes[500]! ^= 1;
    await Deno.writeFile(`${folder}/a.zip`, bytes);
    await assertRejects(
      () => extractMembers(`${folder}/a.zip`, folder, (member) => member),
      Error,
      "Cannot unpack",
    );
  }));

Deno.test("extractMembers() says which file is no zip file", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/page.whl`, "<html>Sign in to this network</html>");
    await assertRejects(
      () => extractMembers(`${folder}/page.whl`, folder, (member) => member),
      Error,
      `Cannot unpack "${folder}/page.whl"`,
    );
  }));
