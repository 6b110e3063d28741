/**
 * Parity of metrics and of the decisions they are computed from.
 *
 * @module
 */

import {
  accuracy,
  f1,
  macroF1,
  matthews,
  type Metric,
  pearson,
  spearman,
} from "../../metrics/metrics.ts";
import { classify, type Head, rank } from "../../model/heads.ts";
import { taskOf } from "./mini_files.ts";
import { type ComparisonRow, createMeter } from "./compare.ts";
import type { Reference } from "./reference.ts";

interface Scored {
  readonly name: string;
  readonly predictions: readonly number[];
  readonly labels: readonly number[];
  /** null where the metric does not apply, nan where it is undefined; a share, not x 100. */
  readonly sklearn?: Readonly<Record<string, number | null>>;
  readonly scipy?: Readonly<Record<string, number | null>>;
  readonly [metric: string]: unknown;
}

interface Ranked {
  readonly name: string;
  readonly raw_scores: readonly number[];
  readonly positive_index: readonly number[];
  readonly softmax_scores_f32: readonly number[];
  readonly ACC: number;
}

interface Submitted {
  readonly task: string;
  readonly raw_scores: readonly (readonly number[])[];
  readonly scores_f32: readonly number[];
  readonly predictions: readonly number[];
  readonly labels: readonly number[];
  readonly metrics: Readonly<Record<string, number>>;
}

interface RecordedMetrics {
  readonly classification: readonly Scored[];
  readonly regression: readonly Scored[];
  readonly mnli: readonly Readonly<Record<"matched" | "mismatched", Scored>>[];
  readonly ranking: readonly Ranked[];
  readonly submission: readonly Submitted[];
}

/** The reference program's names of its metrics, and the names of the libraries behind them. */
const own = { ACC: accuracy, F1: f1, MCC: matthews, Pearson: pearson, Spearman: spearman };
const library = { accuracy, f1, macro_f1: macroF1, mcc: matthews, pearson, spearman };

/** Compares all metrics with the reference program's, scikit-learn's and scipy's. */
export async function checkMetrics(reference: Reference): Promise<ComparisonRow[]> {
  const recorded = await reference.json<RecordedMetrics>("metrics.json");
  const meter = createMeter({ relative: 1e-9 });
  const compare = (name: string, metric: Metric, { predictions, labels }: Scored, value: unknown) =>
    typeof value === "number" &&
    meter.add(`${metric.name} of "${name}"`, metric.compute(predictions, labels) ?? NaN, value);
  for (const scored of [...recorded.classification, ...recorded.regression]) {
    for (const [key, metric] of Object.entries(own)) {
      compare(scored.name, metric, scored, scored[key]);
    }
    for (const [key, share] of Object.entries(scored.sklearn ?? scored.scipy ?? {})) {
      compare(
        scored.name,
        library[key as keyof typeof library],
        scored,
        share === null ? null : 100 * share,
      );
    }
  }
  for (const [i, parts] of recorded.mnli.entries()) {
    for (const [part, scored] of [["matched", parts.matched], ["mismatched", parts.mismatched]]) {
      const { ACC } = scored as Scored;
      compare(`mnli ${i} ${part}`, accuracy, scored as Scored, ACC);
    }
  }
  return [
    meter.row("metrics", "from recorded predictions", "metrics"),
    ...checkDecisions(recorded),
  ];
}

/** Predictions of heads from recorded logits, and metrics of these. */
function checkDecisions({ ranking, submission }: RecordedMetrics): ComparisonRow[] {
  const [values, probabilities] = [createMeter("exact"), createMeter({ absolute: 1e-6 })];
  const metrics = createMeter({ relative: 1e-9 });
  const decide = (name: string, head: Head, logits: Float32Array, outputs: number) => ({
    name,
    predictions: head.predict(logits, outputs),
  });
  for (const { name, raw_scores, positive_index, softmax_scores_f32, ACC } of ranking) {
    const candidates = raw_scores.length / positive_index.length;
    const logits = Float32Array.from(raw_scores);
    const { predictions } = decide(name, rank(candidates), logits, candidates);
    const chosen = predictions.flatMap(({ values }) => values);
    const shares = predictions.flatMap((prediction) => prediction.probabilities);
    probabilities.add(`ranking "${name}"`, shares, softmax_scores_f32);
    metrics.add(`ranking "${name}"`, accuracy.compute(chosen, positive_index) ?? NaN, ACC);
  }
  for (const recorded of submission) {
    const task = taskOf(recorded.task);
    if (task.labels.length === 0) continue; // the reference program writes zeros for scores
    const logits = Float32Array.from(recorded.raw_scores.flat());
    const { predictions } = decide(task.name, classify, logits, task.labels.length);
    const chosen = predictions.flatMap(({ values }) => values);
    values.add(task.name, chosen, recorded.predictions);
    const shares = predictions.flatMap((prediction) => prediction.probabilities);
    probabilities.add(task.name, shares, recorded.scores_f32);
    for (const [key, value] of Object.entries(recorded.metrics)) {
      const metric = own[key as keyof typeof own];
      metrics.add(
        `${key} of ${task.name}`,
        metric.compute(chosen, recorded.labels) ?? NaN,
        value,
      );
    }
  }
  return [
    values.row("metrics", "from recorded logits", "labels"),
    probabilities.row("metrics", "from recorded logits", "probabilities"),
    metrics.row("metrics", "from recorded logits", "metrics"),
  ];
}
