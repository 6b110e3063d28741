/**
 * All checks by kind, and the run through some of them.
 *
 * @module
 */

import type { Precision } from "../../tensorflow/operations/matmul.ts";
import { type ComparisonKind, type ComparisonRow, failedRow, kinds } from "./compare.ts";
import { checkFeatures } from "./features.ts";
import { checkFiles } from "./files.ts";
import { checkForward } from "./forward.ts";
import { checkGradients } from "./gradients.ts";
import { checkMetrics } from "./metrics.ts";
import type { Reference } from "./reference.ts";
import { checkSampler } from "./sampler.ts";
import { checkSchedule } from "./schedule.ts";
import { checkTokenizer } from "./tokenizer.ts";
import { checkTrajectories } from "./trajectory.ts";

/** Compares everything of one kind. */
export type Check = (
  reference: Reference,
  precision: Precision,
) => Promise<readonly ComparisonRow[]> | AsyncIterable<ComparisonRow>;

/** The check of each kind. */
const checks: Readonly<Record<ComparisonKind, Check>> = {
  tokenizer: checkTokenizer,
  features: checkFeatures,
  files: checkFiles,
  metrics: checkMetrics,
  schedule: checkSchedule,
  sampler: checkSampler,
  forward: checkForward,
  gradients: checkGradients,
  trajectory: (reference, precision) => checkTrajectories(reference, { precision }),
};

/** The rows of the chosen kinds, as they come; a kind that cannot be checked is a failed row. */
export async function* runChecks(
  reference: Reference,
  chosen: readonly ComparisonKind[] = kinds,
  precision: Precision = "float32",
): AsyncGenerator<ComparisonRow> {
  for (const kind of chosen) {
    try {
      let rows = 0;
      for await (const row of await checks[kind](reference, precision)) {
        rows++;
        yield row;
      }
      if (rows === 0) yield failedRow(kind, "all", new Error("nothing of this kind is recorded"));
    } catch (error) { // a file of the folder is missing or damaged
      yield failedRow(kind, "all", error);
    }
  }
}
