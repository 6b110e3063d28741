/**
 * Runs a head of the library on small arrays and compares it with its formula: values, and the
 * gradients of every parameter and of what the encoder gave.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { BatchTensors, Encoded, RunOptions } from "../../lib/model/encoder.ts";
import type { Scope } from "../../lib/model/parameters.ts";
import { type Tensor, tf } from "../../lib/tensorflow/backend.ts";
import { valueAndGradients } from "../../lib/tensorflow/gradients.ts";
import { mean } from "../../lib/tensorflow/operations/arithmetic.ts";
import type { Objective } from "../../lib/model/objectives.ts";
import type { Flat } from "./formulas.ts";

/** A head at work: its logits from its parameters and what the encoder gave. */
export interface HeadCase {
  readonly parameters: Flat;
  /** [b, t, d] under "hidden", or [b, d] under "pooled". */
  readonly encoded: Flat;
  /** [b, width], flat. */
  readonly targets: readonly number[];
  /** 1 when left out. */
  readonly width?: number;
  readonly objective: Objective;
  logits(at: Scope, encoded: Encoded, run: RunOptions): Tensor;
  readonly run: () => RunOptions;
}

/** Loss, and gradients of parameters and inputs by their names. */
export function lossAndGradients(found: HeadCase): { loss: number; gradients: Flat } {
  const all = { ...found.parameters, ...found.encoded };
  const named: Record<string, Tensor> = {};
  const results = tf.tidy(() => {
    for (const [name, { shape, values }] of Object.entries(all)) {
      named[name] = tf.tensor(values, [...shape], "float32");
    }
    const { width = 1 } = found;
    const targets = tf.tensor2d([...found.targets], [found.targets.length / width, width]);
    const { value, gradients } = valueAndGradients((tensors) => {
      const at = (name: string) => tensors[name]!;
      const encoded = {
        hidden: tensors.hidden ?? tf.zeros([1, 1, 1]),
        pooled: () => tensors.pooled!,
      };
      const logits = found.logits(at, encoded, found.run());
      return mean(found.objective.losses(logits, targets), [0]);
    }, named);
    return { ...gradients, loss: value } as Record<string, Tensor>;
  });
  const loss = results.loss!.dataSync()[0]!;
  const gradients = Object.fromEntries(
    Object.entries(results).filter(([name]) => name !== "loss").map(([name, tensor]) => [
      name,
      { shape: tensor.shape, values: [...tensor.dataSync()] },
    ]),
  );
  Object.values(results).forEach((tensor) => tensor.dispose());
  return { loss, gradients };
}

/** Fails unless arrays agree, relative to the largest number of all. */
export function assertClose(actual: Flat, expected: Flat, tolerance: number, what: string): void {
  const largest = Math.max(
    ...Object.values(expected).flatMap(({ values }) => values).map(Math.abs),
  );
  for (const [name, { shape, values }] of Object.entries(expected)) {
    const found = actual[name]?.values ?? values.map(() => 0); // no gradient is a zero one
    assertEquals(found.length, values.length, `${what}: ${name} [${shape}]`);
    const gap = Math.max(...values.map((value, i) => Math.abs(value - found[i]!)));
    assert(gap <= tolerance * largest, `${what}: ${name} is off by ${gap}, largest is ${largest}`);
  }
}

/** Segments (undefined where padded) as the batch's tensors; the caller disposes them. */
export function batchOf(rows: readonly (readonly (number | undefined)[])[]): BatchTensors {
  const shape: [number, number] = [rows.length, rows[0]!.length];
  const flat = rows.flat();
  return {
    tokens: tf.zeros(shape, "int32"),
    sides: tf.tensor2d(flat.map((side) => side ?? 0), shape, "int32"),
    mask: tf.tensor2d(flat.map((side) => side === undefined ? 0 : 1), shape),
  };
}
