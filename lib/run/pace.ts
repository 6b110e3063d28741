/**
 * How far a command has come: which of its runs is being made, and how long the others will take.
 *
 * @module
 */

import { duration } from "../base/status.ts";
import type { RunPlan } from "./plan.ts";
import { findRun } from "./run.ts";

/** How far a command has come. */
export interface Pace {
  /** Takes note that the run called `name` begins; gives its place, as "run 3 of 16, 12 min left". */
  next(name: string): string;
}

/** Learning a piece takes about three times as long as scoring one. */
const SCORED_PIECE = 1 / 3;

/**
 * The pace of some runs, those that are there already left out and those that they start from
 * included. The time left is that of as many word pieces as were learned and scored so far.
 *
 * @param now milliseconds.
 *
 * @example
 * ```ts ignore
 * const pace = await createPace(plans, "results");
 * pace.next(plans[0].name); // "run 1 of 16"
 * ```
 */
export async function createPace(
  plans: readonly RunPlan[],
  results: string,
  now: () => number = () => performance.now(),
): Promise<Pace> {
  const missing = await missingRuns(plans, results);
  const begun: RunPlan[] = [];
  let started = 0;
  return {
    next: (name) => {
      const plan = missing.find((each) => each.name === name);
      if (begun.length === 0) started = now();
      const done = sumOf(begun);
      if (plan) begun.push(plan);
      const place = `run ${begun.length} of ${missing.length}`;
      const left = sumOf(missing.filter((each) => !begun.includes(each))) +
        (plan ? pieces(plan) : 0);
      if (done === 0) return place;
      return `${place}, ${duration((now() - started) / 1000 * left / done)} left`;
    },
  };
}

/** The runs to be made, each once, in their order. */
async function missingRuns(plans: readonly RunPlan[], results: string): Promise<RunPlan[]> {
  const missing = new Map<string, RunPlan>();
  for (const plan of plans) {
    if (await findRun(plan, results) !== null) continue;
    const { start } = plan;
    const first = start.from === "refined" && await findRun(start.run, results) === null;
    if (first) missing.set(start.run.name, start.run);
    missing.set(plan.name, plan);
  }
  return [...missing.values()];
}

/** Word pieces that a run learns, and scores by their cost. */
function pieces({ tasks, training: { epochs, batchSize, maxSteps = Infinity } }: RunPlan): number {
  const rows = sum(tasks.map(({ features }) => features.rows.length));
  const shareLearned = Math.min(1, maxSteps * batchSize / (rows * epochs));
  const learned = sum(tasks.map(({ features }) => features.tokens.length));
  const scored = sum(
    tasks.flatMap(({ evaluated }) =>
      evaluated.map(({ prepared }) => prepared.features.tokens.length)
    ),
  );
  return epochs * shareLearned * (learned + SCORED_PIECE * scored);
}

function sumOf(plans: readonly RunPlan[]): number {
  return sum(plans.map(pieces));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
