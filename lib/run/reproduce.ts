/**
 * The stages one after another: what `deno task reproduce` does before the notebooks.
 *
 * @module
 */

import { selection } from "../recipes.ts";
import { tasks } from "../tasks.ts";
import { startTensorFlow } from "../tensorflow/backend.ts";
import { reportPrepared, runReporter } from "./console.ts";
import { currentCommit } from "./machine.ts";
import { type ReproduceOptions, type StageName, tasksToRead, trainingStages } from "./options.ts";
import type { RunPlan } from "./plan.ts";
import { createPace } from "./pace.ts";
import { openResults, writeTables } from "./results.ts";
import { perform } from "./run.ts";
import { checkTasks, openSession, type Session, unlessAborted } from "./session.ts";
import { createPlanner } from "./stages.ts";

/**
 * Runs the chosen stages up to the tables; all runs are planned before the first is made, finished
 * ones of the same configuration, data and encoder are kept. The signal stops before the next step;
 * a run that is stopped is saved and goes on when it is asked for again.
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
  const training = trainingStages.filter(wants);
  using held = new DisposableStack();
  const hold = async () => held.use(await openResults(options.results));
  if (wants("preprocess") || training.length > 0) {
    const session = await openSession(options, signal);
    if (training.length > 0) await hold();
    if (wants("preprocess")) await preprocess(session);
    if (training.length > 0) await train(session, signal);
  }
  if (wants("tables")) {
    if (training.length === 0) await hold();
    await tables(options);
  }
}

/** Plans the runs of all chosen stages, then makes them. */
async function train(session: Session, signal: AbortSignal | undefined): Promise<void> {
  const { results, stages, threads, saving } = session.options;
  const planner = createPlanner(session);
  const plans: RunPlan[] = [];
  for (const stage of trainingStages.filter((stage) => stages.includes(stage))) {
    plans.push(...await planner.plan(stage));
  }
  await unlessAborted(startTensorFlow(threads === undefined ? {} : { threads }), signal);
  const pace = await createPace(plans, results);
  const announced = new Set<string>();
  const onKept = (name: string) => {
    if (!announced.has(name)) console.log(`${name}: finished before, kept`);
    announced.add(name);
  };
  const report = (name: string) => {
    announced.add(name);
    return runReporter(name, pace.next(name));
  };
  for (const plan of plans) await perform(plan, { results, report, signal, saving, onKept });
}

/** Every split that the later stages read, with a table of what became of its rows. */
async function preprocess({ options, dataset }: Session): Promise<void> {
  const started = performance.now();
  const report: Parameters<typeof reportPrepared>[0][number][] = [];
  for (const name of tasksToRead(options)) {
    const prepared = await dataset.prepare(tasks[name], "train");
    report.push({ task: tasks[name], split: "train", prepared });
    report.push(...await dataset.scored(name));
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
