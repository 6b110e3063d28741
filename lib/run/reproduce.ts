/**
 * The stages one after another: what `deno task reproduce` does before the notebooks.
 *
 * @module
 */

import { currentCommit } from "./machine.ts";
import { selection } from "../recipes.ts";
import {
  checkTasks,
  openWorkshop,
  prepare,
  prepareScored,
  tasksToRead,
  unlessAborted,
  type Workshop,
} from "./session.ts";
import { openResults, writeTables } from "./results.ts";
import { checkDraws, runsOf } from "./stages.ts";
import { type ReproduceOptions, type StageName, trainingStages } from "./options.ts";
import { tasks } from "../tasks.ts";
import { startTensorFlow } from "../tensorflow/backend.ts";
import { reportPrepared, runReporter } from "./console.ts";
import { perform } from "./run.ts";

/**
 * Runs the chosen stages up to the tables; finished runs of the same configuration, data and encoder are kept. The
 * signal stops before the next step; a run that is stopped is saved and goes on when it is asked for
 * again.
 *
 * @throws one sentence that says what to do, when something is missing or can't be read or written;
 * the signal's reason when it is aborted.
 *
 * @example
 * ```ts ignore
 * await reproduce(parseReproduce(["--only", "refine,tables"])!);
 * ```
 */
export async function reproduce(options: ReproduceOptions, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  checkTasks(options);
  const wants = (stage: StageName) => options.stages.includes(stage);
  using held = new DisposableStack();
  const hold = async () => held.use(await openResults(options.results));
  if (wants("preprocess") || trainingStages.some(wants)) {
    const workshop = await openWorkshop(options, { report: runReporter, signal });
    if (trainingStages.some(wants)) await hold();
    if (wants("preprocess")) await preprocess(workshop);
    if (wants("adapt")) await checkDraws(workshop);
    if (trainingStages.some(wants)) {
      const { threads } = options;
      await unlessAborted(startTensorFlow(threads === undefined ? {} : { threads }), signal);
    }
    for (const stage of trainingStages.filter(wants)) {
      for await (const run of runsOf(workshop, stage)) await perform(workshop, run);
    }
  }
  if (wants("tables")) {
    if (!trainingStages.some(wants)) await hold();
    await tables(options);
  }
}

/** Every split that the later stages read, with a table of what became of its rows. */
async function preprocess(workshop: Workshop): Promise<void> {
  const started = performance.now();
  const report: Parameters<typeof reportPrepared>[0][number][] = [];
  for (const name of tasksToRead(workshop.options)) {
    const prepared = await prepare(workshop, tasks[name], "train");
    report.push({ task: tasks[name], split: "train", prepared });
    report.push(...await prepareScored(workshop, name));
  }
  console.log(reportPrepared(report, (performance.now() - started) / 1000));
}

async function tables({ results }: ReproduceOptions): Promise<void> {
  const markdown = await writeTables(results, {
    command: "deno task reproduce",
    commit: await currentCommit(),
    date: new Date().toISOString().slice(0, 10),
    selection,
  });
  console.log(`\n${markdown}\nWritten to ${results}/tables.md and tables.csv.`);
}
