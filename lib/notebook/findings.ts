/**
 * What runs show, in sentences that are made of their numbers: a notebook's takeaways may not say
 * what its own tables contradict.
 *
 * @module
 */

import { average } from "../metrics/statistics.ts";
import { cellNumbers, difference } from "../report/cells.ts";
import { collectRows, percentage, type RunRow } from "../report/runs.ts";
import { taskNamed } from "../tasks.ts";
import type { Step } from "../types.ts";
import type { FinishedRun, ScoredSplit } from "./finished.ts";

/** The two encoders under one metric of a task; null where there is no run, or too few. */
export type EncoderComparison = {
  /** Title of the task. */
  readonly task: string;
  /** The split that was scored. */
  readonly split: string;
  /** Share of the training rows, as "10 %". */
  readonly share: string;
  /** Name of the metric; the first of a task and split is the one it is judged by. */
  readonly metric: string;
  /** Mean from the plain encoder. */
  readonly plain: number | null;
  /** Mean from the refined encoder. */
  readonly refined: number | null;
  /** Mean of refined - plain over the seeds of both. */
  readonly difference: number | null;
  /** Lower end of its 95 % interval. */
  readonly low: number | null;
  /** Upper end of its 95 % interval. */
  readonly high: number | null;
  /** Two-sided p. */
  readonly p: number | null;
  /** How many seeds both have. */
  readonly n: number;
};

/**
 * The rows of tables and figures that some runs make.
 *
 * @example
 * ```ts
 * import { tableRows } from "./findings.ts";
 * tableRows([]); // [], as no run is given
 * ```
 */
export function tableRows(runs: readonly FinishedRun[]): RunRow[] {
  return collectRows(runs.flatMap(({ record }) => record.summaries));
}

/**
 * The plain encoder against the refined one, a record for each task, split, share and metric.
 *
 * @example
 * ```ts
 * import { compareEncoders } from "./findings.ts";
 * compareEncoders([]); // []
 * ```
 */
export function compareEncoders(runs: readonly FinishedRun[]): EncoderComparison[] {
  return tableRows(runs).map(({ task, split, fraction, metric, plain, refined }) => {
    const found = difference(plain, refined);
    return {
      task: taskNamed(task).title,
      split,
      share: percentage(fraction ?? 1),
      metric,
      plain: cellNumbers(plain).mean,
      refined: cellNumbers(refined).mean,
      difference: found?.mean ?? null,
      low: found?.interval?.low ?? null,
      high: found?.interval?.high ?? null,
      p: found?.p ?? null,
      n: found?.pairs ?? 0,
    };
  });
}

/** A comparison that both encoders have runs for. */
type Compared = EncoderComparison & { readonly difference: number };

/**
 * What the two encoders' comparison comes to, as Markdown: where the refined one is ahead and
 * behind, how that changes with the share of the rows, and whether it may be luck.
 *
 * @example
 * ```ts
 * import { comparisonFindings } from "./findings.ts";
 * comparisonFindings([]); // "- No task was run from both encoders."
 * ```
 */
export function comparisonFindings(comparisons: readonly EncoderComparison[]): string {
  const firsts = [...Map.groupBy(comparisons, placeOf).values()].map(([first]) => first!);
  const compared = firsts.filter((each): each is Compared => each.difference !== null);
  if (compared.length === 0) return bullets(["No task was run from both encoders."]);
  const sorted = compared.toSorted((a, b) => b.difference - a.difference);
  const ahead = sorted.filter((each) => each.difference > 0);
  const behind = sorted.filter((each) => each.difference < 0).reverse();
  return bullets([
    `By the first metric the refined encoder is ahead in ${ahead.length} of ${compared.length} ` +
    `comparisons${most(ahead)}, and behind in ${behind.length}${most(behind)}.`,
    ...[...Map.groupBy(compared, ({ task }) => task).values()].flatMap(trendOf),
    chanceOf(compared),
  ]);
}

const placeOf = ({ task, split, share }: EncoderComparison) => `${task} ${split} ${share}`;
const gainOf = ({ metric, difference }: Compared) => `${metric} ${signed(difference)}`;

/** The greatest of some differences, in brackets. */
function most([first, ...rest]: readonly Compared[]): string {
  if (first === undefined) return "";
  return ` (${rest.length > 0 ? "most on " : ""}${first.task}, ${gainOf(first)})`;
}

