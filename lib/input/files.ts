/**
 * Finds and reads the official files; the disk border of `input/`.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { LONGEST_TEXT, textOf, tooLong } from "../base/disk.ts";
import { reasonOf } from "../base/quote.ts";
import { type Parsed, parseExamples, type ParseOptions, type Source } from "./readers.ts";

/** An official file as it lies on disk. */
export interface FoundFile {
  /** Where to open it. */
  readonly path: string;
  /** Its path relative to the data folder. */
  readonly name: string;
  /** Whether it holds only a part of the official split (`_subset` in its name). */
  readonly subset: boolean;
}

/** Examples with the file they came from. */
export interface ReadExamples extends Parsed {
  readonly file: FoundFile;
}

/** Throws an error that names the data folder when it is missing. */
export async function checkDataFolder(root: string): Promise<void> {
  if ((await stat(root))?.isDirectory) return;
  throw new Error(`Cannot find the data folder "${root}": name an existing one with --data`);
}

/**
 * Finds the first candidate that exists under the data folder, as named or gzip-compressed; else,
 * for the first that has one, its part (`MNLI/train.tsv` -> `MNLI/train_subset.tsv`, or that with
 * `.gz`).
 *
 * Throws an error that names the folder when it is missing, or the file, the folder and everything
 * looked for when the file is.
 *
 * @example
 * ```ts
 * import { findFile } from "./files.ts";
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/train_subset.tsv`, "A sentence.\t1\n");
 * const { subset } = await findFile(folder, ["train.tsv"]); // true
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function findFile(root: string, candidates: readonly string[]): Promise<FoundFile> {
  await checkDataFolder(root);
  const folder = root.replace(/(?<=.)\/+$/, "");
  const looked: string[] = [];
  for (const subset of [false, true]) {
    for (const candidate of candidates) {
      const plain = subset ? candidate.replace(/(\.[^./]*)?$/, "_subset$1") : candidate;
      for (const name of [plain, `${plain}.gz`]) {
        const path = `${folder}/${name}`;
        if ((await stat(path))?.isFile) return { path, name, subset };
        looked.push(name);
      }
    }
  }
  throw new Error(
    `Cannot find "${candidates[0]}" in "${root}": none of ${looked.join(", ")} exists; ` +
      "put the official file there or name another folder with --data",
  );
}

/** An official file that was read. */
export interface OpenedFile extends FoundFile {
  /** sha256 of its bytes as they lie there, packed or not. */
  readonly digest: string;
  /**
   * Its UTF-8 text, uncompressed on the way when its name ends in `.gz`; a byte-order mark at the
   * start is dropped.
   *
   * Throws an error that names the file when its gzip data are damaged or cut off, and, with the
   * line, when bytes are not UTF-8; and when it has more text than can be held.
   */
  text(): Promise<string>;
}

/**
 * Reads a file once, for its digest and for its text.
 *
 * Throws an error that names the file when it can't be opened, or has more than `longest` bytes,
 * which is found out before they are held in memory.
 *
 * @example
 * ```ts
 * import { findFile, openFile } from "./files.ts";
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/dev.tsv`, "index\tsentence\n");
 * const { digest, text } = await openFile(await findFile(folder, ["dev.tsv"]));
 * (await text()).length; // 15
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openFile(file: FoundFile, longest = LONGEST_TEXT): Promise<OpenedFile> {
  const { path } = file;
  const bytes = await readBytes(path, longest);
  return {
    ...file,
    digest: createHash("sha256").update(bytes).digest("hex"),
    text: async () =>
      textOf(path.endsWith(".gz") ? await gunzip(bytes, path, longest) : bytes, path),
  };
}

/**
 * Finds, reads and parses a split: {@linkcode findFile}, {@linkcode openFile} and `parseExamples`
 * in a row, throwing what they throw.
 *
 * @example
 * ```ts
 * import { readExamples } from "./files.ts";
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/dev.tsv`, "sentence\tlabel\nIt rains.\tgood\n");
 * const layout = { premise: "sentence", target: "label" };
 * const source = { candidates: ["dev.tsv"], layout };
 * const { examples } = await readExamples(folder, source, ["bad", "good"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readExamples(
  root: string,
  source: Source,
  labels: readonly string[],
  options: Omit<ParseOptions, "file"> = {},
): Promise<ReadExamples> {
  const file = await openFile(await findFile(root, source.candidates));
  return { ...await parseFile(file, source, labels, options), file };
}

/** Parses a file that was read; throws what `parseExamples` throws, and what reading its text does. */
export async function parseFile(
  file: OpenedFile,
  { layout }: Pick<Source, "layout">,
  labels: readonly string[],
  options: Omit<ParseOptions, "file"> = {},
): Promise<Parsed> {
  return parseExamples(await file.text(), layout, labels, { ...options, file: file.name });
}

async function stat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    // A path through a plain file counts as missing; anything else (no permission) is told.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}

async function readBytes(path: string, longest: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    if ((await Deno.stat(path)).size <= longest) return await Deno.readFile(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound ? "no such file" : reasonOf(cause);
    throw new Error(`Cannot read "${path}": ${reason}`, { cause });
  }
  throw tooLong(path, longest);
}

async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
  longest: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    const packed = new Blob([bytes]).stream();
    for await (const piece of packed.pipeThrough(new DecompressionStream("gzip"))) {
      size += piece.length;
      if (size > longest) break; // a thousand times the file's own size fits in it
      pieces.push(piece);
    }
  } catch (cause) {
    throw new Error(
      `Cannot read "${path}": its gzip data are damaged or cut off, fetch the file again`,
      { cause },
    );
  }
  if (size > longest) throw tooLong(path, longest);
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
