import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { readWhole, textOf, writeAside } from "../../lib/base/disk.ts";

/** sha256 of "abc", from FIPS 180-2, appendix B.1. */
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const text = (of: string) => new TextEncoder().encode(of);

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) => Array.fromAsync(Deno.readDir(folder), ({ name }) => name);

Deno.test("writeAside() writes all parts and names the file after their hash", () =>
  inFolder(async (folder) => {
    const parts = [text("a"), text(""), text("bc")];
    const written = await writeAside(`${folder}/x`, parts, (hash) => `${folder}/${hash}.bin`);
    assertEquals(written, { bytes: 3, sha256: abc });
    assertEquals(await names(folder), [`${abc}.bin`]);
    assertEquals(await Deno.readTextFile(`${folder}/${abc}.bin`), "abc");
  }));

Deno.test("writeAside() leaves the older file and nothing else when it fails", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "old");
    const target = () => `${folder}/no such folder/a`;
    await assertRejects(() => writeAside(`${folder}/a`, [text("new")], target));
    assertEquals(await names(folder), ["a"]);
    assertEquals(await Deno.readTextFile(`${folder}/a`), "old");
    await assertRejects(() => writeAside(`${folder}/none/a`, [], () => `${folder}/a`));
  }));

Deno.test("readWhole() reads and hashes a file of several blocks", () =>
  inFolder(async (folder) => {
    const parts = Array.from({ length: 5 }, (_, i) => new Uint8Array(2 ** 22).fill(i));
    const file = `${folder}/a`;
    const { sha256, bytes } = await writeAside(file, parts, () => file);
    const read = await readWhole(file, bytes);
    assertEquals([read.sha256, read.bytes.length], [sha256, 5 * 2 ** 22]);
    assertEquals([read.bytes[0], read.bytes.at(-1)], [0, 4]);
  }));

Deno.test("readWhole() refuses a missing file and one of another length", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "abc");
    await assertRejects(() => readWhole(`${folder}/b`), Error, `Cannot read "${folder}/b"`);
    await assertRejects(() => readWhole(`${folder}/a`, 4), Error, "it has 3 bytes, expected 4");
    await assertRejects(() => readWhole(folder), Error, "Cannot read");
    assertEquals((await readWhole(`${folder}/a`, 3)).sha256, abc);
  }));

Deno.test("textOf() drops a byte-order mark, and names the line that is not UTF-8", () => {
  assertEquals(textOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x0a), "a.txt"), "a\n");
  for (
    const [line, bytes] of [[1, [0xff]], [3, [0x61, 10, 10, 0xc3]], [2, [10, 0xed, 0xa0, 0x80]]]
  ) {
    const refusal = `Cannot read "a.txt": line ${line} is not UTF-8`;
    assertThrows(() => textOf(Uint8Array.from(bytes as number[]), "a.txt"), Error, refusal);
  }
});