/** How a task's difference changes from share to share; nothing to say of a single one. */
function trendOf(same: readonly Compared[]): string[] {
  const shares = new Set(same.map(({ share }) => share));
  if (shares.size < 2 || shares.size < same.length) return [];
  const steps = same.slice(1).map((each, i) => each.difference - same[i]!.difference);
  const trend = steps.every((step) => step < 0)
    ? "it shrinks as rows are added"
    : steps.every((step) => step > 0)
    ? "it grows as rows are added"
    : "it goes up and down";
  const told = same.map((each) => `${signed(each.difference)} at ${each.share}`).join(", ");
  return [`${same[0]!.task}, refined - plain: ${told}; ${trend}.`];
}

function chanceOf(compared: readonly Compared[]): string {
  const tested = compared.filter(({ p }) => p !== null);
  if (tested.length === 0) {
    return "With one seed each (n = 1) no difference can be told from luck: `--seeds` has more.";
  }
  const sure = tested.filter(({ p }) => p! < 0.05);
  const pairs = Math.max(...tested.map(({ n }) => n));
  const least = 2 ** (1 - pairs);
  const bound = least < 0.05 ? "" : ` (from ${pairs} pairs it can't be below ${least})`;
  return sure.length === 0
    ? `None of them has a p below 0.05${bound}.`
    : `p is below 0.05 in ${sure.length} of ${tested.length}: ${
      sure.map(({ task, share }) => `${task} at ${share}`).join(", ")
    }.`;
}

/** How a task's loss changed over a run. */
export type LossChange = {
  /** Name of the task. */
  readonly task: string;
  /** How many steps were the task's. */
  readonly steps: number;
  /** Mean loss of the first fifth of its steps. */
  readonly first: number | null;
  /** Mean loss of the last fifth of its steps. */
  readonly last: number | null;
};

/**
 * The loss of each task at the start and at the end of a run.
 *
 * @example
 * ```ts
 * import { lossChanges } from "./findings.ts";
 * lossChanges([]); // []
 * ```
 */
export function lossChanges(steps: readonly Step[]): LossChange[] {
  return [...Map.groupBy(steps, ({ task }) => task)].map(([task, own]) => {
    const losses = own.flatMap(({ loss }) => loss === null ? [] : [loss]);
    const count = Math.ceil(losses.length / 5);
    return {
      task,
      steps: own.length,
      first: average(losses.slice(0, count)),
      last: average(losses.slice(-count)),
    };
  });
}

/**
 * What a multi-task run comes to, as Markdown: whose loss fell, and whose accuracy is above that of
 * always saying the commonest label.
 *
 * @example
 * ```ts
 * import { runFindings } from "./findings.ts";
 * runFindings([{ task: "rte", steps: 8, first: 0.7, last: 0.6 }], []);
 * // "- The loss fell on rte (0.700 to 0.600)."
 * ```
 */
export function runFindings(
  changes: readonly LossChange[],
  results: readonly ScoredSplit[],
): string {
  const losses = changes.flatMap(({ task, first, last }) =>
    first === null || last === null
      ? []
      : [{ holds: last < first, told: `${task} (${first.toFixed(3)} to ${last.toFixed(3)})` }]
  );
  const accuracies = results.flatMap(({ task, split, scores: { accuracy }, commonest }) => {
    if (typeof accuracy !== "number" || commonest === null) return [];
    const of = task.evaluated.length > 1 ? `${task.title} ${split}` : task.title;
    return [{
      holds: accuracy > commonest,
      told: `${of} (${one(accuracy)} against ${one(commonest)})`,
    }];
  });
  return bullets([
    ...sentences(losses, "The loss fell on", "The loss did not fall on"),
    ...sentences(
      accuracies,
      "Accuracy is above the share of the commonest label on",
      "Accuracy is not above the share of the commonest label on",
    ),
  ]);
}

/** One sentence for where something holds, and one for where it doesn't; none for nowhere. */
function sentences(
  cases: readonly { readonly holds: boolean; readonly told: string }[],
  yes: string,
  no: string,
): string[] {
  return [true, false].flatMap((holds) => {
    const some = cases.filter((each) => each.holds === holds);
    return some.length === 0
      ? []
      : [`${holds ? yes : no} ${some.map(({ told }) => told).join(", ")}.`];
  });
}

const bullets = (sentences: readonly string[]) => sentences.map((each) => `- ${each}`).join("\n");
const one = (value: number) => value.toFixed(1);
const signed = (value: number) => `${value < 0 ? "" : "+"}${one(value)}`;
