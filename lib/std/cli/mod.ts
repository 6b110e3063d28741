/**
 * Helpers for command lines: the documented API of `@std/cli`, as far as this project uses it. The
 * progress bar has an entry point of its own, `@std/cli/unstable-progress-bar`.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { parseArgs } from "@std/cli";
 *
 * const { task, force } = parseArgs(["--task", "rte", "--force"], {
 *   string: ["task"],
 *   boolean: ["force"],
 * });
 * assert(task === "rte" && force);
 * ```
 *
 * @module
 */

export * from "./parse_args.ts";
