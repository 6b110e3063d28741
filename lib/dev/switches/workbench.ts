/**
 * What the trainings of one command share: encoder, tokenizer, and the files' rows.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Recipe } from "../../recipes.ts";
import { DEFAULT_ENCODER, ensureEncoder } from "../../hub/encoders.ts";
import { openFile } from "../../input/files.ts";
import { loadTokenizer, type Tokenizer } from "../../input/tokenizer.ts";
import { loadCheckpoint, matchParameters } from "../../model/checkpoint.ts";
import { encoderOf } from "../../model/encoders.ts";
import { loadPretrained, type Pretrained, withFreshPooler } from "../../model/pretrained.ts";
import { findSplit, type Prepared, prepareSplit } from "../../run/dataset.ts";
import { type Preset, presetOptions, presets } from "../../presets.ts";
import { createRandom, split } from "../../base/random.ts";
import type { Task } from "../../train/task.ts";
import type { Precision } from "../../tensorflow/operations/matmul.ts";
import type { RowCounts } from "./records.ts";
import { chooseRows, type DrawnRows, drawRowNumbers, frequentShare } from "./rows.ts";
import {
  DEV_ROWS,
  precisionOf,
  presetOf,
  type Setting,
  settingTasks,
  type VariantName,
} from "./settings.ts";

/** What to measure. */
export interface SwitchesOptions {
  readonly data: string;
  readonly encoder: string;
  /** Folder of a refinement whose encoder to start from; the plain one when left out. */
  readonly refined?: string;
  /** Seeds 1 to this. */
  readonly seeds: number;
  /** Greatest number of training rows of a task; each setting has its own when left out. */
  readonly rows?: number;
  /** Greatest number of steps of a training. */
  readonly maxSteps?: number;
  /** The variants to train; all when left out. */
  readonly only?: readonly VariantName[];
  readonly precision: Precision;
  readonly threads?: number;
  readonly results: string;
}

/** One training in its setting. */
export interface Training {
  readonly setting: Setting;
  /** `fixed` where it is left out. */
  readonly variant?: VariantName;
  readonly seed: number;
}

/** What all trainings share. */
export interface Workbench {
  readonly options: SwitchesOptions;
  /** Its values are those to start from, and its hash theirs. */
  readonly encoder: Pretrained;
  readonly tokenizer: Tokenizer;
  /** Prepared splits by everything they depend on. */
  readonly prepared: Map<string, Promise<Prepared>>;
  /** File and sha256 of each split. */
  readonly files: Map<string, Promise<{ readonly file: string; readonly sha256: string }>>;
}

/** To be raised when the code changes what a training computes, so that older ones are made again. */
const VERSION = 1;

/** Finds encoder and tokenizer. */
export async function openWorkbench(options: SwitchesOptions): Promise<Workbench> {
  const folder = await ensureEncoder(options.encoder);
  const plain = withFreshPooler(await loadPretrained(folder), createRandom("pooler"));
  const { refined } = options;
  const encoder = refined === undefined ? plain : await refinedEncoder(plain, refined);
  const { specials } = encoderOf(encoder.config);
  const tokenizer = await loadTokenizer(encoder.tokenizerFile, specials);
  return { options, encoder, tokenizer, prepared: new Map(), files: new Map() };
}

/** The encoder with the values of a refinement's checkpoint. */
async function refinedEncoder(plain: Pretrained, folder: string): Promise<Pretrained> {
  const { parameters: found } = await loadCheckpoint(join(folder, "checkpoint"), {
    optimizer: false,
  });
  const expected = encoderOf(plain.config).parameters(plain.config);
  const { parameters } = matchParameters(found, expected, folder);
  const hash = createHash("sha256");
  for (const { values } of Object.values(parameters)) hash.update(values);
  return { ...plain, parameters, hash: hash.digest("hex") };
}

