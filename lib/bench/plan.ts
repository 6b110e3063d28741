/**
 * Which measurements the options ask for, and how often each is made.
 *
 * @module
 */

import type { Measurement, Precision } from "./measurement.ts";

/** Parts of the benchmark, in their order. */
export const parts = ["shapes", "mixture", "evaluation"] as const;

/** Name of a part. */
export type PartName = typeof parts[number];

/** What to measure. */
export interface PlanOptions {
  readonly parts: readonly PartName[];
  /** Folder of the encoder. */
  readonly encoder: string;
  /** Data folder of mixture and evaluation. */
  readonly data: string;
  readonly precisions: readonly Precision[];
  /** Rows of a step. */
  readonly batch: number;
  /** Pieces in the sequences of the fixed shapes. */
  readonly lengths: readonly number[];
  /** Steps of the mixture. */
  readonly steps: number;
  /** Longer training rows are left out of the mixture. */
  readonly maxLength: number;
  /** Pairs of processes; 2 for the shapes and 1 for the rest when left out. */
  readonly rounds?: number;
  readonly windows: number;
  readonly windowSeconds: number;
  readonly threads?: number;
}

/** A measurement, and how many rounds it takes. */
export interface Planned {
  readonly measurement: Measurement;
  readonly rounds: number;
}

/** Seed of heads, random batches, order and dropout. */
const SEED = 2018;

/** The dev set that is evaluated: pairs of a few hundred long rows. */
const EVALUATED = { task: "rte", split: "dev" } as const;

/**
 * The measurements in the order they are made.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { plan } from "./plan.ts";
 *
 * const planned = plan({
 *   parts: ["shapes"], encoder: "encoders/tiny", data: "data/sample", precisions: ["float32"],
 *   batch: 32, lengths: [32, 64], steps: 60, maxLength: 128, windows: 3, windowSeconds: 1,
 * });
 * assertEquals(planned.map(({ rounds }) => rounds), [2, 2]);
 * ```
 */
export function plan(options: PlanOptions): Planned[] {
  const { encoder, data, batch, maxLength, windows, windowSeconds } = options;
  const commons = options.precisions.map((precision) => ({
    ...{ encoder, precision, seed: SEED, threads: options.threads ?? null },
  }));
  const shapes = options.lengths.flatMap((length) =>
    commons.map((common): Measurement => ({
      ...{ kind: "shape", ...common, batch, length, windows, windowSeconds },
    }))
  );
  const mixture = commons.map((common): Measurement => ({
    ...{ kind: "mixture", ...common, data, steps: options.steps, batch, maxLength },
  }));
  const evaluation = commons.map((common): Measurement => ({
    ...{ kind: "evaluation", ...common, data, ...EVALUATED, maxLength, windows, windowSeconds },
  }));
  const all: Record<PartName, [Measurement[], number]> = {
    shapes: [shapes, 2],
    mixture: [mixture, 1], // its pairs are its steps
    evaluation: [evaluation, 1],
  };
  return parts.filter((part) => options.parts.includes(part)).flatMap((part) => {
    const [measurements, rounds] = all[part];
    return measurements.map((measurement) => ({
      measurement,
      rounds: options.rounds ?? rounds,
    }));
  });
}
