/**
 * Trains with and without each switch, and writes what that comes to.
 *
 * @module
 */

import { join } from "node:path";
import { circumstances } from "../../run/machine.ts";
import { findSplit } from "../../run/dataset.ts";
import { identityOf } from "../../run/identity.ts";
import { openResults } from "../../run/results.ts";
import { tasks } from "../../tasks.ts";
import { startTensorFlow } from "../../tensorflow/backend.ts";
import { runReporter } from "../../run/console.ts";
import { readTraining, recordFile, type RowCounts, writeRecord } from "./records.ts";
import {
  headOf,
  precisionOf,
  presetOf,
  scoredVariants,
  type Setting,
  settings,
  settingTasks,
  unscored,
} from "./settings.ts";
import { writeSummary } from "./summary.ts";
import { type TrainedTask, trainOnce } from "./training.ts";
import {
  configurationOf,
  folderOf,
  openWorkbench,
  recipeOf,
  rowsOf,
  type SwitchesOptions,
  type Training,
  type Workbench,
} from "./workbench.ts";

/**
 * Trains what has no record yet, then writes switches.md and switches.csv of all records that were
 * made with these options, data and encoder.
 *
 * @returns the Markdown.
 * @throws one sentence that says what to do, when something is missing or can't be read or written;
 * the signal's reason when it is aborted: what is finished by then is kept.
 *
 * @example
 * ```ts ignore
 * await measureSwitches(parseSwitches(["--only", "decayEverything"])!);
 * ```
 */
export async function measureSwitches(
  options: SwitchesOptions,
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted();
  using _lock = await openResults(join(options.results, "switches"));
  const bench = await openWorkbench(options);
  if (options.only?.some((variant) => unscored.includes(variant))) {
    await findSplit(tasks.qnli_rank, "test", options.data);
  }
  const trainings = trainingsOf(options);
  for (const training of trainings) await configurationOf(bench, training); // is all data there?
  signal?.throwIfAborted();
  const { threads } = options;
  if (trainings.length > 0) await startTensorFlow(threads === undefined ? {} : { threads });
  for (const [i, training] of trainings.entries()) {
    signal?.throwIfAborted();
    await perform(bench, training, `${i + 1} of ${trainings.length}`, signal);
  }
  return await writeSummary(bench);
}

/** Seed by seed, so that whoever stops has whole comparisons with fewer seeds. */
export function trainingsOf(
  { seeds, only, precision }: Pick<SwitchesOptions, "seeds" | "only" | "precision">,
): Training[] {
  const chosen = (setting: Setting) =>
    scoredVariants(setting, precision).filter((variant) => only?.includes(variant) ?? true);
  return Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
    settings.filter((setting) => chosen(setting).length > 0).flatMap((setting) => [
      { setting, seed },
      ...chosen(setting).map((variant) => ({ setting, variant, seed })),
    ])
  );
}

async function perform(
  bench: Workbench,
  training: Training,
  place: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { setting, variant, seed } = training;
  const configuration = await configurationOf(bench, training);
  const identity = identityOf(configuration);
  const file = recordFile(folderOf(bench, setting), variant, seed);
  const name = `${setting.name}/${variant ?? "fixed"}/seed-${seed} (${place})`;
  if (await readTraining(file, identity)) return console.log(`${name}: finished before, kept`);
  const reporter = runReporter(name);
  try {
    const started = performance.now();
    const { trained, rows } = await rowsAndHeads(bench, training);
    const { scores, steps } = await trainOnce(planOf(bench, training, trained), reporter, signal);
    const made = await circumstances((performance.now() - started) / 1000);
    await writeRecord(file, { identity, configuration, rows, steps, scores, circumstances: made });
    reporter.finished(
      settingTasks(setting).map(({ name, evaluated: [split] }) => ({
        task: name,
        split,
        scores: scores[name]!,
      })),
    );
  } catch (error) {
    reporter.failed();
    throw error;
  }
}

async function rowsAndHeads(
  bench: Workbench,
  training: Training,
): Promise<{ trained: TrainedTask[]; rows: Record<string, RowCounts> }> {
  const trained: TrainedTask[] = [];
  const rows: Record<string, RowCounts> = {};
  for (const task of settingTasks(training.setting)) {
    const [part] = task.evaluated;
    const [train, dev] = [
      await rowsOf(bench, training, task, "train"),
      await rowsOf(bench, training, task, part),
    ];
    rows[`${task.name}/train`] = train.counts;
    rows[`${task.name}/${part}`] = dev.counts;
    const head = headOf(training.setting, task);
    trained.push({ task, head, features: train.features, dev: dev.features });
  }
  return { trained, rows };
}

function planOf(
  bench: Workbench,
  { setting, variant, seed }: Training,
  trained: readonly TrainedTask[],
) {
  const { options: { maxSteps, precision }, encoder, tokenizer: { specials } } = bench;
  return {
    config: encoder.config,
    values: encoder.parameters,
    tasks: trained,
    specials,
    seed,
    recipe: recipeOf(bench, setting),
    preset: presetOf(variant),
    precision: precisionOf(variant, precision),
    ...(maxSteps !== undefined && { maxSteps }),
  };
}
