/**
 * The stages that train, each as the plans of its runs.
 *
 * @module
 */

import { createRandom, split } from "../base/random.ts";
import { selectRows } from "../input/features.ts";
import { type Experiment, experiments, type Stage } from "../recipes.ts";
import { percentage } from "../report/runs.ts";
import type { Task } from "../train/task.ts";
import { type TaskName, tasks } from "../tasks.ts";
import type { Prepared } from "./dataset.ts";
import { fractionsOf, type StartName, startsOf, tasksOf } from "./options.ts";
import { planRun, type RunPlan, type RunTask, type Start } from "./plan.ts";
import { findRun } from "./run.ts";
import type { Session } from "./session.ts";

/** Plans the runs of a command, without training anything. */
export interface Planner {
  /**
   * The plans of a stage's runs, in their order. Stages after refining start from the plain encoder
   * and from the refined one, as `--from` says.
   *
   * @throws when a file that they read is bad, or a share of the rows is none.
   */
  plan(stage: Stage): Promise<RunPlan[]>;
}

/** A planner that reads, draws and identifies everything once. */
export function createPlanner(session: Session): Planner {
  const { options, encoder } = session;
  const plain: Start = { from: "plain", folder: encoder.folder, hash: encoder.hash };
  const entry = once(
    (stage: Stage, name: TaskName, draw: Draw) => runTask(session, stage, name, draw),
    (stage, name, { fraction, seed }) => [stage, name, fraction, fraction < 1 && seed].join(),
  );
  /** The multi-task run of a seed. */
  const refinement = once(async (seed: number) => {
    const runTasks = [];
    for (const name of tasksOf(options, "refine")) {
      runTasks.push(await entry("refine", name, { fraction: 1, seed }));
    }
    return planRun(session, { stage: "refine", start: plain, seed, tasks: runTasks });
  });
  const refinements = once(() => countRefinements(session, refinement));

  /** What a run of a seed starts from: the refined encoders take turns. */
  const startFrom = async (from: StartName, seed: number): Promise<Start> =>
    from === "plain"
      ? plain
      : { from, run: await refinement(1 + (seed - 1) % await refinements()) };

  const planLater = async (stage: "finetune" | "adapt"): Promise<RunPlan[]> => {
    const names = tasksOf(options, stage);
    const plans: RunPlan[] = [];
    for (const seed of names.length === 0 ? [] : seedsOf(session, stage)) {
      for (const from of startsOf(options)) {
        const start = await startFrom(from, seed);
        for (const name of names) {
          for (const fraction of stage === "adapt" ? fractionsOf(options) : [undefined]) {
            const tasks = [await entry(stage, name, { fraction: fraction ?? 1, seed })];
            const share = fraction === undefined ? {} : { fraction };
            plans.push(planRun(session, { stage, start, seed, tasks, ...share }));
          }
        }
      }
    }
    return plans;
  };
  return {
    plan: async (stage) => {
      if (stage !== "refine") return await planLater(stage);
      const seeds = Array.from({ length: await refinements() }, (_, i) => i + 1);
      return await Promise.all(seeds.map((seed) => refinement(seed)));
    },
  };
}

/** What `make` gives, made once for each key of its arguments. */
function once<Arguments extends unknown[], T>(
  make: (...of: Arguments) => Promise<T>,
  keyOf: (...of: Arguments) => string = (...of) => of.join(),
): (...of: Arguments) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (...of) => {
    const key = keyOf(...of);
    const found = made.get(key) ?? make(...of);
    made.set(key, found);
    return found;
  };
}

/** A share of the training rows, and the seed it is drawn by. */
interface Draw {
  readonly fraction: number;
  readonly seed: number;
}

/**
 * How many multi-task runs there are, whose encoders the later stages take turns with. Where the
 * seeds are given but refining is not asked for: as many of those as are there, so that leaving out
 * a finished stage changes nothing, and never more than a missing first one is trained.
 */
async function countRefinements(
  session: Session,
  refinement: (seed: number) => Promise<RunPlan>,
): Promise<number> {
  const { stages, seeds, size, results } = session.options;
  if (stages.includes("refine") || seeds === undefined) return seedsOf(session, "refine").length;
  let count = Math.min(seeds, experiments[size].refine.seeds);
  const isMade = async (seed: number) =>
    await findRun(await refinement(seed), results, { weights: false }) !== null;
  while (count < seeds && await isMade(count + 1)) count++;
  return count;
}

/** The seeds of a stage, from 1. */
function seedsOf({ options }: Session, stage: Stage): number[] {
  const count = options.seeds ?? experiments[options.size][stage].seeds;
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** The rows and head of one task of a run. */
async function runTask(
  { options, dataset }: Session,
  stage: Stage,
  name: TaskName,
  draw: Draw,
): Promise<RunTask> {
  const task: Task = tasks[name];
  const train = await dataset.prepare(task, "train");
  return {
    task,
    head: answers(experiments[options.size][stage], name) ? task.refineHead : task.head,
    train,
    ...drawRows(task, train, draw),
    evaluated: await dataset.scored(name),
  };
}

/** Whether an experiment gives a task the answer head, if the task can have it. */
function answers({ head }: Experiment, name: TaskName): boolean {
  return head === "san" || (Array.isArray(head) && head.includes(name));
}

/** A part of the training rows: a prefix of one permutation per seed, so that draws nest. */
function drawRows(
  { name, title }: Task,
  { features }: Prepared,
  { fraction, seed }: Draw,
): Pick<RunTask, "features" | "chosen"> {
  if (fraction === 1) return { features };
  const rows = features.rows.length;
  const count = Math.floor(Number((fraction * rows).toPrecision(12))); // 0.29 x 100 is 28.99...96
  if (count < 1) {
    throw new Error(
      `Cannot adapt to ${title} with ${percentage(fraction)} of ${rows} rows: that is none; ` +
        `choose larger shares with --fractions.`,
    );
  }
  const drawn = selectRows(features, split(createRandom(seed), `draw ${name}`).choice(rows, count));
  return { features: drawn, chosen: [...drawn.rows] };
}
