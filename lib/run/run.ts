/**
 * A planned run is made, or kept where it was made before.
 *
 * @module
 */

import { join } from "node:path";
import { createRandom } from "../base/random.ts";
import { loadCheckpoint } from "../model/checkpoint.ts";
import type { Values } from "../model/parameters.ts";
import { loadPretrained, withFreshPooler } from "../model/pretrained.ts";
import type { SavingPolicy } from "./checkpoints.ts";
import type { TerminalReporter } from "./console.ts";
import { openRunFolder, otherUnfinished, placeAside } from "./folder.ts";
import { circumstances } from "./machine.ts";
import { performRun } from "./perform.ts";
import type { RunPlan, Start } from "./plan.ts";
import { finishedRun, type RunRecord } from "./results.ts";
import { withEveryMetric } from "./rescore.ts";

/** Where and how runs are made; their numbers don't depend on it. */
export interface Workplace {
  readonly results: string;
  /** Shows one run while it is made. */
  readonly report: (name: string) => TerminalReporter;
  /** Stops before the next step, and saves a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /** When an unfinished run saves a checkpoint. */
  readonly saving?: SavingPolicy | undefined;
  /** Told of a run that was finished before. */
  readonly onKept?: (name: string) => void;
}

/**
 * The record of a run that was made before, as it would be made now; else null. `weights`: whether
 * those it keeps have to be there, which they are not in a clone of its results.
 */
export async function findRun(
  { name, identity, keepWeights }: RunPlan,
  results: string,
  { weights = true } = {},
): Promise<RunRecord | null> {
  return await finishedRun(results, name, identity, weights && keepWeights);
}

/**
 * Trains and scores, unless the same run is finished already; then only metrics that are new are
 * computed. The run that it starts from is made first where it is missing.
 *
 * @throws one sentence when something can't be read or written, or a loss is not finite; the signal's
 * reason when it is aborted.
 */
export async function perform(plan: RunPlan, place: Workplace): Promise<RunRecord> {
  const finished = await findRun(plan, place.results);
  if (finished === null) return await makeRun(plan, place);
  place.onKept?.(plan.name);
  return await withEveryMetric(finished, plan, place.results);
}

async function makeRun(plan: RunPlan, place: Workplace): Promise<RunRecord> {
  const { name, identity } = plan;
  const { results, signal, saving } = place;
  for (const other of await otherUnfinished(results, name, identity)) {
    console.log(`${other}: unfinished, of another configuration; left as it is`);
  }
  const aside = await placeAside(join(results, name), identity);
  if (aside) console.log(`${name}: one of another configuration is there, it goes to ${aside}`);
  const folder = await openRunFolder(results, name, identity);
  folder.damaged.forEach((problem) => console.log(`${name}: ${problem}; an older one is used`));
  const reporter = place.report(name);
  try {
    const values = () => valuesOf(plan.start, place);
    const control = { reporter, signal, ...(saving && { saving }) };
    const outcome = await performRun(plan, values, folder, control);
    const { summaries, seconds, resumed, ...rest } = outcome;
    const record: RunRecord = {
      identity,
      configuration: { ...plan.configuration, ...rest },
      circumstances: { ...await circumstances(seconds), ...(resumed.length > 0 && { resumed }) },
      summaries,
    };
    await folder.write("run.json", JSON.stringify(record, null, 2) + "\n");
    await folder.finish();
    await reporter.finished(summaries);
    return record;
  } catch (error) {
    await reporter.failed();
    await folder.leave();
    throw error;
  }
}

/**
 * Reads the encoder's values that a run starts from; where another run leaves them, that one is made
 * first if it is missing.
 *
 * @throws one sentence when the encoder was changed after it was opened, or can't be read.
 */
export async function valuesOf(
  start: Start,
  place: Workplace,
): Promise<Readonly<Record<string, Values>>> {
  if (start.from === "plain") return await pretrainedValues(start);
  await perform(start.run, place);
  const { parameters } = await loadCheckpoint(join(place.results, start.run.name, "checkpoint"));
  const values = Object.entries(parameters).filter(([path]) => path.startsWith("encoder/"));
  return Object.fromEntries(values);
}

async function pretrainedValues({ folder, hash }: Extract<Start, { from: "plain" }>) {
  const encoder = withFreshPooler(await loadPretrained(folder), createRandom("pooler"));
  if (encoder.hash === hash) return encoder.parameters;
  throw new Error(
    `Cannot start from the encoder "${folder}": its weights were changed after it was opened; run ` +
      `the command again.`,
  );
}
