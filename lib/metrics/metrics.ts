/**
 * Metrics: the predictions and the targets of one split in, one number out (x 100), null where
 * the metric has no value. Adding a metric means adding one `Metric` value here.
 *
 * Values equal scikit-learn and scipy to 1e-9 relative, which `tests/metrics/metrics_test.ts` checks
 * against numbers recorded from both.
 *
 * @module
 */

import { type Counts, requireAll, requireLabels, tally } from "./confusion.ts";
import { correlation, ranks } from "./correlation.ts";
import type { Scores } from "../types.ts";

export { confusionMatrix } from "./confusion.ts";

/** One metric: what tables call it and how it is computed. */
export interface Metric {
  /** The key in {@linkcode Scores}. */
  readonly name: string;
  /** The words a table prints. */
  readonly label: string;
  /** Whether it takes rows of several numbers, 0 or 1 for each label; when left out it doesn't. */
  readonly several?: boolean;
  /**
   * The metric x 100 over [rows, width] predictions and [rows, width] targets, one number a row
   * where the width is left out; null where it is undefined.
   *
   * Throws a RangeError if the two differ in length or hold a value the metric can't take.
   */
  compute(
    predictions: ArrayLike<number>,
    targets: ArrayLike<number>,
    width?: number,
  ): number | null;
}

/**
 * Share of rows whose predicted label is the target; null for no rows (scikit-learn's
 * `accuracy_score` refuses those). For ranking the label is the index of the chosen candidate.
 *
 * @example
 * ```ts
 * import { accuracy } from "./metrics.ts";
 * accuracy.compute([0, 1, 1, 1], [0, 1, 0, 1]); // 75
 * ```
 */
export const accuracy: Metric = {
  name: "accuracy",
  label: "accuracy",
  compute(predictions, targets) {
    requireLabels("accuracy", predictions, targets);
    if (targets.length === 0) return null;
    return (100 * tally(predictions, targets).correct) / targets.length;
  },
};

/**
 * Harmonic mean of precision and recall of label 1, 2 tp / (2 tp + fp + fn); null for no rows, and
 * 0 where neither predictions nor targets hold a 1, as scikit-learn's `f1_score` gives.
 *
 * Throws a RangeError on labels other than 0 and 1: {@linkcode macroF1} takes more.
 *
 * @example
 * ```ts
 * import { f1 } from "./metrics.ts";
 * f1.compute([1, 1, 0, 0], [1, 0, 1, 0]); // 50
 * ```
 */
export const f1: Metric = {
  name: "f1",
  label: "F1",
  compute(predictions, targets) {
    requireLabels("f1", predictions, targets, 2);
    if (targets.length === 0) return null;
    const positive = tally(predictions, targets).classes.get(1);
    return positive ? 100 * f1Of(positive) : 0;
  },
};

/**
 * Unweighted mean of the F1 of every label that occurs in the predictions or the targets, or, where
 * rows have several labels, of all labels, as scikit-learn's `f1_score(average="macro")`; null for
 * no rows. A label that occurs nowhere has an F1 of 0 (scikit-learn's `zero_division=0`).
 *
 * @example
 * ```ts
 * import { macroF1 } from "./metrics.ts";
 * macroF1.compute([0, 1, 2, 2], [0, 1, 2, 1]); // (100 + 66.7 + 66.7) / 3 = 77.8
 * ```
 */
export const macroF1: Metric = {
  name: "macroF1",
  label: "macro F1",
  several: true,
  compute(predictions, targets, width = 1) {
    const counts = countLabels("macroF1", predictions, targets, width);
    if (targets.length === 0) return null;
    return (100 * counts.reduce((sum, each) => sum + f1Of(each), 0)) / counts.length;
  },
};

/**
 * F1 over the decisions for all labels together, as scikit-learn's `f1_score(average="micro")`; null
 * for no rows, and 0 where neither predictions nor targets hold a label (`zero_division=0`). Where
 * every row has one label it is the accuracy.
 *
 * @example
 * ```ts
 * import { microF1 } from "./metrics.ts";
 * microF1.compute([1, 0, 1, 1], [1, 0, 0, 1], 2); // two rows of two labels: 2 x 2 / (3 + 2) = 80
 * ```
 */
export const microF1: Metric = {
  name: "microF1",
  label: "micro F1",
  several: true,
  compute(predictions, targets, width = 1) {
    const counts = countLabels("microF1", predictions, targets, width);
    if (targets.length === 0) return null;
    const total = (what: keyof Counts) => counts.reduce((sum, each) => sum + each[what], 0);
    return 100 * f1Of({
      predicted: total("predicted"),
      actual: total("actual"),
      correct: total("correct"),
    });
  },
};

