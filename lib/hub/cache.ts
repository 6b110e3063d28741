/**
 * The folder where everything fetched is kept, and how a folder in it comes into being: whole or
 * not at all.
 *
 * @module
 */

import { dirname } from "node:path";

/**
 * The project's cache: `$XDG_CACHE_HOME/mt-dnn`, or `~/.cache/mt-dnn`.
 *
 * @param variable reads a variable of the environment.
 * @throws when neither XDG_CACHE_HOME nor HOME tells where that is.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cacheFolder } from "./cache.ts";
 *
 * assertEquals(cacheFolder((name) => ({ HOME: "/home/ada" })[name]), "/home/ada/.cache/mt-dnn");
 * ```
 */
export function cacheFolder(
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string {
  const cache = variable("XDG_CACHE_HOME");
  // The XDG rules leave out a relative path.
  if (cache?.startsWith("/")) return `${cache}/mt-dnn`;
  const home = variable("HOME");
  if (home) return `${home}/.cache/mt-dnn`;
  throw new Error(
    "Cannot tell where to keep fetched files: neither XDG_CACHE_HOME nor HOME is set; " +
      "set XDG_CACHE_HOME to a folder.",
  );
}

/** Whether `folder` holds all of `files`, none of them empty. */
export async function holdsFiles(folder: string, files: readonly string[]): Promise<boolean> {
  for (const file of files) {
    const size = await sizeOf(`${folder}/${file}`);
    if (size === undefined || size === 0) return false;
  }
  return true;
}

/**
 * Lets `fill` write `files` into a temporary folder and renames that to `folder`, so that
 * `folder` exists only when it is whole. A lock makes a second process wait for the first and
 * then find its work done; what an interrupted process left behind is removed first. (The lock
 * ends with its process, however that ends.)
 *
 * @returns false when `folder` was already whole.
 * @throws what `fill` throws; when it leaves one of `files` out; when the disk is full or the
 * place can't be written.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { placeFolder } from "./cache.ts";
 *
 * const cache = await Deno.makeTempDir();
 * const fill = (temporary: string) => Deno.writeTextFile(`${temporary}/hello.txt`, "hello");
 * assertEquals(await placeFolder(`${cache}/greeting`, ["hello.txt"], fill), true);
 * assertEquals(await placeFolder(`${cache}/greeting`, ["hello.txt"], fill), false);
 * await Deno.remove(cache, { recursive: true });
 * ```
 */
export async function placeFolder(
  folder: string,
  files: readonly string[],
  fill: (temporary: string) => Promise<void>,
  log: (line: string) => void = () => {},
): Promise<boolean> {
  try {
    await Deno.mkdir(dirname(folder), { recursive: true });
    using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
    await takeLock(lock, folder, log);
    if (await holdsFiles(folder, files)) return false;
    await removeLeftovers(folder);
    await fillAndRename(folder, files, fill);
    return true;
  } catch (error) {
    throw explainWriteError(error, folder);
  }
}

async function takeLock(lock: Deno.FsFile, folder: string, log: (line: string) => void) {
  try {
    if (await lock.tryLock(true)) return;
    log(`Another process is fetching "${folder}"; waiting for it.`);
    await lock.lock(true);
  } catch (error) {
    throw new Error(
      `Cannot lock "${folder}.lock" (${(error as Error).message}); ` +
        "set XDG_CACHE_HOME to a folder on a local disk.",
    );
  }
}

async function fillAndRename(
  folder: string,
  files: readonly string[],
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${folder}.partial-${Deno.pid}`;
  try {
    await Deno.mkdir(temporary);
    await fill(temporary);
    if (!await holdsFiles(temporary, files)) {
      throw new Error(`The fetch of "${folder}" is incomplete: expected ${files.join(", ")}.`);
    }
    await syncTree(temporary);
    await Deno.rename(temporary, folder);
    await syncPath(dirname(folder));
  } catch (error) {
    await removeTree(temporary);
    throw error;
  }
}

/** Only called under the lock: whatever is there belongs to a process that ended early. */
async function removeLeftovers(folder: string): Promise<void> {
  const name = folder.slice(dirname(folder).length + 1);
  for await (const entry of Deno.readDir(dirname(folder))) {
    if (entry.name === name || entry.name.startsWith(`${name}.partial-`)) {
      await removeTree(`${dirname(folder)}/${entry.name}`);
    }
  }
}

/** A pip that outlived its parent may still write there for a moment, hence the second try. */
async function removeTree(path: string): Promise<void> {
  for (const lastTry of [false, true]) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (lastTry) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Brings files and names to the disk, so that the rename can't outlive a power cut alone. */
async function syncTree(folder: string): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    await (entry.isDirectory ? syncTree(path) : syncPath(path));
  }
  await syncPath(folder);
}

async function syncPath(path: string): Promise<void> {
  using file = await Deno.open(path);
  await file.sync();
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Turns a full disk or a forbidden place into a sentence that says what to do. */
export function explainWriteError(error: unknown, folder: string): Error {
  const problem = error instanceof Error ? error : new Error(String(error));
  const message = problem.message;
  const elsewhere = "or set XDG_CACHE_HOME to a folder on another disk";
  if (/no space left|os error 28\b|quota exceeded/i.test(message)) {
    return new Error(`Cannot write "${folder}": the disk is full; free some space ${elsewhere}.`);
  }
  if (problem instanceof Deno.errors.PermissionDenied || /read-only file system/i.test(message)) {
    return new Error(
      `Cannot write "${folder}": permission denied; make it writable ${elsewhere}.`,
    );
  }
  return problem;
}
