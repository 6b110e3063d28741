/**
 * Comparing what a run ended with: parameters, optimiser state, logits.
 *
 * @module
 */

import type { Network } from "../../model/network.ts";
import type { Precision } from "../../tensorflow/operations/matmul.ts";
import type { Parts } from "../../train/progress.ts";
import type { OptimizerState } from "../../train/optimizers.ts";
import type { StepSettings } from "../../train/step.ts";
import { candidatesOf, type RecordedBatch } from "./batches.ts";
import { type ComparisonRow, createMeter } from "./compare.ts";
import { encoderNames, headParameter, type OurParameter, recordedValues } from "./heads.ts";
import type { RecordedRun } from "./runs.ts";
import type { Stored } from "./reference.ts";
import { tolerances } from "./tolerances.ts";

/** A run of ours after its last step. */
export interface FinalValues {
  readonly network: Network;
  readonly state: OptimizerState;
  /** By the number of the task. */
  readonly settings: ReadonlyMap<number, StepSettings>;
  readonly parts: Parts;
  /** By batch. */
  readonly logits: ReadonlyMap<string, Float32Array>;
  readonly precision: Precision;
}

/** Names of the two slots of state, by optimiser. */
const SLOTS: Readonly<Record<string, number>> = { exp_avg: 0, exp_inf: 1, next_m: 0, next_v: 1 };

/** The rows for the end of a run. */
export function compareFinal(
  what: string,
  run: RecordedRun,
  trained: FinalValues,
  batches: Readonly<Record<string, RecordedBatch>>,
  stored: Stored,
): ComparisonRow[] {
  return [
    ...compareParameters(what, run, trained, stored),
    compareWords(what, run, trained),
    compareCounts(what, run, trained),
    ...compareLogits(what, run, trained, batches),
  ];
}

function compareParameters(
  what: string,
  run: RecordedRun,
  { network, state, precision }: FinalValues,
  stored: Stored,
): ComparisonRow[] {
  const limits = tolerances[precision];
  const [final, slots] = [createMeter(limits.parameters), createMeter(limits.optimizerState)];
  const zero = createMeter(limits.aimless);
  const noise = new Set(run.parameters_whose_gradient_is_zero_in_theory);
  const prefix = `${run.name}.`;
  for (const [key, tensor] of Object.entries(stored)) {
    if (!key.startsWith(prefix) || key.endsWith(".rows")) continue;
    const [, name, slot] = /^(.*?)(?:\.(exp_avg|exp_inf|next_m|next_v))?$/.exec(
      key.slice(prefix.length),
    )!;
    const parameter = placeOf(name!, network);
    if (!parameter) continue;
    const expected = recordedValues(tensor, parameter).values;
    const variable = slot
      ? state[parameter.path]![SLOTS[slot]!]!
      : network.variables[parameter.path]!;
    const rows = stored[`${key}.rows`]?.values as Int32Array | undefined;
    const actual = rows ? chosenRows(variable.values(), rows, expected) : variable.values();
    (slot ? slots : noise.has(name!) ? zero : final).add(key, actual, expected);
  }
  return [
    final.row("trajectory", what, "final parameters"),
    ...noise.size > 0 ? [zero.row("trajectory", what, "those without gradient in theory")] : [],
    slots.row("trajectory", what, "optimiser state"),
  ];
}

/** Our parameter for a recorded name; none for one that the reference program never uses. */
function placeOf(name: string, { config }: Network): OurParameter | undefined {
  const head = /^scoring_list\.(\d+)\.(.*)$/.exec(name);
  if (!head) return encoderNames(config).get(name);
  if (head[2] === "alpha") return undefined;
  const { path, transposed } = headParameter(head[2]!);
  return { path: `heads/task_${head[1]}/${path}`, transposed };
}

function chosenRows(table: Float32Array, rows: Int32Array, like: Float32Array): Float32Array {
  const width = like.length / rows.length;
  const chosen = new Float32Array(like.length);
  rows.forEach((row, i) => chosen.set(table.subarray(row * width, (row + 1) * width), i * width));
  return chosen;
}

/** Sums over the whole table of word embeddings: rows that no batch uses only decay. */
function compareWords(
  what: string,
  { word_embeddings: words }: RecordedRun,
  trained: FinalValues,
): ComparisonRow {
  const meter = createMeter(tolerances[trained.precision].words);
  const table = trained.network.variables["encoder/embeddings/word"]!.values();
  let [sum, squares] = [0, 0];
  for (const value of table) {
    sum += value;
    squares += value * value;
  }
  meter.add("sum", sum, words.sum_f64, table.length);
  meter.add("sum of squares", squares, words.sum_of_squares_f64, table.length);
  return meter.row("trajectory", what, "word embeddings' mean, mean square");
}

function compareCounts(what: string, run: RecordedRun, trained: FinalValues): ComparisonRow {
  const meter = createMeter("exact");
  const { parts, settings, network } = trained;
  const learned = Object.entries(run.optimizer_steps_per_parameter)
    .filter((entry): entry is [string, number] => entry[1] !== null);
  for (const [name, steps] of learned) {
    const path = placeOf(name, network)?.path;
    if (path === undefined) continue;
    const head = /^heads\/task_(\d+)\//.exec(path)?.[1];
    const own = settings.get(Number(head ?? 0))!;
    const place = head !== undefined ? 2 : path.startsWith("encoder/pooler/") ? 1 : 0;
    meter.add(name, parts.before(own).counts[place]! - 1, steps);
  }
  return meter.row("trajectory", what, "updates of each parameter");
}

function compareLogits(
  what: string,
  { final_logits }: RecordedRun,
  { logits, precision }: FinalValues,
  batches: Readonly<Record<string, RecordedBatch>>,
): ComparisonRow[] {
  const limits = tolerances[precision];
  const [labels, raw] = [createMeter(limits.finalLogits), createMeter(limits.rankingLogits)];
  const differences = createMeter(limits.rankingDifferences);
  let ranked = false;
  for (const [name, rows] of Object.entries(final_logits)) {
    const [actual, expected] = [logits.get(name)!, rows.flat()];
    const candidates = candidatesOf(batches[name]!);
    if (candidates === 1) labels.add(name, actual, expected);
    else {
      ranked = true;
      raw.add(name, actual, expected);
      // Only differences within a row count: the common part is noise in the last bias.
      const within = (values: ArrayLike<number>) =>
        Array.from(values, (value, i) => value - values[i - i % candidates]!);
      differences.add(name, within(actual), within(expected));
    }
  }
  const alone = ranked && Object.keys(final_logits).length === 1;
  return [
    ...alone ? [] : [labels.row("trajectory", what, "final logits")],
    ...ranked
      ? [
        differences.row("trajectory", what, "final logits within a ranking row"),
        raw.row("trajectory", what, "final ranking logits"),
      ]
      : [],
  ];
}
