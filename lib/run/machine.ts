/**
 * What a run doesn't depend on but a reader wants to know: commit, versions, machine, time.
 *
 * @module
 */

import { runtime } from "../tensorflow/runtime.ts";

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

/** Asked for once: it stays the same. */
let processor: Promise<string> | undefined;

/** The circumstances now; `seconds` is how long the run took. */
export async function circumstances(seconds: number): Promise<Circumstances> {
  const { version, devices } = runtime();
  return {
    commit: await currentCommit(),
    date: new Date().toISOString(),
    versions: { deno: Deno.version.deno, tensorflow: version },
    machine: {
      system: `${Deno.build.os} ${Deno.build.arch}`,
      processor: await (processor ??= currentProcessor()),
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
 * import { currentCommit } from "./machine.ts";
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

/** Instructions that matrix products are made of, by Linux's names, plain float32 first. */
const INSTRUCTIONS = ["avx2", "avx512f", "avx512_bf16", "amx_bf16", "bf16"];

/**
 * Name of the processor and which instructions for matrix products it has; "unknown" where the
 * system tells nobody, as outside Linux.
 *
 * @example
 * ```ts
 * import { currentProcessor } from "./machine.ts";
 * await currentProcessor(); // "AMD EPYC (avx2 avx512f avx512_bf16)"
 * ```
 */
export async function currentProcessor(): Promise<string> {
  // Deno itself reads nothing in /proc unless everything is allowed.
  const args = ["-c", 'print(open("/proc/cpuinfo").read())'];
  try {
    const { stdout } = await new Deno.Command("python3", { args, stderr: "null" }).output();
    return processorIn(new TextDecoder().decode(stdout));
  } catch {
    return "unknown"; // there is no Python
  }
}

/**
 * The first processor of what Linux tells of all of them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { processorIn } from "./machine.ts";
 *
 * const text = "model name\t: Some CPU\nflags\t\t: fpu avx2 avx512_bf16 sse\n";
 * assertEquals(processorIn(text), "Some CPU (avx2 avx512_bf16)");
 * assertEquals(processorIn(""), "unknown");
 * ```
 */
export function processorIn(text: string): string {
  const name = /^model name\s*:(.*)$/m.exec(text)?.[1]?.trim() ?? "unknown";
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1]?.split(" ") ?? []; // x86, ARM
  const has = INSTRUCTIONS.filter((instruction) => flags.includes(instruction));
  return has.length > 0 ? `${name} (${has.join(" ")})` : name;
}
