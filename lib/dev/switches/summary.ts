/**
 * What all records of these options come to.
 *
 * @module
 */

import { join } from "node:path";
import { currentCommit } from "../../run/machine.ts";
import { hasSplit } from "../../run/dataset.ts";
import { presets } from "../../presets.ts";
import { identityOf } from "../../run/identity.ts";
import { writeText } from "../../run/folder.ts";
import type { Task } from "../../train/task.ts";
import { tasks } from "../../tasks.ts";
import { switchesCsv } from "./csv.ts";
import { readTraining, recordedSeeds, recordFile, type SwitchRecord } from "./records.ts";
import { countShared } from "./rows.ts";
import type { SettingRecords, SwitchSeries } from "./series.ts";
import { presetOf, scoredVariants, type Setting, settings, type VariantName } from "./settings.ts";
import { renderSwitches, type TestRows } from "./table.ts";
import { configurationOf, folderOf, prepareWorkbench, type Workbench } from "./workbench.ts";

/** The records of a setting that were made with these options; none where its data are missing. */
async function recordsOf(bench: Workbench, setting: Setting): Promise<SettingRecords> {
  const folder = folderOf(bench, setting);
  const series = async (variant?: VariantName): Promise<SwitchSeries> => {
    const found = new Map<number, SwitchRecord>();
    for (const seed of await recordedSeeds(folder, variant)) {
      const training = { setting, seed, ...(variant && { variant }) };
      const configuration = await configurationOf(bench, training).catch(() => null);
      const record = configuration &&
        await readTraining(recordFile(folder, variant, seed), identityOf(configuration));
      if (record) found.set(seed, record);
    }
    return found;
  };
  const variants = new Map<VariantName, SwitchSeries>();
  for (const variant of scoredVariants(setting, bench.options.precision)) {
    variants.set(variant, await series(variant));
  }
  return { setting, fixed: await series(), variants };
}

/** How many test rows of ranking are training rows; null where the files aren't there. */
async function testRowsOf(bench: Workbench): Promise<TestRows | null> {
  const task: Task = tasks.qnli_rank;
  const setting = settings.find((each) => each.variants.includes("rankingTestFromTraining"))!;
  for (const part of ["train", "test"]) {
    if (!await hasSplit(task, part, bench.options.data)) return null;
  }
  const { fixed } = presets;
  const { features: train } = await prepareWorkbench(bench, setting, {
    task,
    part: "train",
    preset: fixed,
  });
  const shared = async (preset: typeof fixed) => {
    const { features } = await prepareWorkbench(bench, setting, { task, part: "test", preset });
    return { shared: countShared(features, train), rows: features.rows.length };
  };
  const switched = presetOf("rankingTestFromTraining");
  return { fixed: await shared(fixed), switched: await shared(switched) };
}

/** Writes switches.md and switches.csv; returns the Markdown. */
export async function writeSummary(bench: Workbench): Promise<string> {
  const { options: { results, precision, maxSteps, refined }, encoder: { config } } = bench;
  const records: SettingRecords[] = [];
  for (const setting of settings) records.push(await recordsOf(bench, setting));
  const markdown = renderSwitches(records, {
    commit: await currentCommit(),
    date: new Date().toISOString().slice(0, 10),
    encoder: refined === undefined ? config.name : `${config.name}, refined`,
    precision,
    ...(maxSteps !== undefined && { maxSteps }),
    testRows: await testRowsOf(bench),
  });
  await writeText(join(results, "switches.md"), markdown);
  await writeText(join(results, "switches.csv"), switchesCsv(records));
  return markdown;
}
