/**
 * The CommonJS packages that tfjs-core's modules ask for, loaded before those modules are: see
 * modules.ts, whose modules import from here.
 *
 * @module
 */

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const ours = createRequire(import.meta.url);
const core = ours.resolve("@tensorflow/tfjs-core/package.json");
const theirs = createRequire(core);

/** Where tfjs-core's modules lie; ends with a slash. */
export const MODULES = new URL("dist/", pathToFileURL(core)).href;

/** The packages that its modules import by name. */
export const packages: Readonly<Record<string, unknown>> = {
  long: theirs("long"),
  seedrandom: theirs("seedrandom"),
};

/** The Jasmine that runs the tests. */
export const jasmineCore = ours("jasmine-core");

/** What its modules call as `require`: the one Jasmine, and Node's own modules. */
export function require(name: string): unknown {
  return name.startsWith("jasmine-core") ? { core: () => jasmineCore } : theirs(name);
}
