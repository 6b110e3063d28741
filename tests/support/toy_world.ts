/** A folder with everything that `deno task reproduce` needs, and the runs made in it. */
import { createHash } from "node:crypto";
import { reproduce } from "../../lib/run/reproduce.ts";
import { parseReproduce } from "../../lib/run/options.ts";
import { startTensorFlow } from "../../lib/tensorflow/backend.ts";
import { captured, type ToyRows, writeToyData, writeToyEncoder } from "./toy.ts";

/** Folders of one world. */
export interface World {
  /** Holds all others. */
  readonly folder: string;
  /** An encoder's folder, named "toy". */
  readonly encoder: string;
  readonly data: string;
  readonly results: string;
}

/** Makes a world in a temporary folder; its results folder doesn't exist yet. */
export async function makeWorld(rows?: ToyRows): Promise<World> {
  const folder = await Deno.makeTempDir();
  const world = {
    ...{ folder, encoder: `${folder}/toy`, data: `${folder}/data` },
    results: `${folder}/results`,
  };
  await writeToyEncoder(world.encoder);
  await writeToyData(world.data, rows);
  return world;
}

/** The command's arguments in a world; later ones win. */
export function argumentsIn(
  { encoder, data, results }: World,
  ...more: readonly string[]
): string[] {
  return ["--encoder", encoder, "--data", data, "--results", results, ...more];
}

/** Runs the stages in this process, and gives what they print; features are kept in the world. */
export async function reproduceIn(
  world: World,
  args: readonly string[],
  options: { readonly signal?: AbortSignal; readonly watch?: (text: string) => void } = {},
): Promise<{ readonly output: string; readonly errors: string }> {
  await startTensorFlow(); // from the user's cache, before that is another one
  const cache = Deno.env.get("XDG_CACHE_HOME");
  Deno.env.set("XDG_CACHE_HOME", `${world.folder}/cache`);
  try {
    const parsed = parseReproduce(argumentsIn(world, ...args))!;
    return await captured(() => reproduce(parsed, options.signal), options.watch);
  } finally {
    if (cache === undefined) Deno.env.delete("XDG_CACHE_HOME");
    else Deno.env.set("XDG_CACHE_HOME", cache);
  }
}

/**
 * Every file below a folder with its content (of tensors: a hash; of folders: ""), by path. The
 * file that holds the lock of a results folder is none of them.
 */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = async (path: string) => {
    for await (const { name, isDirectory } of Deno.readDir(`${folder}/${path}`)) {
      if (name === ".lock") continue;
      const below = `${path}${name}`;
      if (isDirectory) {
        found[below] = "";
        await visit(`${below}/`);
      } else {
        const bytes = await Deno.readFile(`${folder}/${below}`);
        found[below] = name.endsWith(".safetensors")
          ? createHash("sha256").update(bytes).digest("hex")
          : new TextDecoder("latin1").decode(bytes);
      }
    }
  };
  await visit("");
  return found;
}
