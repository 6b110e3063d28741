/**
 * What is minimised: from logits and targets to one loss per row.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { binaryCrossEntropy, crossEntropy, squaredError } from "../tensorflow/operations/losses.ts";
import { op } from "../tensorflow/operations/operation.ts";
import { reshape } from "../tensorflow/operations/shapes.ts";
import type { Decision } from "./heads.ts";

/** An objective: logits [b, c] and targets float32 [b, width] -> losses [b]. */
export interface Objective {
  /** As messages print it. */
  readonly name: string;
  /** What the heads decide whose logits it takes. */
  readonly suits: readonly Decision[];
  /** The loss of each row. */
  losses(logits: Tensor, targets: Tensor): Tensor;
}

/** -log of the probability of the label; for ranking the labels are the candidates. */
export const crossEntropyObjective: Objective = {
  name: "cross-entropy",
  suits: ["one", "candidate"],
  losses: (logits, targets) =>
    crossEntropy(logits, reshape(op("Cast", [targets], { DstT: 3 }), [-1])),
};

/** The mean over the labels of -log of the probability that each is right, or isn't. */
export const binaryCrossEntropyObjective: Objective = {
  name: "binary cross-entropy",
  suits: ["several"],
  losses: binaryCrossEntropy,
};

/** Squared difference to the raw score, without squashing (reference behaviour). */
export const squaredErrorObjective: Objective = {
  name: "mean squared error",
  suits: ["number"],
  losses: (logits, targets) => squaredError(reshape(logits, [-1]), reshape(targets, [-1])),
};

/**
 * All objectives by name.
 *
 * @example
 * ```ts
 * import { objectives } from "./objectives.ts";
 * objectives.crossEntropy.suits; // ["one", "candidate"]
 * ```
 */
export const objectives = {
  crossEntropy: crossEntropyObjective,
  binaryCrossEntropy: binaryCrossEntropyObjective,
  squaredError: squaredErrorObjective,
} as const satisfies Record<string, Objective>;
