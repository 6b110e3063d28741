/**
 * Loads tfjs-core's modules one by one, test files included. The package publishes them for
 * bundlers: ES modules that leave ".js" out of their imports and call `require` all the same. Two
 * hooks of Node's module loader mend that, for these modules alone.
 *
 * The modules are a second copy of tfjs-core beside the one that `tf` comes from, as with any test
 * of tfjs-node: engine, backends, kernels, gradients and flags are one, as tfjs keeps them in
 * globals.
 *
 * @module
 */

import { registerHooks } from "node:module";
import { MODULES, packages } from "./packages.ts";

const PACKAGES = new URL("packages.ts", import.meta.url).href;

let hooked = false;

/**
 * Imports the module at `path` inside tfjs-core's `dist`.
 *
 * @throws when there is no such module.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { importCore } from "./modules.ts";
 *
 * const { version } = await importCore("version.js");
 * assertEquals(version, "4.22.0");
 * ```
 */
export async function importCore(path: string): Promise<Record<string, unknown>> {
  if (!hooked) registerHooks({ resolve, load });
  hooked = true;
  return await import(new URL(path, MODULES).href);
}

interface Resolved {
  readonly url: string;
  readonly format?: string;
  readonly shortCircuit?: boolean;
}

function resolve(
  name: string,
  context: { readonly parentURL?: string | undefined },
  next: (name: string, context: unknown) => Resolved,
): Resolved {
  const parent = context.parentURL;
  if (!parent?.startsWith(MODULES)) return next(name, context);
  const url = name in packages ? MODULES + name : find(new URL(name, parent).href);
  return url ? { url, format: "module", shortCircuit: true } : next(name, context);
}

function find(stem: string): string | undefined {
  return [stem, `${stem}.js`, `${stem}/index.js`].find((url) => {
    try {
      return Deno.statSync(new URL(url)).isFile;
    } catch {
      return false;
    }
  });
}

interface Loaded {
  readonly format: string;
  readonly source: string;
  readonly shortCircuit: boolean;
}

function load(url: string, context: unknown, next: (url: string, context: unknown) => Loaded) {
  if (!url.startsWith(MODULES)) return next(url, context);
  const name = url.slice(MODULES.length);
  const source = name in packages ? sourceOf(name) : Deno.readTextFileSync(new URL(url));
  return { format: "module", source: complete(source), shortCircuit: true };
}

/** A package as a module: `import * as name` and `import name` both find its members. */
function sourceOf(name: string): string {
  const members = Object.keys(packages[name] as object).filter((key) => /^[a-zA-Z]\w*$/.test(key));
  const exported = members.filter((key) => key !== "default").map((key) =>
    `export const ${key} = found.${key};`
  );
  return `import { packages } from "${PACKAGES}"; const found = packages["${name}"]; ` +
    `export default found; ${exported.join(" ")}`;
}

/** Adds `require` where it is called, on the first line, so that line numbers stay. */
function complete(source: string): string {
  const bare = source.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
  return /\brequire\b/.test(bare) ? `import { require } from "${PACKAGES}"; ${bare}` : bare;
}
