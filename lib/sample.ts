/**
 * `deno task sample [seed]`: writes data/sample anew, every task in the official layouts, from the
 * small world in lib/sample. Without a seed it writes the committed files, byte for byte.
 *
 * @module
 */

import { writeAside } from "./disk.ts";
import { checksums, generate } from "./sample/generate.ts";

/** The seed of the committed files. */
export const SEED = 2018;

/**
 * Writes every file of the sample and their CHECKSUMS below a folder, each one whole or not at all.
 *
 * @returns paths below the folder.
 * @throws when the folder cannot be written.
 *
 * @example
 * ```ts
 * import { writeSample } from "./sample.ts";
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
  const seed = Deno.args[0] ?? SEED;
  const written = await writeSample("data/sample", seed);
  console.log(`Wrote ${written.length} files to data/sample from seed ${seed}.`);
}
