/**
 * Counting rows by predicted label and by target, and the checks that go before counting.
 *
 * @module
 */

/**
 * [classes][classes] how many rows of each target (first index) got each prediction (second), the
 * layout of scikit-learn's `confusion_matrix`.
 *
 * Throws a RangeError if a label is not a whole number from 0 to `classes` - 1.
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "./confusion.ts";
 * confusionMatrix([0, 1, 1], [0, 0, 1], 2); // [[1, 1], [0, 1]]
 * ```
 */
export function confusionMatrix(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  classes: number,
): number[][] {
  requireLabels("confusionMatrix", predictions, targets, classes);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < targets.length; i++) matrix[targets[i]!]![predictions[i]!]! += 1;
  return matrix;
}

/** How often one label was predicted, was the target, and was both. */
export interface Counts {
  predicted: number;
  actual: number;
  correct: number;
}

/** What {@linkcode tally} counts. */
export interface Tally {
  /** Rows whose prediction is the target. */
  readonly correct: number;
  /** Counts of every label that occurs, in order of appearance. */
  readonly classes: ReadonlyMap<number, Readonly<Counts>>;
}

/**
 * Counts every label that occurs in [rows] predictions or [rows] targets, and the rows where the
 * two agree.
 *
 * @example
 * ```ts
 * import { tally } from "./confusion.ts";
 * tally([0, 1, 1], [0, 0, 1]).classes.get(1); // { predicted: 2, actual: 1, correct: 1 }
 * ```
 */
export function tally(predictions: ArrayLike<number>, targets: ArrayLike<number>): Tally {
  const classes = new Map<number, Counts>();
  const of = (label: number): Counts => {
    let counts = classes.get(label);
    if (!counts) classes.set(label, counts = { predicted: 0, actual: 0, correct: 0 });
    return counts;
  };
  let correct = 0;
  for (let i = 0; i < targets.length; i++) {
    const predicted = of(predictions[i]!);
    predicted.predicted++;
    of(targets[i]!).actual++;
    if (predictions[i] === targets[i]) {
      predicted.correct++;
      correct++;
    }
  }
  return { correct, classes };
}

/**
 * Throws a RangeError unless predictions and targets are equally long lists of label indices from
 * 0 to `classes` - 1; `name` says in the message what was to be computed.
 */
export function requireLabels(
  name: string,
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  classes = Infinity,
): void {
  requireAll(name, predictions, targets, (value) => {
    return Number.isInteger(value) && value >= 0 && value < classes;
  }, `a label index from 0${classes < Infinity ? ` to ${classes - 1}` : ""}`);
}

/**
 * Throws a RangeError unless predictions and targets are equally long and every value `fits`;
 * `expected` says in the message what would.
 */
export function requireAll(
  name: string,
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  fits: (value: number) => boolean,
  expected: string,
): void {
  if (predictions.length !== targets.length) {
    throw new RangeError(
      `Cannot compute ${name}: ${predictions.length} predictions for ${targets.length} targets, ` +
        "expected one prediction per target",
    );
  }
  for (const [what, values] of [["prediction", predictions], ["target", targets]] as const) {
    for (let i = 0; i < values.length; i++) {
      if (!fits(values[i]!)) {
        throw new RangeError(
          `Cannot compute ${name}: ${what} ${values[i]} at position ${i}, expected ${expected}`,
        );
      }
    }
  }
}
