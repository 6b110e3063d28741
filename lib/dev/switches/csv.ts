/**
 * The numbers of the comparison as CSV, unrounded, for spreadsheets and plots.
 *
 * @module
 */

import { stringify } from "@std/csv";
import { meanComparison, type SettingRecords, taskComparison } from "./series.ts";
import { settingTasks } from "./settings.ts";

const columns = [
  ...["switch", "setting", "task", "split", "metric", "n", "fixed", "switched", "difference"],
  ...["sd", "p", "seeds"],
];

/**
 * A line for each switch and task, and one for the mean of the tasks.
 *
 * @example
 * ```ts
 * import { switchesCsv } from "./csv.ts";
 * switchesCsv([]).startsWith("switch,setting,task"); // true
 * ```
 */
export function switchesCsv(records: readonly SettingRecords[]): string {
  const lines = records.flatMap((each) =>
    each.setting.variants.flatMap((variant) =>
      [
        ...settingTasks(each.setting).map((task) => ({
          task: task.name,
          split: task.evaluated[0],
          metric: task.metrics[0].name,
          variant,
          comparison: taskComparison(each, variant, task),
        })),
        {
          task: "mean of the tasks",
          split: "",
          metric: "",
          variant,
          comparison: meanComparison(each, variant),
        },
      ].map((line) => ({ ...line, setting: each.setting.name }))
    )
  );
  const text = stringify(
    lines.flatMap(({ variant, comparison, ...line }) =>
      comparison === null ? [] : [{
        ...line,
        switch: variant,
        n: comparison.seeds.length,
        fixed: comparison.fixed,
        switched: comparison.variant,
        difference: comparison.difference,
        sd: comparison.spread,
        p: comparison.p,
        seeds: comparison.seeds.join(" "),
      }]
    ),
    { columns },
  );
  // Committed results have the line ends of every other file.
  return text.replaceAll("\r\n", "\n");
}
