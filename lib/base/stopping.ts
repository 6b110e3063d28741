/**
 * How a command that runs for long is stopped: it ends what it is in the middle of, then itself.
 *
 * @module
 */

/** Exit codes of a program that a signal ends: 128 and the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Milliseconds in which a second signal is the first once more. */
const ECHO = 500;

/**
 * Aborted by the first signal to stop (Ctrl+C sends one); a second one ends the program at once,
 * unless it follows on the first's heels: npx and deno task pass on what the terminal has sent to
 * every program anyway.
 */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const names = Deno.build.os === "windows" ? ["SIGINT"] as const : ["SIGINT", "SIGTERM"] as const;
  let first: number | undefined;
  for (const name of names) {
    Deno.addSignalListener(name, () => {
      first ??= performance.now();
      if (performance.now() - first > ECHO) Deno.exit(exitCodes[name]);
      controller.abort(name); // the first time; later ones change nothing
    });
  }
  return controller.signal;
}

/** Exit code of a program that `signal` stopped; see {@linkcode stopOnSignals}. */
export function exitCodeOf(signal: AbortSignal): number {
  return exitCodes[signal.reason as keyof typeof exitCodes];
}
