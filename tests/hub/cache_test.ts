import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { cacheFolder, explainWriteError, placeFolder } from "../../lib/hub/cache.ts";
import { filesBelow, inFolder } from "./wheels.ts";

const write = (name: string, text = "x") => (folder: string) =>
  Deno.writeTextFile(`${folder}/${name}`, text);

Deno.test("cacheFolder() follows XDG_CACHE_HOME, then HOME, and says what to set", () => {
  const folder = (variables: Record<string, string>) => cacheFolder((name) => variables[name]);
  assertEquals(folder({ XDG_CACHE_HOME: "/c", HOME: "/h" }), "/c/mt-dnn");
  assertEquals(folder({ XDG_CACHE_HOME: "", HOME: "/h" }), "/h/.cache/mt-dnn");
  assertEquals(folder({ XDG_CACHE_HOME: "relative", HOME: "/h" }), "/h/.cache/mt-dnn");
  assertThrows(() => folder({}), Error, "set XDG_CACHE_HOME");
});

Deno.test("placeFolder() fills a folder once", () =>
  inFolder(async (cache) => {
    const place = () => placeFolder(`${cache}/deep/a`, ["f"], write("f"));
    assertEquals(await place(), true);
    assertEquals(await place(), false);
    assertEquals(await filesBelow(cache), ["deep/a.lock", "deep/a/f"]);
  }));

Deno.test("placeFolder() leaves nothing when filling fails or is incomplete", () =>
  inFolder(async (cache) => {
    const failing = async (folder: string) => {
      await write("f")(folder);
      throw new Error("the line broke");
    };
    const folder = `${cache}/a`;
    await assertRejects(() => placeFolder(folder, ["f"], failing), Error, "the line broke");
    await assertRejects(() => placeFolder(folder, ["g"], write("f")), Error, "incomplete");
    await assertRejects(() => placeFolder(folder, ["f"], write("f", "")), Error, "incomplete");
    assertEquals(await filesBelow(cache), ["a.lock"]);
  }));

Deno.test("placeFolder() removes what an interrupted process left, and nothing else", () =>
  inFolder(async (cache) => {
    for (const name of ["a.partial-1", "a.partial-22", "b", "ab.partial-3"]) {
      await Deno.mkdir(`${cache}/${name}`);
      await write("f")(`${cache}/${name}`);
    }
    await placeFolder(`${cache}/a`, ["f"], write("f"));
    assertEquals(await filesBelow(cache), ["a.lock", "a/f", "ab.partial-3/f", "b/f"]);
  }));

Deno.test("placeFolder() replaces a folder that lacks a file", () =>
  inFolder(async (cache) => {
    await Deno.mkdir(`${cache}/a`);
    await write("f")(`${cache}/a`);
    await placeFolder(`${cache}/a`, ["f", "g"], async (folder) => {
      await write("f")(folder);
      await write("g")(folder);
    });
    assertEquals(await filesBelow(`${cache}/a`), ["f", "g"]);
  }));

Deno.test("placeFolder() lets one of two at the same time do the work, and tells the other", () =>
  inFolder(async (cache) => {
    const lines: string[] = [];
    let filled = 0;
    const place = () =>
      placeFolder(`${cache}/a`, ["f"], async (folder) => {
        filled++;
        await new Promise((resolve) => setTimeout(resolve, 100));
        await write("f")(folder);
      }, (line) => lines.push(line));
    const results = await Promise.all([place(), place(), place()]);
    assertEquals(results.filter((placed) => placed).length, 1);
    assertEquals(filled, 1);
    assertEquals(lines.length, 2);
    assert(lines[0]!.startsWith("Another process is fetching"));
  }));

Deno.test("explainWriteError() says what to do about a full disk and a forbidden place", () => {
  const full = explainWriteError(new Error("No space left on device (os error 28)"), "/c/a");
  assertEquals(
    full.message,
    'Cannot write "/c/a": the disk is full; free some space or set XDG_CACHE_HOME to a folder on ' +
      "another disk.",
  );
  const denied = explainWriteError(new Deno.errors.PermissionDenied("os error 13"), "/c/a");
  assert(denied.message.startsWith('Cannot write "/c/a": permission denied'));
  const other = new TypeError("something else");
  assertEquals(explainWriteError(other, "/c/a"), other);
});
