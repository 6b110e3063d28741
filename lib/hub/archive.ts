/**
 * Takes chosen members out of a zip file (a Python wheel is one), in constant memory.
 *
 * @module
 */

import { configure, type FileEntry, Reader, ZipReader } from "@zip.js/zip.js";
import { dirname } from "node:path";
import { quote, reasonOf } from "../base/quote.ts";
import type { DownloadProgress } from "./downloads.ts";

// The engine's own inflate is used; workers would only add copies.
configure({ useWebWorkers: false, chunkSize: 1 << 18 });

/**
 * Writes every member that `choose` gives a place inside `folder`; checksum and size of each
 * are verified. No member can be written outside `folder`, whatever its name.
 *
 * @param choose from a member's name to its path below `folder`, or null to leave it out.
 * @returns the paths written, below `folder`.
 * @throws when `archive` is no zip file, is damaged, or a path leads out of `folder`.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { extractMembers } from "./archive.ts";
 *
 * const onlyJson = (member: string) => member.endsWith(".json") ? member : null;
 * await assertRejects(() => extractMembers("no.whl", ".", onlyJson), Deno.errors.NotFound);
 * ```
 */
export async function extractMembers(
  archive: string,
  folder: string,
  choose: (member: string) => string | null,
  progress: (progress: DownloadProgress) => void = () => {},
): Promise<string[]> {
  const source = await FileReader.open(archive);
  const zip = new ZipReader(source);
  try {
    const members: [string, FileEntry][] = [];
    for await (const entry of zip.getEntriesGenerator()) {
      const path = entry.directory || entry.symlink ? null : choose(entry.filename);
      if (path !== null && !entry.directory) members.push([checkedPath(path, archive), entry]);
    }
    const what = `unpacking ${baseName(archive).split("-").slice(0, 2).join(" ")}`;
    const total = members.reduce((sum, [, entry]) => sum + entry.uncompressedSize, 0);
    let before = 0;
    for (const [path, entry] of members) {
      await writeMember(
        entry,
        `${folder}/${path}`,
        (done) => progress({ what, done: before + done, total }),
      );
      before += entry.uncompressedSize;
    }
    if (total > 0) progress({ what, done: total, total });
    return members.map(([path]) => path);
  } catch (error) {
    // A full or forbidden disk is for the caller to explain; the rest is about the archive.
    if (error instanceof Deno.errors.PermissionDenied || isDiskFull(error)) throw error;
    const reason = reasonOf(error).replace(/\.$/, "");
    throw new Error(`Cannot unpack "${archive}": ${reason}.`, { cause: error });
  } finally {
    await zip.close();
    source.close();
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error &&
    /no space left|quota exceeded|read-only file system/i.test(error.message);
}

async function writeMember(
  entry: FileEntry,
  path: string,
  report: (done: number) => void,
): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const mode = entry.executable ? 0o755 : 0o644;
  // createNew: two members of one name are an error, and no existing file is followed.
  const file = await Deno.open(path, { write: true, createNew: true, mode });
  const size = entry.uncompressedSize;
  let written = 0;
  let shown = 0;
  const sink = new WritableStream<Uint8Array>({
    async write(chunk) {
      if (written + chunk.length > size) throw wrongSize(entry); // however much more there is
      for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
      written += chunk.length;
      if (written - shown > 4_000_000) report(shown = written);
    },
  });
  try {
    await entry.getData(sink, { checkSignature: true });
    if (written !== size) throw wrongSize(entry);
  } finally {
    file.close();
  }
}

function wrongSize({ filename, uncompressedSize }: FileEntry): Error {
  return new Error(`${quote(filename)} has not the ${uncompressedSize} bytes that it claims`);
}

/** `path`, when it stays below the folder it is joined to. */
function checkedPath(path: string, archive: string): string {
  const parts = path.split("/");
  if (/\p{Cc}/u.test(path)) throw new Error(`the member path ${quote(path)} is no path`);
  if (path.includes("\\") || parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new Error(`the member path ${quote(path)} leads out of "${archive}"`);
  }
  return path;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Random access to a file on disk, as the zip library asks for it. */
class FileReader extends Reader<Deno.FsFile> {
  private constructor(private readonly file: Deno.FsFile, size: number) {
    super(file);
    this.size = size;
  }

  static async open(path: string): Promise<FileReader> {
    const file = await Deno.open(path);
    return new FileReader(file, (await file.stat()).size);
  }

  override async readUint8Array(offset: number, length: number): Promise<Uint8Array> {
    if (!(offset >= 0 && length >= 0)) {
      throw new Error(`it refers to ${length} bytes at ${offset}, which can't be`);
    }
    // An archive may claim any length: no more memory than the file is long.
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    await this.file.seek(offset, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < bytes.length) {
      const count = await this.file.read(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  close(): void {
    this.file.close();
  }
}