/**
 * Matthews correlation of two or more labels: the correlation between the one-hot predictions and
 * targets (Gorodkin, "Comparing two K-category assignments by a K-category correlation
 * coefficient", 2004), as scikit-learn's `matthews_corrcoef`; null for no rows.
 *
 * Predictions or targets of a single label give 0, not null: that is scikit-learn's value, and the
 * one in published CoLA tables.
 *
 * @example
 * ```ts
 * import { matthews } from "./metrics.ts";
 * matthews.compute([1, 1, 0, 0], [1, 1, 0, 1]); // 57.7
 * ```
 */
export const matthews: Metric = {
  name: "matthews",
  label: "MCC",
  compute(predictions, targets) {
    requireLabels("matthews", predictions, targets);
    const n = targets.length;
    if (n === 0) return null;
    const { correct, classes } = tally(predictions, targets);
    let both = 0;
    let predicted = 0;
    let actual = 0;
    for (const counts of classes.values()) {
      both += counts.predicted * counts.actual;
      predicted += counts.predicted ** 2;
      actual += counts.actual ** 2;
    }
    // Both factors are whole numbers below n^2, exact for n < 9e7.
    const spread = Math.sqrt((n * n - predicted) * (n * n - actual));
    return spread === 0 ? 0 : (100 * (correct * n - both)) / spread;
  },
};

/**
 * Pearson correlation of {@linkcode correlation}; null for fewer than two rows and where
 * predictions or targets are constant (scipy's `pearsonr` refuses the first and gives nan for the
 * second).
 *
 * @example
 * ```ts
 * import { pearson } from "./metrics.ts";
 * pearson.compute([1, 2, 3], [2, 4, 7]); // 99.3
 * ```
 */
export const pearson: Metric = {
  name: "pearson",
  label: "Pearson",
  compute(predictions, targets) {
    requireFinite("pearson", predictions, targets);
    return percent(correlation(predictions, targets));
  },
};

/**
 * Spearman correlation: {@linkcode pearson} of the ranks, equal values sharing the mean of their
 * ranks, as scipy's `spearmanr`; null in the same cases, where scipy gives nan.
 *
 * @example
 * ```ts
 * import { spearman } from "./metrics.ts";
 * spearman.compute([1, 10, 100], [0.1, 0.2, 0.3]); // 100
 * ```
 */
export const spearman: Metric = {
  name: "spearman",
  label: "Spearman",
  compute(predictions, targets) {
    requireFinite("spearman", predictions, targets);
    return percent(correlation(ranks(predictions), ranks(targets)));
  },
};

/**
 * Every metric by its name.
 *
 * @example
 * ```ts
 * import { metrics } from "./metrics.ts";
 * metrics.accuracy.compute([0, 1, 1, 1], [0, 1, 0, 1]); // 75
 * ```
 */
export const metrics = {
  accuracy,
  f1,
  macroF1,
  matthews,
  microF1,
  pearson,
  spearman,
} satisfies Record<string, Metric>;

/**
 * The scores of one split under some metrics; `width` numbers a row, 1 when left out.
 *
 * Throws a RangeError where a metric can't take the rows.
 *
 * @example
 * ```ts
 * import { accuracy, computeScores, matthews } from "./metrics.ts";
 * computeScores([matthews, accuracy], [0, 1], [0, 1]); // { matthews: 100, accuracy: 100 }
 * ```
 */
export function computeScores(
  chosen: readonly Metric[],
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  width = 1,
): Scores {
  return Object.fromEntries(chosen.map((metric) => {
    if (width > 1 && !metric.several) {
      throw new RangeError(
        `Cannot compute ${metric.name}: rows have ${width} numbers each, expected one`,
      );
    }
    return [metric.name, metric.compute(predictions, targets, width)];
  }));
}

function percent(share: number | null): number | null {
  return share === null ? null : 100 * share;
}

/** 0 where the label occurs nowhere. */
function f1Of({ predicted, actual, correct }: Counts): number {
  return correct === 0 ? 0 : (2 * correct) / (predicted + actual);
}

/** Counts of every label that occurs; of every label there is where rows have several. */
function countLabels(
  name: string,
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  width: number,
): Counts[] {
  requireLabels(name, predictions, targets, width > 1 ? 2 : Infinity);
  if (width === 1) return [...tally(predictions, targets).classes.values()];
  const column = (values: ArrayLike<number>, label: number) =>
    Array.from({ length: values.length / width }, (_, row) => values[row * width + label]!);
  return Array.from({ length: width }, (_, label) => {
    const { classes } = tally(column(predictions, label), column(targets, label));
    return classes.get(1) ?? { predicted: 0, actual: 0, correct: 0 };
  });
}

function requireFinite(
  name: string,
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
): void {
  requireAll(name, predictions, targets, Number.isFinite, "a finite number");
}
