/**
 * Parity of what a head decides: probabilities, labels and scores.
 *
 * @module
 */

import type { Precision } from "../../tensorflow/operations/matmul.ts";
import { type ComparisonRow, createMeter } from "./compare.ts";
import { type RecordedHead, taskOfHead } from "./heads.ts";
import { tolerances } from "./tolerances.ts";

/** What a case decided. */
export interface RecordedDecisions {
  /** Probabilities of each row, or its score. */
  readonly predict_scores_f64?: readonly number[];
  /** The label of each row; 1 or 0 for each candidate of a ranking row, 0 for a score. */
  readonly predict_labels?: readonly number[];
}

/**
 * Compares what follows from the logits. A row counts for the decisions where its recorded lead is
 * more than probabilities within their tolerance could turn.
 *
 * @returns rows of the table; none where nothing was recorded.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { checkDecisions } from "./decisions.ts";
 * const head = { name: "sure", head: "linear", outputs: 2, candidates: 1 } as const;
 * const found = { ...head, predict_scores_f64: [0.9, 0.1], predict_labels: [0] };
 * const rows = checkDecisions(found, "sure", Float32Array.of(Math.log(9), 0), "float32");
 * assertEquals(rows.map(({ passed }) => passed), [true, true]);
 * ```
 */
export function checkDecisions(
  found: RecordedDecisions & RecordedHead,
  what: string,
  logits: Float32Array,
  precision: Precision,
): ComparisonRow[] {
  const { predict_scores_f64: scores, predict_labels: labels } = found;
  const ranking = found.candidates > 1;
  if (!scores || !labels) return [];
  if (ranking && found.head === "san") return []; // all equal, decided by rounding
  const limits = tolerances[precision];
  const outputs = ranking ? found.candidates : found.outputs;
  const predictions = taskOfHead(found).head.predict(logits, outputs);
  if (outputs === 1) {
    const meter = createMeter(limits.logits);
    meter.add("scores", predictions.flatMap(({ values }) => values), scores);
    return [meter.row("forward", what, "predicted scores")];
  }
  const [values, decisions] = [createMeter(limits.probabilities), createMeter("exact")];
  values.add("probabilities", predictions.flatMap(({ probabilities }) => probabilities), scores);
  const clear = [...predictions.keys()].filter((row) => {
    const [first = 0, second = 0] = cut(scores, row, outputs).toSorted((a, b) => b - a);
    return first - second > 2 * limits.probabilities.absolute;
  });
  decisions.add(
    "decisions",
    clear.map((row) => predictions[row]!.values[0]!),
    clear.map((row) => ranking ? cut(labels, row, outputs).indexOf(1) : labels[row]!),
  );
  return [
    values.row("forward", what, "probabilities"),
    ...clear.length > 0 ? [decisions.row("forward", what, "decisions")] : [],
  ];
}

function cut(values: readonly number[], row: number, width: number): readonly number[] {
  return values.slice(row * width, (row + 1) * width);
}
