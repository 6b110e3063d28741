/**
 * Where the official data and the recorded reference values lie, for the tests that read them:
 * MT_DNN_DATA and MT_DNN_REFERENCE, else `shared/` beside the repository; and the project's own
 * sample of the layouts. Tests that need a folder are ignored where it is absent.
 */
import { openFile } from "../../lib/input/files.ts";

/** A folder with its path, or why the tests that need it are ignored. */
export interface Folder {
  readonly path: string;
  readonly missing: boolean;
}

export const data = folder("MT_DNN_DATA", "data");
export const reference = folder("MT_DNN_REFERENCE", "reference");
export const sample: Folder = at(new URL("../../data/sample", import.meta.url).pathname);

for (const [name, { path, missing }] of Object.entries({ data, reference })) {
  if (missing) console.info(`No ${name} folder at ${path}: the tests that read it are ignored.`);
}

/** The rows of a JSON-lines file in the reference folder. */
export function readReference<T>(name: string): T[] {
  return Deno.readTextFileSync(`${reference.path}/${name}`).trimEnd().split("\n")
    .map((line) => JSON.parse(line));
}

function folder(variable: string, name: string): Folder {
  const beside = new URL(`../../../shared/${name}`, import.meta.url).pathname;
  return at(Deno.env.get(variable) ?? beside);
}

function at(path: string): Folder {
  try {
    return { path, missing: !Deno.statSync(path).isDirectory };
  } catch {
    return { path, missing: true };
  }
}

/** The text of the file at a path. */
export async function readText(path: string, longest?: number): Promise<string> {
  const opened = await openFile({ path, name: path, subset: false }, longest);
  return await opened.text();
}
