/**
 * Which measurements the options ask for, and how often each is made.
 *
 * @module
 */

import type { Measurement, Precision } from "./measurement.ts";

/** Parts of the benchmark, in their order. */
export const parts = ["shapes", "mixture", "evaluation", "preprocessing"] as const;

/** Name of a part. */
export type PartName = typeof parts[number];

/** What to measure. */
export interface PlanOptions {
  readonly parts: readonly PartName[];
  /** Folder of the encoder. */
  readonly encoder: string;
  /** Folder of a larger encoder that the shapes are measured with too. */
  readonly larger?: string;
  /** Data folder of all but the shapes. */
  readonly data: string;
  readonly precisions: readonly Precision[];
  /** Rows of a step. */
  readonly batch: number;
  /** Pieces in the sequences of the fixed shapes. */
  readonly lengths: readonly number[];
  /** Steps of the mixture. */
  readonly steps: number;
  /** Longer rows are cut. */
  readonly maxLength: number;
  readonly windows: number;
  readonly windowSeconds: number;
  readonly threads?: number;
  /** Folder that the files for other languages are written to; none are when left out. */
  readonly inputs?: string;
}

/** Seed of heads, random batches, order and dropout. */
const SEED = 2018;

/** The dev set that is evaluated. */
const EVALUATED = { task: "mnli", split: "dev_matched" } as const;

/** Steps of a mixture's window, where there are enough of them for ten windows. */
const WINDOW_STEPS = 25;

/**
 * The measurements in the order they are made.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { planBench } from "./plan.ts";
 *
 * const measurements = planBench({
 *   parts: ["shapes"], encoder: "encoders/tiny", data: "data/sample", precisions: ["float32"],
 *   batch: 32, lengths: [32, 64], steps: 60, maxLength: 128, windows: 3, windowSeconds: 1,
 * });
 * assertEquals(measurements.map(({ kind }) => kind), ["shape", "shape"]);
 * ```
 */
export function planBench(options: PlanOptions): Measurement[] {
  const { encoder, larger, data, batch, steps, maxLength, windows, windowSeconds } = options;
  const common = (of: string, name: string) => ({
    encoder: of,
    seed: SEED,
    threads: options.threads ?? null,
    inputs: options.inputs === undefined ? null : `${options.inputs}/${name}`,
  });
  const eachPrecision = (make: (precision: Precision) => Measurement) =>
    options.precisions.map(make);
  const windowSteps = Math.min(WINDOW_STEPS, Math.max(1, Math.floor(steps / 10)));
  const all: Record<PartName, () => Measurement[]> = {
    shapes: () =>
      [encoder, ...(larger === undefined ? [] : [larger])].flatMap((of, i) =>
        options.lengths.flatMap((length) =>
          eachPrecision((precision) => ({
            kind: "shape",
            ...common(of, `shape-${i}-${length}`),
            precision,
            batch,
            length,
            windows,
            windowSeconds,
          }))
        )
      ),
    mixture: () =>
      eachPrecision((precision) => ({
        kind: "mixture",
        ...common(encoder, "mixture"),
        precision,
        data,
        steps,
        windowSteps,
        batch,
        maxLength,
      })),
    evaluation: () =>
      eachPrecision((precision) => ({
        kind: "evaluation",
        ...common(encoder, "evaluation"),
        precision,
        data,
        ...EVALUATED,
        maxLength,
        windows,
        windowSeconds,
      })),
    preprocessing: () => [{
      kind: "preprocessing",
      ...common(encoder, "preprocessing"),
      precision: null,
      data,
      maxLength,
      windows,
      windowSeconds,
    }],
  };
  return parts.filter((part) => options.parts.includes(part)).flatMap((part) => all[part]());
}
