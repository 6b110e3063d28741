/**
 * Loads tfjs-core's own modules, test files included. The package publishes them for bundlers: ES
 * modules that leave ".js" out of their imports, and call `require` all the same. So they are copied
 * to a temporary folder with both mended, and imported from there.
 *
 * They are a second copy of tfjs-core beside the one that `tf` comes from. Engine, backends,
 * kernels, gradients and flags are one nevertheless, as tfjs keeps them in globals.
 *
 * @module
 */

import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const CORE = createRequire(import.meta.url).resolve("@tensorflow/tfjs-core/package.json");

/** A folder of the project that neither git nor Deno looks into. */
const CACHE = fileURLToPath(new URL("../../../.cache/", import.meta.url));

/** Specifier of an import or export statement; TypeScript wrote each on one line. */
const SPECIFIER = /^((?:import|export)\b(?:[^'"\n]*\bfrom)?\s*)(['"])([^'"\n]+)\2/gm;

/** A temporary copy of tfjs-core's modules; disposing it removes the files. */
export interface Core extends AsyncDisposable {
  /** Imports one of the modules named when it was copied; later calls share what they import. */
  load(path: string): Promise<Record<string, unknown>>;
}

/**
 * Copies modules of tfjs-core, named by their paths in its `dist`, and all that they import.
 *
 * @throws when a module or something it imports is missing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { copyCore } from "./modules.ts";
 *
 * await using core = await copyCore(["version.js"]);
 * assertEquals((await core.load("version.js")).version, "4.22.0");
 * ```
 */
export async function copyCore(paths: readonly string[]): Promise<Core> {
  await Deno.mkdir(CACHE, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: CACHE, prefix: "tfjs-core-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  try {
    copyModules(join(dirname(CORE), "dist"), folder, paths);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    load: (path) => import(pathToFileURL(join(folder, path)).href),
    [Symbol.asyncDispose]: remove,
  };
}

/** Copies modules and all that they import from `source` to `folder`, mended. */
function copyModules(source: string, folder: string, paths: readonly string[]): void {
  const done = new Set(paths);
  const write = (path: string, text: string) => {
    Deno.mkdirSync(dirname(join(folder, path)), { recursive: true });
    Deno.writeTextFileSync(join(folder, path), text);
  };
  for (const path of done) { // the set grows on the way
    const text = withoutSourceMap(Deno.readTextFileSync(join(source, path)));
    const mended = text.replaceAll(SPECIFIER, (_, statement, quote, name) => {
      if (!name.startsWith(".")) {
        write(`packages/${name}.js`, packageModule(name));
        name = `./${relative(dirname(path), `packages/${name}.js`)}`;
      } else {
        const target = find(source, join(dirname(path), name));
        done.add(target);
        name = `./${relative(dirname(path), target)}`;
      }
      return `${statement}${quote}${name}${quote}`;
    });
    write(path, /\brequire\(/.test(mended) ? REQUIRE + mended : mended);
  }
}

/** The file behind an import that leaves its ending out. */
function find(source: string, stem: string): string {
  for (const path of [`${stem}.js`, join(stem, "index.js"), stem]) {
    try {
      if (Deno.statSync(join(source, path)).isFile) return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(`Cannot find the module "${stem}" in "${source}".`);
}

/** Source maps are half of the bytes, and of sources that aren't published. */
function withoutSourceMap(text: string): string {
  return text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
}

/** Defines `require`, without a line of its own so that line numbers stay; Jasmine is ours. */
const REQUIRE = `import { createRequire } from "node:module"; const require = (name) => ` +
  `createRequire(name.startsWith("jasmine") ? ${JSON.stringify(import.meta.url)} : ` +
  `${JSON.stringify(pathToFileURL(CORE).href)})(name); `;

/** A CommonJS package as a module: `import * as name` and `import name` both find its members. */
function packageModule(name: string): string {
  const members = Object.keys(createRequire(CORE)(name));
  const exported = members.filter((key) => /^[a-zA-Z]\w*$/.test(key) && key !== "default");
  return `${REQUIRE}const found = require("${name}"); export default found; ` +
    exported.map((key) => `export const ${key} = found.${key};`).join(" ");
}
