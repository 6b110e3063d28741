/**
 * One run of a stage: where it lies, what identifies it, and how it is made, or kept where it was made
 * before.
 *
 * @module
 */

import { join } from "node:path";
import { circumstances } from "./machine.ts";
import { DEFAULT_ENCODER } from "../hub/encoders.ts";
import { presetRecord } from "../presets.ts";
import { finishedRun, identityOf, type RunRecord } from "./results.ts";
import { openRunFolder, otherUnfinished, placeAside } from "./folder.ts";
import { performRun } from "./perform.ts";
import type { RunPlan } from "./plan.ts";
import { experimentOf, type Workshop } from "./session.ts";

/** A run to be made or found. */
export interface Run
  extends
    Pick<RunPlan, "stage" | "encoder" | "seed" | "tasks">,
    Partial<Pick<RunPlan, "fraction">> {
  /** What its starting values are identified by. */
  readonly origin: string;
  /** The values it starts from; where another run leaves them, that one is made first. */
  readonly values: RunPlan["values"];
}

/** To be raised when the code changes what a run computes, so that older runs are made again. */
const RUN_VERSION = 6;

/**
 * Where a run's files go below the results folder. What is not the default is in the name, so that
 * runs of another encoder, preset or precision stand beside each other.
 */
export function folderName(
  { options, encoder }: Pick<Workshop, "options" | "encoder">,
  { stage, encoder: from, seed, fraction, tasks }: Pick<
    Run,
    "stage" | "encoder" | "seed" | "fraction" | "tasks"
  >,
): string {
  const parts: string[] = [options.size, stage];
  if (stage !== "refine") parts.push(from);
  if (fraction !== undefined) parts.push(String(fraction));
  if (encoder.config.name !== DEFAULT_ENCODER) parts.push(encoder.config.name);
  if (options.preset.name !== "fixed") parts.push(options.preset.name);
  if (options.precision !== "float32") parts.push(options.precision);
  const task = stage === "refine" ? "multitask" : tasks[0]!.task.name;
  return `${parts.join("-")}/${task}/seed-${seed}`;
}

/** What identifies a run: a hash of everything its numbers depend on. */
export function identityOfRun(workshop: Workshop, run: Run): string {
  return identityOf(configurationOf(workshop, run));
}

/**
 * The record of a run that was made before, as it would be made now; else null. `weights`: whether
 * those it keeps have to be there, which they are not in a clone of its results.
 */
export async function findRun(
  workshop: Workshop,
  run: Run,
  { weights = true } = {},
): Promise<RunRecord | null> {
  const identity = identityOfRun(workshop, run);
  const name = folderName(workshop, run);
  const needed = weights && keepsWeights(workshop, run);
  return await finishedRun(workshop.options.results, name, identity, needed);
}

/** Trains and scores, unless the same run is finished already. */
export async function perform(workshop: Workshop, run: Run): Promise<RunRecord> {
  const name = folderName(workshop, run);
  const finished = await findRun(workshop, run);
  if (finished && !workshop.announced.has(name)) console.log(`${name}: finished before, kept`);
  const record = finished ?? await makeRun(workshop, run, name);
  workshop.announced.add(name);
  return record;
}

/** Whether the weights of a run's best epoch stay: those of the multi-task stage always do. */
function keepsWeights({ options }: Workshop, { stage }: Pick<Run, "stage">): boolean {
  return stage === "refine" || options.keepWeights === true;
}

async function makeRun(workshop: Workshop, run: Run, name: string): Promise<RunRecord> {
  const { options, signal } = workshop;
  const configuration = configurationOf(workshop, run);
  const identity = identityOf(configuration);
  for (const other of await otherUnfinished(options.results, name, identity)) {
    console.log(`${other}: unfinished, of another configuration; left as it is`);
  }
  const plan = planOf(workshop, run);
  const aside = await placeAside(join(options.results, name), identity);
  if (aside) console.log(`${name}: one of another configuration is there, it goes to ${aside}`);
  const folder = await openRunFolder(options.results, name, identity);
  folder.damaged.forEach((problem) => console.log(`${name}: ${problem}; an older one is used`));
  const reporter = workshop.report(name);
  try {
    const { saving } = options;
    const control = { reporter, signal, ...(saving && { saving }) };
    const outcome = await performRun(plan, folder, control);
    const { summaries, seconds, resumed, ...rest } = outcome;
    const record: RunRecord = {
      identity,
      configuration: { ...configuration, ...rest },
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

function planOf(workshop: Workshop, { origin: _, ...run }: Run): RunPlan {
  const { options, encoder: { config } } = workshop;
  return {
    ...run,
    size: options.size,
    encoderName: config.name,
    config,
    experiment: experimentOf(workshop, run.stage),
    precision: options.precision,
    preset: options.preset,
    keepWeights: keepsWeights(workshop, run),
    unk: workshop.tokenizer.unk,
    ...(options.nonFinite && { nonFinite: options.nonFinite }),
    ...(options.maxSteps !== undefined && { maxSteps: options.maxSteps }),
  };
}

/** Everything that a run's numbers depend on. */
function configurationOf(workshop: Workshop, run: Run): Record<string, unknown> {
  const { options, encoder, tokenizer } = workshop;
  const { recipe, head } = experimentOf(workshop, run.stage);
  return {
    version: RUN_VERSION,
    stage: run.stage,
    size: options.size,
    encoder: { from: run.encoder, name: encoder.config.name, origin: run.origin },
    tokenizer: tokenizer.hash,
    seed: run.seed,
    fraction: run.fraction ?? null,
    recipe,
    head,
    maxSteps: options.maxSteps ?? null,
    preset: presetRecord(options.preset),
    precision: options.precision,
    ...(options.nonFinite === "skip" && { nonFinite: options.nonFinite }),
    tasks: run.tasks.map(({ task, head, train, features, evaluated }) => ({
      task: task.name,
      head: head.name,
      train: { file: train.file, sha256: train.digest, rows: features.targets.length },
      evaluated: evaluated.map(({ task, split, prepared }) => ({
        ...{ task: task.name, split, file: prepared.file, sha256: prepared.digest },
        rows: prepared.features.targets.length,
      })),
    })),
  };
}
