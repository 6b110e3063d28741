/**
 * Why code in a kernel did not run to its end.
 *
 * @module
 */

import type { Message } from "./protocol.ts";

/** Why code did not run to its end. */
export interface Problem {
  /**
   * It threw (error), ran too long (timeout), was stopped by the caller (interrupted), ended the
   * kernel (died), or the kernel stopped publishing (lost).
   */
  readonly kind: "error" | "timeout" | "interrupted" | "died" | "lost";
  /** Name of the error that was thrown, as TypeError. */
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

/** Why a client waits no longer. */
export type Stop = "timeout" | "interrupted" | "died";

/** The problem of code that was stopped: after so many seconds, or as the kernel ended. */
export function stopped(kind: Stop, { timeout, end }: { timeout: number; end: string }): Problem {
  const [name, message] = {
    timeout: ["Timeout", `It ran longer than ${timeout} s.`],
    interrupted: ["Interrupted", "It was interrupted."],
    died: ["KernelDied", end],
  }[kind] as [string, string];
  return { kind, name, message, traceback: [] };
}

/** The problem of a kernel that answers, but whose outputs don't arrive. */
export const lost: Problem = {
  kind: "lost",
  name: "OutputsLost",
  message: "The kernel stopped publishing, so outputs are missing; keep an output under 1 MB.",
  traceback: [],
};

/** The problem in a reply; null where the code ran to its end. */
export function thrown({ content }: Message): Problem | null {
  if (content.status === "ok") return null;
  return problemIn(String(content.ename), String(content.evalue), content.traceback);
}

/** The problem of an error outside every cell; null where there was none. */
export function uncaught(stray: Message | undefined): Problem | null {
  if (stray === undefined) return null;
  const { name, message, traceback } = stray.content;
  const hint = "nothing caught it: it was thrown in a timer or a promise that is not awaited";
  return problemIn(String(name), `${message} (${hint})`, traceback);
}

function problemIn(name: string, message: string, traceback: unknown): Problem {
  return { kind: "error", name, message, traceback: (traceback as string[] | undefined) ?? [] };
}
