/**
 * What a run doesn't depend on but a reader wants to know: commit, versions, machine, time.
 *
 * @module
 */

import { runtime } from "./tensorflow/runtime.ts";

/** Circumstances of a run, as run.json keeps them. */
export interface Circumstances extends Readonly<Record<string, unknown>> {
  /** Commit of the code, "+" after it where files were changed since; "unknown" outside git. */
  readonly commit: string;
  /** ISO date and time, UTC. */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly seconds: number;
  /** Resident memory at the end of the run, in MiB. */
  readonly memory: number;
}

/** The circumstances now; `seconds` is how long the run took. */
export async function circumstances(seconds: number): Promise<Circumstances> {
  const { version, devices } = runtime();
  return {
    commit: await currentCommit(),
    date: new Date().toISOString(),
    versions: { deno: Deno.version.deno, tensorflow: version },
    machine: {
      system: `${Deno.build.os} ${Deno.build.arch}`,
      cores: navigator.hardwareConcurrency,
      devices: devices.join(", "),
    },
    seconds: Math.round(seconds * 10) / 10,
    memory: Math.round(Deno.memoryUsage().rss / 2 ** 20),
  };
}

/**
 * Commit of the code, "+" after it where files were changed since; "unknown" outside git.
 *
 * @example
 * ```ts
 * import { currentCommit } from "./circumstances.ts";
 * await currentCommit(); // "0123456789ab+"
 * ```
 */
export async function currentCommit(): Promise<string> {
  const git = async (...args: string[]) => {
    const { success, stdout } = await new Deno.Command("git", { args, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  };
  try {
    const head = await git("rev-parse", "--short=12", "HEAD");
    if (!head) return "unknown";
    const changed = await git("status", "--porcelain", "--untracked-files=no", "--", "lib");
    return changed ? `${head}+` : head;
  } catch {
    return "unknown"; // git isn't installed
  }
}
