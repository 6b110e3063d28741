/**
 * Scores by seed, out of the records of a setting.
 *
 * @module
 */

import type { Task } from "../../train/task.ts";
import { compare, type ComparedValues, type Comparison, meanValues } from "./compare.ts";
import type { SwitchRecord } from "./records.ts";
import { type Setting, settingTasks, type VariantName } from "./settings.ts";

/** Records by seed. */
export type SwitchSeries = ReadonlyMap<number, SwitchRecord>;

/** The records of one setting. */
export interface SettingRecords {
  readonly setting: Setting;
  readonly fixed: SwitchSeries;
  readonly variants: ReadonlyMap<VariantName, SwitchSeries>;
}

/** A task's first metric by seed. */
export function seriesValues(
  records: SwitchSeries | undefined,
  { name, metrics: [first] }: Task,
): ComparedValues {
  return new Map(
    [...records ?? []].map(([seed, { scores }]) => [seed, scores[name]?.[first.name] ?? null]),
  );
}

/** A variant beside `fixed` on one task; null where no seed has both. */
export function taskComparison(
  { fixed, variants }: SettingRecords,
  variant: VariantName,
  task: Task,
): Comparison | null {
  return compare(seriesValues(fixed, task), seriesValues(variants.get(variant), task));
}

/** A variant beside `fixed` on the mean of the setting's tasks. */
export function meanComparison(
  { setting, fixed, variants }: SettingRecords,
  variant: VariantName,
): Comparison | null {
  const means = (records: SwitchSeries | undefined) =>
    meanValues(settingTasks(setting).map((task) => seriesValues(records, task)));
  return compare(means(fixed), means(variants.get(variant)));
}

/** The programs that the records were made with, each with its version or versions. */
export function versionsOf(records: readonly SettingRecords[]): string[] {
  const found = new Set<string>();
  for (const { fixed, variants } of records) {
    for (const series of [fixed, ...variants.values()]) {
      for (const { circumstances: { versions } } of series.values()) {
        for (const entry of Object.entries(versions)) found.add(entry.join(" "));
      }
    }
  }
  return [...found].sort();
}
