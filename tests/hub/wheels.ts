/** Small wheels made on the spot, and a Python whose pip finds them in a folder. */

import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { hashFile, type Interpreter, type Wheel } from "../../lib/hub/wheel.ts";

/** A member of a zip file: its content, and whether it is a program. */
export type Members = Readonly<Record<string, Uint8Array | string>>;

/** Zips `members`; a name that ends in "!" makes an executable member of the name before it. */
export async function zip(members: Members): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, content] of Object.entries(members)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await writer.add(name.replace(/!$/, ""), new Uint8ArrayReader(bytes), {
      unixMode: name.endsWith("!") ? 0o755 : 0o644,
    });
  }
  return await writer.close();
}

/** Writes a wheel that pip accepts into `folder`. */
export async function makeWheel(folder: string, file: string, members: Members): Promise<Wheel> {
  const [name, version, ...tags] = file.replace(/\.whl$/, "").split("-");
  const info = `${name}-${version}.dist-info`;
  const bytes = await zip({
    ...members,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: ${tags.join("-")}\n`,
    [`${info}/RECORD`]: "",
  });
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(`${folder}/${file}`, bytes);
  return { file, bytes: bytes.length, sha256: await hashFile(`${folder}/${file}`) };
}

/** The real pip, cut off from every index but this folder. */
export function pipFrom(folder: string): Interpreter {
  return { env: { PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder } };
}

/** A Python whose pip is the program `source`, made in `folder`. */
export async function fakePip(folder: string, source: string): Promise<Interpreter> {
  await Deno.mkdir(`${folder}/pip`, { recursive: true });
  await Deno.writeTextFile(`${folder}/pip/__init__.py`, "");
  await Deno.writeTextFile(`${folder}/pip/__main__.py`, source);
  return { env: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" } };
}

/** Runs `body` with a folder that is removed afterwards. */
export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Paths of all files below `folder`, sorted. */
export async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) files.push(...await filesBelow(`${folder}/${name}`, `${prefix}${name}/`));
    else files.push(`${prefix}${name}`);
  }
  return files.sort();
}
