/**
 * When an unfinished run saves a checkpoint.
 *
 * @module
 */

/** Every so many steps, or every so many seconds. */
export type SavingPolicy = { readonly steps: number } | { readonly seconds: number };

/** What a stop without warning may cost, unless the command line says otherwise. */
export const SAVING: SavingPolicy = { seconds: 300 };

/**
 * Says after each step whether it is time to save; `done` steps are saved already.
 *
 * @example
 * ```ts
 * import { savingClock } from "./saving.ts";
 * const due = savingClock({ steps: 100 }, 0);
 * due(99); // false
 * due(100); // true
 * ```
 */
export function savingClock(
  policy: SavingPolicy = SAVING,
  done: number,
  now: () => number = () => performance.now(),
): (done: number) => boolean {
  let last = "steps" in policy ? done : now();
  return (done) => {
    const reached = "steps" in policy ? done : now();
    const gap = "steps" in policy ? policy.steps : 1000 * policy.seconds;
    if (reached - last < gap) return false;
    last = reached;
    return true;
  };
}
