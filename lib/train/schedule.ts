/**
 * Learning-rate schedules: the multiplier of the rate at each step.
 *
 * @module
 */

/**
 * From step / total (0 at the first update) to the multiplier of the learning rate. `warmUp` is the
 * share of the steps that warm up: 0.1 when left out (paper, section 4.2).
 */
export type Schedule = (progress: number, warmUp?: number) => number;

const WARM_UP = 0.1;

/** Name of a schedule. */
export type ScheduleName = "triangle" | "reference" | "constant" | "cosine";

/**
 * Schedules by name.
 *
 * - `triangle`: rises to 1, then falls to 0, without a jump (the default).
 * - `reference`: rises to 1, then 1 - progress: it jumps to 0.9 (the reference program).
 * - `constant`: rises to 1 and stays.
 * - `cosine`: rises to 1, then half a cosine to 0.
 *
 * @example
 * ```ts
 * import { schedules } from "./schedule.ts";
 * schedules.triangle(0.05); // 0.5
 * schedules.reference(0.1); // 0.9
 * ```
 */
export const schedules: Readonly<Record<ScheduleName, Schedule>> = {
  triangle: (progress, warmUp = WARM_UP) => rise(progress, warmUp) ?? (1 - progress) / (1 - warmUp),
  reference: (progress, warmUp = WARM_UP) => rise(progress, warmUp) ?? 1 - progress,
  constant: (progress, warmUp = WARM_UP) => rise(progress, warmUp) ?? 1,
  cosine: (progress, warmUp = WARM_UP) =>
    rise(progress, warmUp) ??
      0.5 * (1 + Math.cos(Math.PI * (progress - warmUp) / (1 - warmUp))),
};

function rise(progress: number, warmUp: number): number | undefined {
  return progress < warmUp ? progress / warmUp : undefined;
}
