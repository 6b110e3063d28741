/**
 * How far each quantity may be from what was recorded, for each precision.
 *
 * **float32**: ten times or more the gap between the reference program's own values in float32 and
 * in float64, as advised beside the recorded values; gradient norms of whole runs have no advice.
 *
 * **bfloat16** keeps 8 bits, so its unit roundoff is u = 2^-8 where that of float32 is 2^-24. Both
 * factors of a matrix product are rounded, and the product too; sums and everything else stay
 * float32. Three roundings, each off by 0.42 u in the root mean square, put a product off by 0.7 u
 * of the root of its summed squares, whatever their number; with TensorFlow's own kernels, which
 * cut the product where oneDNN rounds it, by 1.05 u (measured: 2.9e-3 and 4.1e-3). What a chain of
 * such products adds up to is expected to be as much larger than float32's gap as u is: 2^16 times.
 * That says how large a deviation is plausible; what is allowed is 2 to 3 times the largest that
 * was measured over all recorded cases, eager and compiled, with oneDNN and without:
 *
 * | quantity | expected | measured | with oneDNN |
 * | --- | ---: | ---: | ---: |
 * | hidden states | 1.0e-1 | 7.9e-2 | 2.7e-2 |
 * | pooled | 3.9e-2 | 2.2e-2 | 1.5e-2 |
 * | logits of linear heads | 4.1e-2 | 2.0e-2 | 1.0e-2 |
 * | logits and inner values of the answer head | 1.9e-1 | 1.7e-1 | 7.4e-2 |
 * | probabilities | | 7.6e-3 | 3.4e-3 |
 * | loss / max(1, loss) | 2.0e-2 | 7.9e-3 | 1.9e-3 |
 * | gradients / global norm | 2.3e-2 | 1.0e-2 | 1.0e-2 |
 * | norms of gradients / global norm | 2.3e-2 | 3.1e-2 | 9.2e-3 |
 * | global norm / norm | 1.6e-2 | 5.6e-2 | 2.1e-2 |
 * | run: losses / max(1, loss) | 1.0e-1 | 4.1e-2 | 2.6e-2 |
 * | run: gradient norms, relative | | 2.2e-1 | 1.6e-1 |
 * | run: final parameters | 2.0e-1 | 9.9e-3 | 7.0e-3 |
 * | run: those without gradient in theory | | 2.0e-2 | 2.0e-2 |
 * | run: optimiser state | | 2.2e-2 | 2.2e-2 |
 * | run: word embeddings' mean, mean square | | 1.6e-7 | 1.1e-7 |
 * | run: final logits | 1.1e-1 | 3.3e-1 | 1.8e-1 |
 * | run: final logits within a ranking row | 1.3e-1 | 3.0e-2 | 3.0e-2 |
 * | run: final ranking logits | | 5.8e-2 | 4.4e-2 |
 *
 * Parameters stay nearer than expected because an update has the size of the rate, whatever the
 * gradient's: forty of them go 0.07 to 0.12 far, and those whose gradient is nothing but rounding
 * (2e-2 apart) go a part of that way in any direction.
 *
 * @module
 */

import type { Precision } from "../../tensorflow/operations/matmul.ts";
import type { Tolerance } from "./compare.ts";

/** An absolute tolerance. */
type Absolute = { readonly absolute: number };

/** The tolerance of each quantity whose value depends on the precision. */
export interface Tolerances {
  /** Embeddings and the output of every layer. */
  readonly hidden: Absolute;
  readonly pooled: Absolute;
  /** Logits of linear heads; a score is one. */
  readonly logits: Absolute;
  /** Logits and inner values of the answer head. */
  readonly answers: Absolute;
  readonly probabilities: Absolute;
  /** Of one batch, divided by max(1, loss). */
  readonly loss: Absolute;
  /** Divided by the global norm. */
  readonly gradients: Absolute;
  /** Norm of each parameter's gradient, divided by the global norm. */
  readonly gradientNorms: Absolute;
  /** Divided by itself. */
  readonly globalNorm: Absolute;
  /** Of each step of a run, divided by max(1, loss). */
  readonly losses: Absolute;
  /** Global norm at each step of a run. */
  readonly norms: Tolerance;
  /** After the last step of a run. */
  readonly parameters: Absolute;
  /** The same for parameters whose gradient is 0 in theory: they follow the rounding. */
  readonly aimless: Absolute;
  readonly optimizerState: Absolute;
  /** Mean and mean square of the table of word embeddings. */
  readonly words: Absolute;
  readonly finalLogits: Absolute;
  /** Differences between the candidates of a row. */
  readonly rankingDifferences: Absolute;
  readonly rankingLogits: Absolute;
}

/**
 * Tolerances by precision; the table above says where those of bfloat16 come from.
 *
 * @example
 * ```ts
 * import { createMeter } from "./compare.ts";
 * import { tolerances } from "./tolerances.ts";
 * const meter = createMeter(tolerances.bfloat16.pooled);
 * meter.add("pooled", 1, 1.02);
 * console.log(meter.row("forward", "tiny", "pooled").passed); // true
 * ```
 */
export const tolerances: Readonly<Record<Precision, Tolerances>> = {
  float32: {
    hidden: { absolute: 2e-5 },
    pooled: { absolute: 1e-5 },
    logits: { absolute: 1e-5 },
    answers: { absolute: 3e-5 },
    probabilities: { absolute: 1e-5 },
    loss: { absolute: 5e-6 },
    gradients: { absolute: 5e-6 },
    gradientNorms: { absolute: 5e-6 },
    globalNorm: { absolute: 1e-5 },
    losses: { absolute: 3e-5 },
    norms: { relative: 1e-4 }, // not advised: recorded in float32 and float64 they differ by 3e-6
    parameters: { absolute: 5e-5 },
    aimless: { absolute: 2e-3 },
    optimizerState: { absolute: 5e-5 },
    words: { absolute: 1e-8 },
    finalLogits: { absolute: 5e-5 },
    rankingDifferences: { absolute: 5e-5 },
    rankingLogits: { absolute: 2e-3 },
  },
  bfloat16: {
    hidden: { absolute: 0.2 },
    pooled: { absolute: 0.05 },
    logits: { absolute: 0.05 },
    answers: { absolute: 0.4 },
    probabilities: { absolute: 0.02 },
    loss: { absolute: 0.02 },
    gradients: { absolute: 0.03 },
    gradientNorms: { absolute: 0.08 },
    globalNorm: { absolute: 0.15 },
    losses: { absolute: 0.1 },
    norms: { relative: 0.5 },
    parameters: { absolute: 0.025 },
    aimless: { absolute: 0.05 },
    optimizerState: { absolute: 0.05 },
    words: { absolute: 4e-7 },
    finalLogits: { absolute: 0.8 },
    rankingDifferences: { absolute: 0.08 },
    rankingLogits: { absolute: 0.15 },
  },
};
