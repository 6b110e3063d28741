/**
 * `deno task sample [seed]`: writes data/sample anew, every task in the official layouts, from the
 * small world in lib/sample. Without a seed it writes the committed files, byte for byte.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { writeAside } from "../../base/disk.ts";
import { quote } from "../../base/quote.ts";
import { checksums, generate } from "./generate.ts";

/** The seed of the committed files. */
export const SEED = 2018;

const HELP = `Usage: deno task sample [SEED]

Writes data/sample anew. Without a seed: the committed files, byte for byte.`;

/**
 * Reads the command line.
 *
 * @returns the seed, or null where help is asked for.
 * @throws one sentence when there is an option or more than one seed.
 *
 * @example
 * ```ts
 * import { parseSample } from "./main.ts";
 * parseSample(["7"]); // "7"
 * ```
 */
export function parseSample(args: readonly string[]): number | string | null {
  const { help, _: seeds } = parseArgs([...args], {
    boolean: ["help"],
    string: ["_"],
    unknown: (argument, key) => {
      if (key === undefined) return;
      throw new Error(`Unknown argument "${argument}"; see deno task sample --help.`);
    },
  });
  if (help) return null;
  const [seed = SEED, ...more] = seeds;
  if (more.length === 0 && seed !== "") return seed;
  throw new Error(`Expected one seed or none, not ${quote(seeds.join(" "))}.`);
}

/**
 * Writes every file of the sample and their CHECKSUMS below a folder, each one whole or not at all.
 *
 * @returns paths below the folder.
 * @throws when the folder cannot be written.
 *
 * @example
 * ```ts
 * import { writeSample } from "./main.ts";
 * const folder = await Deno.makeTempDir();
 * (await writeSample(folder, 2018)).includes("RTE/dev.tsv"); // true
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeSample(folder: string, seed: number | string): Promise<string[]> {
  const files = generate(seed);
  const all = { ...files, CHECKSUMS: await checksums(files) };
  for (const [path, text] of Object.entries(all)) {
    const target = `${folder}/${path}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await writeAside(target, [new TextEncoder().encode(text)], () => target);
  }
  return Object.keys(all);
}

if (import.meta.main) {
  try {
    const seed = parseSample(Deno.args);
    if (seed === null) console.log(HELP);
    else {
      const written = await writeSample("data/sample", seed);
      console.log(`Wrote ${written.length} files to data/sample from seed ${seed}.`);
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 1;
  }
}
