/**
 * The stop button of a notebook, and errors that nobody awaits. A notebook imports this module
 * first: without it, the interrupt ends the kernel with all that it holds, and an error in a timer
 * leaves a cell waiting for ever.
 *
 * @module
 */

import { kernelOutput } from "./output.ts";

/** Someone pressed stop: the reason with which {@linkcode stopSignal} aborts. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("what was done so far is kept, and the next cell can run");
  }
}

let controller = new AbortController();

/**
 * The signal that aborts when the stop button is pressed. Ask for it once at the start of what may
 * be stopped: after an interrupt the next one who asks gets a fresh signal. A loop calls
 * `throwIfAborted` at each step and lets others run, as `run` and the trainer do.
 *
 * @example
 * ```ts
 * import { stopSignal } from "./stop.ts";
 * const signal = stopSignal();
 * for (let step = 0; step < 3; step++) signal.throwIfAborted();
 * ```
 */
export function stopSignal(): AbortSignal {
  return controller.signal;
}

/** Aborts the signal that was given out; the next one is fresh. */
export function interrupt(): void {
  const running = controller;
  controller = new AbortController();
  running.abort(new Interrupted());
}

/** What can be listened to: the global object, or a part of it in tests. */
export interface Listening {
  addEventListener(type: string, listener: (event: Event) => void): void;
}

/**
 * Listens to the interrupt, and to errors outside every cell, which are printed by `tell`.
 *
 * @example
 * ```ts
 * import { listen } from "./stop.ts";
 * listen(new EventTarget(), () => {}, () => {});
 * ```
 */
export function listen(
  target: Listening,
  onInterrupt: (listener: () => void) => void,
  tell: (text: string) => void,
): void {
  onInterrupt(interrupt);
  const strays = [
    ["error", (event: Event) => (event as ErrorEvent).error ?? (event as ErrorEvent).message],
    ["unhandledrejection", (event: Event) => (event as PromiseRejectionEvent).reason],
  ] as const;
  for (const [type, causeOf] of strays) {
    target.addEventListener(type, (event) => {
      event.preventDefault();
      const cause: unknown = causeOf(event);
      if (cause instanceof Interrupted) return; // nobody awaited what was stopped on purpose
      tell(`An error outside every cell: ${cause instanceof Error ? cause.stack : String(cause)}`);
    });
  }
}

// Outside a notebook Ctrl+C does what it always does.
if (kernelOutput() !== null) {
  listen(globalThis, (listener) => Deno.addSignalListener("SIGINT", listener), console.error);
}
