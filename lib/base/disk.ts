/**
 * Whole files: written so that a reader meets all of one or nothing, and hashed on the way.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";

/** Length and sha256 of a file. */
export interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes a file under a temporary name, syncs it to the disk, and renames it to `target`, which
 * may depend on the sha256 of the content. The parts are not copied.
 *
 * Throws where the disk refuses; nothing is then left behind, and an older file stays as it was.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { writeAside } from "./disk.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const { bytes } = await writeAside(`${folder}/a`, [Uint8Array.of(1, 2)], () => `${folder}/a.bin`);
 * assertEquals(bytes, 2);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeAside(
  stem: string,
  parts: readonly Uint8Array[],
  target: (sha256: string) => string,
): Promise<Written> {
  const temporary = `${stem}.${crypto.randomUUID()}.tmp`;
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    using out = await Deno.open(temporary, { write: true, createNew: true });
    for (const part of parts) {
      hash.update(part);
      bytes += part.length;
      for (let at = 0; at < part.length;) at += await out.write(part.subarray(at));
    }
    await out.sync();
    const sha256 = hash.digest("hex");
    const file = target(sha256);
    await Deno.rename(temporary, file);
    using folder = await Deno.open(dirname(file));
    await folder.sync(); // the new name, too, outlives a power cut
    return { bytes, sha256 };
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Names that {@linkcode writeAside} writes under. */
const TEMPORARY = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/**
 * Removes what {@linkcode writeAside} left in a folder where its program was killed in the middle
 * of it. Nobody else may be writing there.
 *
 * ```ts
 * import { removeLeft } from "./disk.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/a.${crypto.randomUUID()}.tmp`, "hal");
 * await removeLeft(folder);
 * await Deno.remove(folder); // it is empty
 * ```
 */
export async function removeLeft(folder: string): Promise<void> {
  for (const { name } of await Array.fromAsync(Deno.readDir(folder))) {
    if (TEMPORARY.test(name)) await Deno.remove(join(folder, name));
  }
}

/**
 * Reads a file into memory of just its size, and hashes it.
 *
 * Throws where it is missing, where it does not have the length that is `expected`, and where it
 * shrinks meanwhile; the cause of a missing file is a Deno.errors.NotFound.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { readWhole } from "./disk.ts";
 *
 * await assertRejects(() => readWhole("nowhere.bin"), Error, `Cannot read "nowhere.bin"`);
 * ```
 */
export async function readWhole(
  file: string,
  expected?: number,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; sha256: string }> {
  try {
    using input = await Deno.open(file);
    const { size } = await input.stat();
    if (expected !== undefined && size !== expected) {
      throw new Error(`it has ${size} bytes, expected ${expected}; it was cut off or changed`);
    }
    const bytes = new Uint8Array(size);
    const hash = createHash("sha256");
    for (let at = 0; at < size;) {
      const count = await input.read(bytes.subarray(at, at + 2 ** 24));
      if (count === null) throw new Error(`it ended at byte ${at} of ${size}; it was cut off`);
      hash.update(bytes.subarray(at, at + count));
      at += count;
    }
    return { bytes, sha256: hash.digest("hex") };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot read "${file}": ${why}`, { cause });
  }
}

/** The longest text that the engine holds, in UTF-16 units; no UTF-8 has fewer bytes. */
export const LONGEST_TEXT = 2 ** 29 - 24;

/**
 * The text of UTF-8 bytes, `file` being where they are from; a byte-order mark at the start is
 * dropped.
 *
 * Throws an error that names file and line where bytes are not UTF-8, or are too many for a text.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { textOf } from "./disk.ts";
 *
 * assertThrows(() => textOf(Uint8Array.of(10, 255), "a.tsv"), Error, "line 2 is not UTF-8");
 * ```
 */
export function textOf(bytes: Uint8Array, file: string): string {
  if (bytes.length > LONGEST_TEXT) throw tooLong(file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const line = firstBadLine(bytes);
    throw new Error(`Cannot read "${file}": line ${line} is not UTF-8, convert the file first`, {
      cause,
    });
  }
}

/** The error of a file that has more than `most` bytes of text. */
export function tooLong(file: string, most = LONGEST_TEXT): Error {
  return new Error(
    `Cannot read "${file}": it has more than ${most} bytes of text, the most that can be read; ` +
      "leave out rows or columns",
  );
}

/** Number of the first line that does not decode; a line end never lies inside a UTF-8 character. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, start);
    const stop = found < 0 ? bytes.length : found + 1;
    try {
      decoder.decode(bytes.subarray(start, stop));
    } catch {
      return line;
    }
    start = stop;
  }
  return line;
}

/**
 * Passes over a file or folder that is not there; any other error is thrown again.
 *
 * ```ts
 * import { ignoreMissing } from "./disk.ts";
 *
 * await Deno.remove("nowhere.bin").catch(ignoreMissing);
 * ```
 */
export function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