/** The setting's recipe, its sequences no longer than the encoder can read. */
export function recipeOf({ encoder }: Workbench, { recipe }: Setting): Recipe {
  return { ...recipe, maxLength: Math.min(recipe.maxLength, encoder.config.maxLength) };
}

/** Folder of a setting's records; what is not the default is in its name. */
export function folderOf({ options, encoder: { config } }: Workbench, { name }: Setting): string {
  const parts = [name];
  if (config.name !== DEFAULT_ENCODER) parts.push(config.name);
  if (options.refined !== undefined) parts.push("refined");
  if (options.precision !== "float32") parts.push(options.precision);
  return join(options.results, "switches", parts.join("-"));
}

/**
 * Everything that a training's numbers depend on.
 *
 * @throws when a file is missing; the error says what to do.
 */
export async function configurationOf(
  bench: Workbench,
  { setting, variant, seed }: Training,
): Promise<Record<string, unknown>> {
  const { options, encoder, tokenizer } = bench;
  const { name, tasks, head } = setting;
  const files: Record<string, unknown> = {};
  for (const task of settingTasks(setting)) {
    for (const part of ["train", task.evaluated[0]]) {
      files[`${task.name}/${part}`] = await fileOf(bench, task, part);
    }
  }
  return {
    version: VERSION,
    setting: name,
    tasks,
    head,
    recipe: recipeOf(bench, setting),
    seed,
    files,
    rows: { train: rowLimit(bench, setting), dev: DEV_ROWS },
    encoder: { name: encoder.config.name, origin: encoder.hash },
    tokenizer: tokenizer.hash,
    maxSteps: options.maxSteps ?? null,
    preset: presetOf(variant),
    precision: precisionOf(variant, options.precision),
  };
}

/** Greatest number of training rows of a task. */
function rowLimit({ options }: Workbench, { rows }: Setting): number {
  return options.rows ?? rows;
}

function fileOf({ files, options }: Workbench, task: Task, part: string) {
  const key = `${task.name}/${part}`;
  const found = files.get(key) ?? findSplit(task, part, options.data)
    .then(async (found) => ({ file: found.name, sha256: (await openFile(found)).digest }));
  files.set(key, found);
  return found;
}

/** A split as a preset reads it, prepared once. */
export function prepareWorkbench(
  bench: Workbench,
  setting: Setting,
  { task, part, preset }: { readonly task: Task; readonly part: string; readonly preset: Preset },
): Promise<Prepared> {
  const { prepared, tokenizer, options: { data } } = bench;
  const { maxLength } = recipeOf(bench, setting);
  const key = [task.name, part, preset.name, maxLength].join(" ");
  const found = prepared.get(key) ??
    prepareSplit(task, part, {
      data,
      tokenizer,
      maxLength,
      reading: presetOptions(preset).reading,
    });
  prepared.set(key, found);
  return found;
}

/**
 * The rows of a split in a training: training rows are drawn anew with each seed, scored rows are
 * always the same.
 */
export async function rowsOf(
  bench: Workbench,
  { setting, variant, seed }: Training,
  task: Task,
  part: string,
): Promise<DrawnRows & { readonly counts: RowCounts }> {
  const fixed = await prepareWorkbench(bench, setting, { task, part, preset: presets.fixed });
  const read = await prepareWorkbench(bench, setting, { task, part, preset: presetOf(variant) });
  const training = part === "train";
  const { rows } = fixed.features;
  const random = split(createRandom(training ? seed : "scored rows"), `draw ${task.name}`);
  const drawn = drawRowNumbers(rows, training ? rowLimit(bench, setting) : DEV_ROWS, random);
  const taken = chooseRows(drawn, fixed.features, read.features);
  const { file, subset } = fixed;
  const { features, changed } = taken;
  const frequent = task.labels.length === 0 ? null : frequentShare(features.targets);
  const counts = { file, subset, drawn: drawn.length, of: rows.length, changed, frequent };
  return { ...taken, counts };
}
