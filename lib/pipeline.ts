/**
 * The stages one after another: what `deno task reproduce` does.
 *
 * @module
 */

import { circumstances } from "./circumstances.ts";
import { type Experiment, experiments, selection, type Size, type Stage } from "./experiments.ts";
import { ensureEncoder } from "./input/download.ts";
import { selectRows } from "./input/features.ts";
import { loadTokenizer, type Tokenizer } from "./input/tokenizer.ts";
import { loadCheckpoint } from "./model/checkpoint.ts";
import type { Values } from "./model/parameters.ts";
import { loadPretrained, type Pretrained } from "./model/pretrained.ts";
import { hasSplit, type Prepared, prepareSplit } from "./prepare.ts";
import type { Preset } from "./presets.ts";
import { createRandom, split } from "./random.ts";
import { percentage } from "./report/runs.ts";
import { finishedRun, identityOf, openRunFolder, type RunRecord, writeTables } from "./results.ts";
import { performRun, type RunPlan, type RunTask } from "./run.ts";
import { type Task, type TaskName, taskNamed, tasks } from "./tasks.ts";
import { startTensorFlow } from "./tensorflow/backend.ts";
import type { Precision } from "./tensorflow/operations/matmul.ts";
import { reportPrepared, runReporter } from "./terminal.ts";

/** Names of the stages in their order. */
export const stageNames = ["preprocess", "refine", "finetune", "adapt", "tables"] as const;

/** Name of a stage. */
export type StageName = typeof stageNames[number];

/** What to reproduce. */
export interface ReproduceOptions {
  readonly size: Size;
  readonly data: string;
  readonly encoder: string;
  readonly stages: readonly StageName[];
  readonly tasks?: readonly TaskName[];
  readonly fractions?: readonly number[];
  readonly seeds?: number;
  readonly maxSteps?: number;
  readonly preset: Preset;
  readonly precision: Precision;
  readonly threads?: number;
  readonly results: string;
}

/** What the stages share. */
interface Workshop {
  readonly options: ReproduceOptions;
  readonly encoder: Pretrained;
  readonly tokenizer: Tokenizer;
  readonly signal: AbortSignal | undefined;
  /** Prepared splits by task, split and greatest length. */
  readonly prepared: Map<string, Promise<Prepared>>;
}

/** To be raised when the code changes what a run computes, so that older runs are made again. */
const RUN_VERSION = 1;

/**
 * Runs the chosen stages; finished runs of the same configuration, data and encoder are kept.
 *
 * @throws one sentence that says what to do, when something is missing or can't be read or written.
 *
 * @example
 * ```ts ignore
 * await reproduce(parseReproduce(["--only", "refine,tables"])!);
 * ```
 */
export async function reproduce(options: ReproduceOptions, signal?: AbortSignal): Promise<void> {
  const folder = await ensureEncoder(options.encoder);
  const encoder = await loadPretrained(folder);
  const tokenizer = await loadTokenizer(encoder.tokenizerFile);
  checkFit(encoder, tokenizer, options.size);
  await startTensorFlow(options.threads === undefined ? {} : { threads: options.threads });
  const workshop = { options, encoder, tokenizer, signal, prepared: new Map() };
  const wants = (stage: StageName) => options.stages.includes(stage);
  if (wants("preprocess")) await preprocess(workshop);
  if (wants("refine")) {
    for (const seed of seedsOf(workshop, "refine")) await refine(workshop, seed);
  }
  if (wants("finetune")) await finetune(workshop);
  if (wants("adapt")) await adapt(workshop);
  if (wants("tables")) await tables(workshop);
}

/** What neither the encoder's folder nor the experiment can know alone. */
function checkFit({ config }: Pretrained, tokenizer: Tokenizer, size: Size): void {
  if (tokenizer.size > config.vocabulary) {
    throw new Error(
      `Encoder "${config.name}" has ${config.vocabulary} word embeddings, but its tokenizer.json ` +
        `has ${tokenizer.size} pieces: the two don't belong together.`,
    );
  }
  const { maxLength } = experiments[size].refine.recipe;
  if (maxLength > config.positions) {
    throw new Error(
      `Encoder "${config.name}" reads at most ${config.positions} pieces, --size ${size} needs ` +
        `${maxLength}.`,
    );
  }
}

