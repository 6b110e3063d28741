/**
 * Parity of the forward pass: every layer of the encoder, every inner value of the answer head, the
 * logits and decisions of all heads.
 *
 * @module
 */

import { bert, type BertConfig, embed } from "../../model/bert.ts";
import type { BatchTensors, RunOptions } from "../../model/encoder.ts";
import { hide } from "../../model/san/memory.ts";
import type { Network } from "../../model/network.ts";
import { scope } from "../../model/parameters.ts";
import { san } from "../../model/san/san.ts";
import { batchSignature, batchTensors, sequences } from "../../train/inputs.ts";
import type { Precision } from "../../tensorflow/operations/matmul.ts";
import { number, op } from "../../tensorflow/operations/operation.ts";
import type { Tensors } from "../../tensorflow/trace.ts";
import { batchOf, candidatesOf, type RecordedBatch } from "./batches.ts";
import { type ComparisonRow, createMeter, failedRow } from "./compare.ts";
import { checkDecisions, type RecordedDecisions } from "./decisions.ts";
import { innerValues, type RecordedHead, sanOptionsOf, taskOfHead } from "./heads.ts";
import { type Conditions, recordedNetwork } from "./network.ts";
import { floats, type Reference } from "./reference.ts";
import { checkRecordedMasks, type MaskedCase } from "./masks.ts";
import { tolerances } from "./tolerances.ts";
import { bothWays, ways } from "./ways.ts";

/** One recorded case. */
export interface ForwardCase extends Omit<RecordedHead, "candidates">, RecordedDecisions {
  readonly batch: string;
}

/** What forward.json holds. */
export interface RecordedForward {
  readonly batches: Readonly<Record<string, RecordedBatch>>;
  readonly cases: readonly (ForwardCase | MaskedCase)[];
}

/** Compares all batches through the encoder and all cases through their heads, both ways. */
export async function* checkForward(
  reference: Reference,
  precision: Precision = "float32",
): AsyncGenerator<ComparisonRow> {
  const { batches, cases } = await reference.json<RecordedForward>("forward.json");
  const stored = await reference.tensors("forward.safetensors");
  const recorded = cases.map((found) => ({
    ...found,
    candidates: candidatesOf(batches[found.batch]!),
  }));
  const network = await recordedNetwork(reference, recorded);
  const conditions = { network, stored, precision };
  try {
    for (const [name, batch] of Object.entries(batches)) {
      yield* await attempt(`batch ${name}`, () => checkEncoder(name, batch, conditions));
    }
    for (const found of recorded) {
      const batch = batches[found.batch]!;
      yield* await attempt(
        found.name,
        () =>
          "mask_sites" in found
            ? checkRecordedMasks(found, batch, conditions)
            : checkCase(found, batch, conditions),
      );
    }
  } finally {
    network.dispose();
  }
}

async function attempt(
  what: string,
  check: () => Promise<ComparisonRow[]>,
): Promise<ComparisonRow[]> {
  try {
    return await check();
  } catch (error) {
    return [failedRow("forward", what, error)];
  }
}

async function checkEncoder(
  name: string,
  recorded: RecordedBatch,
  { network, stored, precision }: Conditions,
): Promise<ComparisonRow[]> {
  const found = await bothWays({
    name: `encoder_${name}`,
    body: (inputs) => encoderValues(network, sequences(inputs), { precision, inference: true }),
    signature: batchSignature(1),
  }, { ...batchTensors({ ...batchOf(recorded), size: recorded.labels.length }) });
  return ways.flatMap((way) => {
    const { pooled, premise, hypothesis, ...hidden } = found[way];
    const what = `batch ${name}, ${way}`;
    const outputs = createMeter(tolerances[precision].hidden);
    for (const [layer, values] of Object.entries(hidden)) {
      outputs.add(layer, values, floats(stored, `${name}.${layer}`));
    }
    const last = createMeter(tolerances[precision].pooled);
    last.add("pooled", pooled!, floats(stored, `${name}.pooled_output`));
    const memories = createMeter("exact");
    for (const [side, mask] of Object.entries({ premise, hypothesis })) {
      const rows = recorded[`${side as "premise" | "hypothesis"}_mask`];
      if (rows) memories.add(side, cut(mask!, rows), rows.flat());
    }
    const shown = recorded.premise_mask ? [memories.row("forward", what, "memory masks")] : [];
    return [
      outputs.row("forward", what, "embeddings and layers"),
      last.row("forward", what, "pooled"),
      ...shown,
    ];
  });
}

function encoderValues(
  network: Network,
  batch: BatchTensors,
  run: RunOptions,
): Tensors {
  const config = network.config as BertConfig; // the reference program has no other
  const parameters = network.read();
  const layers = Array.from({ length: config.layers }, (_, i) => [
    `layer_${i}`,
    bert.encode(parameters, { ...config, layers: i + 1 }, batch, run).hidden,
  ]);
  const hidden = (side: "premise" | "hypothesis") =>
    op("Cast", [op("Less", [hide(batch, side), number(0)])], { DstT: 1 });
  return {
    embedding_output: embed(parameters, config, batch, run),
    ...Object.fromEntries(layers) as Tensors,
    pooled: bert.encode(parameters, config, batch, run).pooled(),
    premise: hidden("hypothesis"), // the premise's memory hides the hypothesis
    hypothesis: hidden("premise"),
  };
}

/** The first columns of a mask [b, t], as many as the recorded one has. */
function cut(mask: Float32Array, rows: readonly (readonly number[])[]): number[] {
  const length = mask.length / rows.length;
  return rows.flatMap((row, b) => [...mask.subarray(b * length, b * length + row.length)]);
}

async function checkCase(
  found: ForwardCase & RecordedHead,
  recorded: RecordedBatch,
  { network, stored, precision }: Conditions,
): Promise<ComparisonRow[]> {
  const arrays = await bothWays({
    name: `forward_${found.name}`,
    body: (inputs) => headValues(network, found, sequences(inputs), { precision, inference: true }),
    signature: batchSignature(found.candidates),
  }, { ...batchTensors(batchOf(recorded)) });
  const answers = found.head === "san";
  return ways.flatMap((way) => {
    const what = `${found.name}, ${way}`;
    const meter = createMeter(tolerances[precision][answers ? "answers" : "logits"]);
    for (const [name, values] of Object.entries(arrays[way])) {
      meter.add(name, values, floats(stored, `${found.name}.${name}`));
    }
    return [
      meter.row("forward", what, answers ? "inner values, logits" : "logits"),
      ...checkDecisions(found, what, arrays[way].logits!, precision),
    ];
  });
}

function headValues(
  network: Network,
  found: RecordedHead,
  batch: BatchTensors,
  run: RunOptions,
): Tensors {
  const parameters = network.read();
  const encoded = network.encoder.encode(parameters, network.config, batch, run);
  const at = scope(parameters, `heads/${found.name}`);
  if (found.head === "linear") {
    return { logits: taskOfHead(found).head.logits(at, encoded, batch, 0, run) };
  }
  return innerValues(san(at, encoded, batch, sanOptionsOf(found.options), 0, run));
}
