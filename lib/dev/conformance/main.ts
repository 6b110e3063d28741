/**
 * `deno task conformance`: runs the tests that tfjs-core comes with against this project's
 * TensorFlow backend.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "@std/cli";
import { writeAside } from "../../base/disk.ts";
import { consoleOutput, createProgress } from "../../base/progress.ts";
import { startTensorFlow, tf } from "../../tensorflow/backend.ts";
import { leftOut } from "./left_out.ts";
import { runSuite } from "./suite.ts";
import { type ConformanceSummary, countSkipped, isGood, render, summarize } from "./summary.ts";
import { findLibrary } from "../../tensorflow/library.ts";

const HELP = `Usage: deno task conformance [--write] [NAME]

Runs the tests that tfjs-core comes with against TensorFlow.

  NAME     only the tests whose name contains this
  --write  also writes results/conformance.json`;

const RESULT = fileURLToPath(new URL("../../../results/conformance.json", import.meta.url));

/** What to run, and whether to keep the numbers. */
export interface ConformanceOptions {
  readonly only: string;
  readonly write: boolean;
}

/**
 * Reads the command line of `deno task conformance`.
 *
 * @returns null where help is asked for.
 * @throws when an option is unknown, or a part of the tests is to be written.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseConformance } from "./main.ts";
 *
 * assertEquals(parseConformance(["conv2d", "NCHW"]), { only: "conv2d NCHW", write: false });
 * ```
 */
export function parseConformance(args: readonly string[]): ConformanceOptions | null {
  const options = parseArgs([...args], {
    boolean: ["write", "help"],
    string: ["_"],
    unknown: (argument, key) => {
      if (key === undefined) return;
      throw new Error(`Unknown argument "${argument}"; see deno task conformance --help.`);
    },
  });
  const only = options._.join(" ");
  if (options.write && only !== "") {
    throw new Error(`Cannot write the results of "${only}": --write takes all tests.`);
  }
  return options.help ? null : { only, write: options.write };
}

/** The versions that the numbers belong to. */
export interface Versions {
  readonly tfjs: string;
  readonly tensorflow: string;
  readonly deno: string;
  readonly devices: readonly string[];
}

/**
 * The verdict as results/conformance.json keeps it.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { toJson } from "./main.ts";
 *
 * const versions = { tfjs: "4.22.0", tensorflow: "2.21.0", deno: "2.9.6", devices: ["CPU"] };
 * const text = toJson({ passed: 3, failed: [], skipped: [], stale: [] }, versions);
 * assertEquals(JSON.parse(text).passed, 3);
 * ```
 */
export function toJson(summary: ConformanceSummary, versions: Versions): string {
  const { passed, failed, skipped } = summary;
  const kept = {
    ...versions,
    passed,
    failed: failed.length,
    skipped: countSkipped(summary),
    failures: failed.map(({ name }) => name),
    leftOut: skipped.map(({ reason, tests }) => ({ reason, tests: tests.length })),
  };
  return JSON.stringify(kept, null, 2) + "\n";
}

/** Runs the tests, prints the verdict and returns whether it is good. */
async function conformance({ only, write }: ConformanceOptions): Promise<boolean> {
  const library = await findLibrary();
  if (library === null) {
    throw new Error("There is no TensorFlow on this machine yet: run `deno task setup` first.");
  }
  const { version, devices } = await startTensorFlow({ library });
  const versions = { tfjs: tf.version_core, tensorflow: version, deno: Deno.version.deno, devices };
  console.log(
    `tfjs-core ${versions.tfjs} on TensorFlow ${version} (${devices.join(", ")}), ` +
      `Deno ${versions.deno}`,
  );
  using shown = createProgress({ label: "conformance", unit: "tests", ...consoleOutput() });
  let done = 0;
  // The suite counts all tests; how many have a name is known when they have run.
  const progress = (_: unknown, total: number) =>
    shown.update({ done: ++done, ...(only === "" && { total }) });
  const results = await runSuite({ only, progress });
  shown.end();
  if (results.length === 0) throw new Error(`There is no test whose name contains "${only}".`);
  const summary = summarize(results, leftOut, { partial: only !== "" });
  console.log(render(summary));
  if (write) {
    const text = new TextEncoder().encode(toJson(summary, versions));
    await writeAside(RESULT, [text], () => RESULT);
  }
  return isGood(summary);
}

if (import.meta.main) {
  let code = 0;
  try {
    const options = parseConformance(Deno.args);
    if (!options) console.log(HELP);
    else if (!await conformance(options)) code = 1;
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    code = 1;
  }
  // Leaves at once: unloading an opened TensorFlow crashes.
  Deno.exit(code);
}