/** Every split that the later stages read, with a table of what became of its rows. */
async function preprocess(workshop: Workshop): Promise<void> {
  const stages = (["refine", "finetune", "adapt"] as const)
    .filter((stage) => workshop.options.stages.includes(stage));
  const names = new Set(
    (stages.length > 0 ? stages : ["refine", "finetune", "adapt"] as const)
      .flatMap((stage) => tasksOf(workshop, stage)),
  );
  const started = performance.now();
  const report: { task: Task; split: string; prepared: Prepared }[] = [];
  for (const name of names) {
    const task = taskNamed(name);
    for (const part of ["train", ...task.evaluated]) {
      report.push({ task, split: part, prepared: await prepare(workshop, task, part) });
    }
  }
  console.log(reportPrepared(report, (performance.now() - started) / 1000));
}

function experimentOf({ options }: Workshop, stage: Stage): Experiment {
  return experiments[options.size][stage];
}

function tasksOf(workshop: Workshop, stage: Stage): readonly TaskName[] {
  const all = experimentOf(workshop, stage).tasks;
  const { tasks: chosen } = workshop.options;
  if (stage === "refine" || !chosen) return all;
  const kept = all.filter((name) => chosen.includes(name));
  // a task outside the default list, as ranking, is finetuned when it is asked for by name
  const extra = chosen.filter((name) => !all.includes(name) && tasks[name].splits.train);
  return stage === "finetune"
    ? [...kept, ...extra.filter((name) => !experimentOf(workshop, "adapt").tasks.includes(name))]
    : kept;
}

function seedsOf(workshop: Workshop, stage: Stage): number[] {
  const count = workshop.options.seeds ?? experimentOf(workshop, stage).seeds;
  return Array.from({ length: count }, (_, i) => i + 1);
}

function prepare(workshop: Workshop, task: Task, part: string): Promise<Prepared> {
  const { options, tokenizer, prepared } = workshop;
  const { maxLength } = experiments[options.size].refine.recipe;
  const key = `${task.name}/${part}`;
  const found = prepared.get(key) ??
    prepareSplit(task, part, { data: options.data, tokenizer, maxLength, preset: options.preset });
  prepared.set(key, found);
  return found;
}

/** The rows and head of one task of a run. */
async function runTask(
  workshop: Workshop,
  stage: Stage,
  name: TaskName,
  draw?: { fraction: number; seed: number },
): Promise<RunTask> {
  const task: Task = tasks[name];
  const train = await prepare(workshop, task, "train");
  const evaluated = [];
  for (const scored of Object.values<Task>(tasks).filter(({ headOf }) => headOf === name)) {
    for (const part of scored.evaluated) {
      const own = scored.name === name;
      if (!own && !await hasSplit(scored, part, workshop.options.data)) continue;
      evaluated.push({
        task: scored,
        split: part,
        prepared: await prepare(workshop, scored, part),
      });
    }
  }
  const head = experimentOf(workshop, stage).head === "san" ? task.refineHead : task.head;
  if (!draw) return { task, head, train, features: train.features, evaluated };
  const rows = train.features.targets.length;
  const count = Math.floor(draw.fraction * rows);
  if (count < 1) {
    throw new Error(
      `Cannot adapt to ${task.title} with ${
        percentage(draw.fraction)
      } of ${rows} rows: that is none.`,
    );
  }
  const stream = split(createRandom(draw.seed), `draw ${name}`);
  const chosen = [...stream.choice(rows, count)]; // a prefix of one permutation: draws nest
  const features = draw.fraction === 1 ? train.features : selectRows(train.features, chosen);
  return draw.fraction === 1
    ? { task, head, train, features, evaluated }
    : { task, head, train, features, evaluated, chosen };
}

/** The refined network of a seed, from its checkpoint or trained now. */
async function refine(workshop: Workshop, seed: number): Promise<RunRecord> {
  const runTasks = [];
  for (const name of tasksOf(workshop, "refine")) {
    runTasks.push(await runTask(workshop, "refine", name));
  }
  return await perform(workshop, {
    stage: "refine",
    encoder: "plain",
    seed,
    tasks: runTasks,
    values: workshop.encoder.parameters,
    origin: workshop.encoder.hash,
  });
}

