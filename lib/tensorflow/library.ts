/**
 * Finds TensorFlow's C library on this machine, or fetches it.
 *
 * @module
 */

import { extractMembers } from "../hub/archive.ts";
import { logLine } from "../base/progress.ts";
import { type Reporter, showDownloads } from "../hub/downloads.ts";
import { cacheFolder, holdsFiles, placeFolder } from "../hub/cache.ts";
import { downloadWheel, type Interpreter, runPython } from "../hub/wheel.ts";
import { type Build, buildFor, TENSORFLOW_VERSION } from "./builds.ts";

/** Which library is wanted, and where to look. */
export interface FindOptions {
  /** true: the CUDA build only; false: the CPU build; left out: the CUDA build where it is. */
  readonly gpu?: boolean;
  /** A library or a folder with one, looked at first; TENSORFLOW_LIBRARY by default. */
  readonly named?: string;
  /** The project's cache; by default that of `cacheFolder()`. */
  readonly cache?: string;
  /** The Python asked for an installed TensorFlow, and whose pip is used. */
  readonly python?: Interpreter;
  /** Receives a note about a library that was seen but can't be used. */
  readonly log?: (line: string) => void;
}

/** As FindOptions, with where to report a fetch; standard error by default. */
export interface EnsureOptions extends FindOptions, Reporter {}

const FILE_NAMES = [
  "libtensorflow_cc.so.2",
  "libtensorflow_cc.2.dylib",
  "libtensorflow.so.2",
  "libtensorflow.2.dylib",
] as const;

const HOW_TO_NAME_ONE = `set TENSORFLOW_LIBRARY to the ${FILE_NAMES[0]} of a TensorFlow ${
  TENSORFLOW_VERSION.replace(/\d+$/, "x")
}`;

/**
 * The library to open: that of TENSORFLOW_LIBRARY (a file, or a folder that holds one), else
 * the one in the project's cache, else that of an installed Python TensorFlow of the same minor
 * version.
 *
 * @returns its path, or null where there is none.
 * @throws when TENSORFLOW_LIBRARY is set and leads to none.
 *
 * ```ts
 * import { findLibrary } from "./library.ts";
 * const path = await findLibrary({ gpu: false }); // ".../libtensorflow_cc.so.2" or null
 * ```
 */
export async function findLibrary(options: FindOptions = {}): Promise<string | null> {
  const named = options.named ?? Deno.env.get("TENSORFLOW_LIBRARY");
  return await namedLibrary(named) ?? await cachedLibrary(options) ?? await pythonLibrary(options);
}

/**
 * As findLibrary, but where there is none the pinned wheel is fetched with pip (274 MB; with
 * `gpu: true` 3.4 GB, NVIDIA's libraries among them) and unpacked into the cache.
 *
 * @throws with one sentence that says what to do: no pip, a failing pip, a wrong checksum, a full
 * disk, a platform without a build.
 *
 * ```ts
 * import { ensureLibrary } from "./library.ts";
 * const path = await ensureLibrary(); // fetches once, then finds
 * ```
 */
export async function ensureLibrary(options: EnsureOptions = {}): Promise<string> {
  const log = options.log ?? logLine;
  const found = await findLibrary({ ...options, log });
  if (found !== null) return found;
  const gpu = options.gpu ?? false;
  const build = buildFor(Deno.build.os, Deno.build.arch, gpu);
  if (!build) {
    throw new Error(
      `There is no TensorFlow ${TENSORFLOW_VERSION} ${gpu ? "with CUDA " : ""}to fetch for ` +
        `${Deno.build.os} on ${Deno.build.arch}; ${HOW_TO_NAME_ONE}.`,
    );
  }
  const total = build.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
  log(`Fetching TensorFlow ${TENSORFLOW_VERSION} with pip, once: ${(total / 1e6).toFixed(1)} MB.`);
  const folder = await fetchBuild(build, options);
  return `${folder}/${build.library}`;
}

/**
 * Fetches a build's wheels one after another and unpacks what is needed of each; a wheel is
 * deleted before the next is fetched.
 *
 * @returns the folder in the cache, which is there only when all of it is.
 */
export async function fetchBuild(build: Build, options: EnsureOptions = {}): Promise<string> {
  const progress = options.progress ?? showDownloads();
  const folder = `${options.cache ?? cacheFolder()}/tensorflow/${build.folder}`;
  await placeFolder(folder, build.files, async (temporary) => {
    for (const wheel of build.wheels) {
      const archive = await downloadWheel(wheel, temporary, {
        progress,
        instead: HOW_TO_NAME_ONE,
        ...(options.python === undefined ? {} : { python: options.python }),
      });
      await extractMembers(archive, temporary, build.place, progress);
      await Deno.remove(archive);
    }
  }, options.log ?? logLine);
  return folder;
}

async function namedLibrary(named: string | undefined): Promise<string | null> {
  if (!named) return null;
  if (await isFile(named)) return named;
  const inside = await firstFile(FILE_NAMES.map((name) => `${named}/${name}`));
  if (inside !== null) return inside;
  throw new Error(
    `TENSORFLOW_LIBRARY is "${named}", which is neither a file nor a folder with ` +
      `${FILE_NAMES[0]} or ${FILE_NAMES[2]}; correct it, or unset it to have TensorFlow fetched.`,
  );
}

async function cachedLibrary(options: FindOptions): Promise<string | null> {
  for (const gpu of options.gpu === undefined ? [true, false] : [options.gpu]) {
    const build = buildFor(Deno.build.os, Deno.build.arch, gpu);
    if (!build) continue;
    const folder = `${options.cache ?? cacheFolder()}/tensorflow/${build.folder}`;
    if (await holdsFiles(folder, build.files)) return `${folder}/${build.library}`;
  }
  return null;
}

/** What the interpreter says about an installed TensorFlow. */
interface Installed {
  readonly folder: string;
  readonly distribution: string;
  readonly version: string;
}

/** Importing TensorFlow would take seconds; where it lies and its version can be had without. */
const ASK_PYTHON = `
import json, sys
sys.path = [path for path in sys.path if path]
from importlib import metadata, util
spec = util.find_spec("tensorflow")
found = None
for name in ("tensorflow", "tensorflow-cpu"):
    if spec is None or spec.origin is None or found:
        continue
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        continue
    folder = spec.submodule_search_locations[0]
    found = {"folder": folder, "distribution": name, "version": version}
print(json.dumps(found))
`;

async function pythonLibrary(options: FindOptions): Promise<string | null> {
  const installed = await askPython(options.python ?? {});
  if (!installed) return null;
  const { folder, distribution, version } = installed;
  const wanted = TENSORFLOW_VERSION.replace(/\d+$/, "");
  const leaveOut = (reason: string) => {
    options.log?.(`Python's ${distribution} ${version} in "${folder}" is left out: ${reason}.`);
    return null;
  };
  if (!version.startsWith(wanted)) return leaveOut(`expected ${wanted}x`);
  if (options.gpu && distribution !== "tensorflow") return leaveOut("it has no CUDA kernels");
  const library = await firstFile(FILE_NAMES.map((name) => `${folder}/${name}`));
  return library ?? leaveOut(`it holds no ${FILE_NAMES[0]}`);
}

async function askPython(python: Interpreter): Promise<Installed | null> {
  try {
    const { success, stdout } = await runPython(python, ["-c", ASK_PYTHON]);
    return success ? JSON.parse(new TextDecoder().decode(stdout)) as Installed | null : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    if (await isFile(path)) return path;
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    // "Not a directory" is what a path below a file gives.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
