/**
 * Parity of the answer head while training: dropout masks were recorded and are used instead of
 * drawn ones.
 *
 * @module
 */

import type { RunOptions } from "../../model/encoder.ts";
import type { Network } from "../../model/network.ts";
import { type Parameters, scope } from "../../model/parameters.ts";
import { san } from "../../model/san/san.ts";
import { type Tensor, tf } from "../../tensorflow/backend.ts";
import { valueAndGradients } from "../../tensorflow/gradients.ts";
import { mean } from "../../tensorflow/operations/arithmetic.ts";
import { op } from "../../tensorflow/operations/operation.ts";
import type { RandomSource } from "../../tensorflow/operations/random.ts";
import type { InputSpec, Tensors } from "../../tensorflow/trace.ts";
import { batchSignature, batchTensors, sequences, targetsOf } from "../../train/inputs.ts";
import { batchOf, type RecordedBatch } from "./batches.ts";
import { type ComparisonRow, createMeter } from "./compare.ts";
import { headValues, innerValues, type RecordedHead, sanOptionsOf, taskOfHead } from "./heads.ts";
import type { Conditions } from "./network.ts";
import { floats, type Stored } from "./reference.ts";
import { tolerances } from "./tolerances.ts";
import { bothWays, ways } from "./ways.ts";

/** A recorded case in training mode. */
export interface MaskedCase extends Omit<RecordedHead, "candidates"> {
  readonly batch: string;
  /** What each mask is applied to, in the order they were drawn. */
  readonly mask_sites: readonly string[];
  readonly mask_shapes: readonly (readonly [number, number])[];
  readonly loss: number;
}

/** Any rate but 0: the recorded multipliers count, not the rate. */
const SOME_RATE = 0.5;

/** Inner values that were recorded. */
const INNER = ["s0", "att", "x", "state", "turn_logits", "logits"] as const;

/** Compares inner values, loss and the head's gradients under the recorded masks. */
export async function checkRecordedMasks(
  found: MaskedCase & RecordedHead,
  recorded: RecordedBatch,
  { network, stored, precision }: Conditions,
): Promise<ComparisonRow[]> {
  const masks = recordedMasks(found, stored);
  const batch = batchOf(recorded);
  const arrays = await bothWays({
    name: found.name,
    body: (inputs) => trainingValues(network, found, Object.keys(masks), inputs, { precision }),
    signature: {
      ...batchSignature(found.candidates),
      targets: { type: "float32", shape: ["r", 1] },
      ...Object.fromEntries(
        Object.entries(masks).map(([name, { shape }]) => [name, maskSpec(shape)]),
      ),
    },
  }, { ...batchTensors(batch), targets: targetsOf(batch), ...masks });
  const gradients = headValues(stored, `${found.name}.grad.`, found.name);
  const norm = Math.sqrt(
    Object.values(gradients).flatMap(({ values }) => [...values]).reduce((s, g) => s + g * g, 0),
  );
  return ways.flatMap((way) => {
    const limits = tolerances[precision];
    const [inner, loss] = [createMeter(limits.answers), createMeter(limits.loss)];
    const divided = createMeter(limits.gradients);
    for (const name of INNER) {
      inner.add(name, arrays[way][name]!, floats(stored, `${found.name}.${name}`));
    }
    loss.add("loss", arrays[way].loss!, found.loss, Math.max(1, found.loss));
    for (const [path, { values }] of Object.entries(gradients)) {
      divided.add(path, arrays[way][path] ?? [], values, norm);
    }
    const what = `${found.name}, ${way}`;
    return [
      inner.row("forward", what, "inner values, logits"),
      loss.row("forward", what, "loss"),
      divided.row("forward", what, "head's gradients / norm"),
    ];
  });
}

function maskSpec([, width]: readonly number[]): InputSpec {
  return { type: "float32", shape: ["r", width!] };
}

/** The masks as tensors [b, width], by name in their order. */
function recordedMasks(found: MaskedCase, stored: Stored): Record<string, Tensor> {
  return Object.fromEntries(found.mask_shapes.map((shape, i) => {
    const name = `mask_${String(i).padStart(2, "0")}`;
    return [name, tf.tensor2d(floats(stored, `${found.name}.${name}`), [...shape])];
  }));
}

function trainingValues(
  network: Network,
  found: RecordedHead,
  names: readonly string[],
  inputs: Tensors,
  run: RunOptions,
): Tensors {
  const path = `heads/${found.name}`;
  const parameters = network.read();
  const own = Object.fromEntries(
    Object.entries(parameters).filter(([name]) => name.startsWith(`${path}/`)),
  );
  const batch = sequences(inputs);
  const { hidden, pooled } = network.encoder.encode(parameters, network.config, batch, run); // drew no masks
  const decide = (parameters: Parameters) => {
    const random = recordedSource(names.map((name) => inputs[name]!));
    const options = sanOptionsOf(found.options);
    const encoded = { hidden, pooled };
    return san(scope(parameters, path), encoded, batch, options, SOME_RATE, { ...run, random });
  };
  const { value: loss, gradients } = valueAndGradients(
    (own) => mean(taskOfHead(found).objective.losses(decide(own).logits, inputs.targets!), [0]),
    own,
  );
  return { ...innerValues(decide(parameters)), loss, ...gradients };
}

/**
 * Hands out recorded masks in order. The last one is that of the turns; the one before it, for the
 * state after the last turn, is never asked for, since that state decides nothing.
 */
function recordedSource(masks: readonly Tensor[]): RandomSource {
  let next = 0;
  const as = (mask: Tensor | undefined, shape: Tensor) => {
    if (mask) return op("Reshape", [mask, shape]);
    throw new Error(`Cannot mask a ${next}th place: ${masks.length} masks were recorded.`);
  };
  return {
    elementMask: (shape) => as(masks.slice(0, -2)[next++], shape),
    keepMask: () => {
      throw new Error("Cannot mask attention weights: a head has none.");
    },
    columnMask: (shape) => as(masks.at(-1), shape),
  };
}