/** Values of the encoder to start from, and what identifies them. */
async function startingPoint(
  workshop: Workshop,
  encoder: "plain" | "refined",
  seed: number,
): Promise<{ values: Readonly<Record<string, Values>>; origin: string }> {
  if (encoder === "plain") {
    return { values: workshop.encoder.parameters, origin: workshop.encoder.hash };
  }
  const refinements = workshop.options.stages.includes("refine")
    ? seedsOf(workshop, "refine").length
    : experimentOf(workshop, "refine").seeds;
  const refined = 1 + (seed - 1) % refinements;
  const record = await refine(workshop, refined);
  const folder = `${workshop.options.results}/${folderName(workshop, "refine", "plain", refined)}`;
  const { parameters } = await loadCheckpoint(`${folder}/checkpoint`);
  const values = Object.fromEntries(
    Object.entries(parameters).filter(([path]) => path.startsWith("encoder/")),
  );
  return { values, origin: record.identity };
}

async function finetune(workshop: Workshop): Promise<void> {
  for (const seed of seedsOf(workshop, "finetune")) {
    for (const encoder of ["plain", "refined"] as const) {
      const start = await startingPoint(workshop, encoder, seed);
      for (const name of tasksOf(workshop, "finetune")) {
        const entry = await runTask(workshop, "finetune", name);
        await perform(workshop, { stage: "finetune", encoder, seed, tasks: [entry], ...start });
      }
    }
  }
}

async function adapt(workshop: Workshop): Promise<void> {
  const fractions = workshop.options.fractions ?? experimentOf(workshop, "adapt").fractions;
  for (const seed of seedsOf(workshop, "adapt")) {
    for (const encoder of ["plain", "refined"] as const) {
      const start = await startingPoint(workshop, encoder, seed);
      for (const name of tasksOf(workshop, "adapt")) {
        for (const fraction of fractions) {
          const entry = await runTask(workshop, "adapt", name, { fraction, seed });
          const run = {
            stage: "adapt",
            encoder,
            seed,
            tasks: [entry],
            fraction,
            ...start,
          } as const;
          await perform(workshop, run);
        }
      }
    }
  }
}

/** A run and what its starting values are identified by. */
type Run = Pick<RunPlan, "stage" | "encoder" | "seed" | "tasks" | "values" | "fraction"> & {
  readonly origin: string;
};

function folderName(
  { options }: Workshop,
  stage: Stage,
  encoder: string,
  seed: number,
  task = "multitask",
  fraction?: number,
): string {
  const parts: string[] = [options.size, stage];
  if (stage !== "refine") parts.push(encoder);
  if (fraction !== undefined) parts.push(String(fraction));
  return `${parts.join("-")}/${task}/seed-${seed}`;
}

/** Trains and scores, unless the same run is finished already. */
async function perform(workshop: Workshop, run: Run): Promise<RunRecord> {
  const { options, encoder, signal } = workshop;
  const { stage, seed, fraction } = run;
  const task = stage === "refine" ? "multitask" : run.tasks[0]!.task.name;
  const name = folderName(workshop, stage, run.encoder, seed, task, fraction);
  const configuration = configurationOf(workshop, run);
  const identity = identityOf(configuration);
  const finished = await finishedRun(options.results, name, identity, stage === "refine");
  if (finished) {
    if (!kept.has(name)) console.log(`${name}: finished before, kept`);
    kept.add(name);
    return finished;
  }
  const folder = await openRunFolder(options.results, name);
  const reporter = runReporter(name);
  const started = performance.now();
  try {
    const outcome = await performRun(
      {
        ...run,
        size: options.size,
        encoderName: encoder.config.name,
        config: encoder.config,
        experiment: experimentOf(workshop, stage),
        precision: options.precision,
        preset: options.preset,
        ...(options.maxSteps !== undefined && { maxSteps: options.maxSteps }),
      },
      folder,
      reporter,
      signal,
    );
    const { summaries, ...rest } = outcome;
    const record: RunRecord = {
      identity,
      configuration: { ...configuration, ...rest },
      circumstances: await circumstances((performance.now() - started) / 1000),
      summaries,
    };
    await folder.write("run.json", JSON.stringify(record, null, 2) + "\n");
    await folder.finish();
    kept.add(name);
    reporter.finished(summaries);
    return record;
  } catch (error) {
    reporter.failed();
    await folder.abandon();
    throw error;
  }
}

/** Runs made or kept by this process, so that each is announced once. */
const kept = new Set<string>();

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
    preset: options.preset,
    precision: options.precision,
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

async function tables({ options }: Workshop): Promise<void> {
  const { commit, date, versions } = await circumstances(0);
  const markdown = await writeTables(options.results, {
    command: "deno task reproduce",
    commit,
    date: date.slice(0, 10),
    versions,
    selection,
  });
  console.log(`\n${markdown}\nWritten to ${options.results}/tables.md and tables.csv.`);
}
