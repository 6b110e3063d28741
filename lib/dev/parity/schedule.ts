/**
 * Parity of the learning-rate schedules.
 *
 * @module
 */

import { type ScheduleName, schedules } from "../../train/schedule.ts";
import { type ComparisonRow, createMeter, failedRow } from "./compare.ts";
import type { Reference } from "./reference.ts";

/** What schedule.json holds. */
export interface RecordedSchedules {
  /** Progress at which the multipliers were taken. */
  readonly x: readonly number[];
  readonly values: readonly {
    readonly schedule: string;
    readonly warmup: number;
    /** null where the reference program fails. */
    readonly multiplier: readonly (number | null)[];
  }[];
}

/** The schedule behind a name of the reference program. */
export function scheduleNamed(name: string): ScheduleName {
  const found = {
    warmup_linear: "reference",
    warmup_linear_xdl: "triangle",
    warmup_constant: "constant",
    warmup_cosine: "cosine",
  } as const;
  if (name in found) return found[name as keyof typeof found];
  throw new Error(`Cannot check schedule "${name}": expected ${Object.keys(found).join(", ")}.`);
}

/** Compares the multipliers of every schedule and warm-up, where the reference program has one. */
export async function checkSchedule(reference: Reference): Promise<ComparisonRow[]> {
  const { x, values } = await reference.json<RecordedSchedules>("schedule.json");
  return values.flatMap(({ schedule, warmup, multiplier }) => {
    const what = `${schedule}, warm-up ${warmup}`;
    if (multiplier.every((value) => value === null)) return [];
    try {
      const meter = createMeter({ absolute: 1e-9 });
      const name = scheduleNamed(schedule);
      multiplier.forEach((value, i) => {
        if (value !== null) meter.add(`at ${x[i]}`, schedules[name](x[i]!, warmup), value);
      });
      return [meter.row("schedule", what, "multipliers")];
    } catch (error) {
      return [failedRow("schedule", what, error)];
    }
  });
}
