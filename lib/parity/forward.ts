/**
 * Parity of the forward pass: every layer of the encoder, every inner value of the answer head, the
 * logits and decisions of all heads.
 *
 * @module
 */

import type { EncoderConfig } from "../model/config.ts";
import { type BatchTensors, embed, encode } from "../model/encoder.ts";
import { hide } from "../model/memory.ts";
import type { Network } from "../model/network.ts";
import { scope } from "../model/parameters.ts";
import { san } from "../model/san.ts";
import { batchSignature, batchTensors, sequences } from "../train/inputs.ts";
import { number, op } from "../tensorflow/operations/operation.ts";
import type { Tensors } from "../tensorflow/trace.ts";
import { batchOf, candidatesOf, type RecordedBatch } from "./batches.ts";
import { createMeter, failedRow, type Row } from "./compare.ts";
import { innerValues, type RecordedHead, sanOptionsOf, taskOfHead } from "./heads.ts";
import { recordedNetwork } from "./network.ts";
import { floats, type Reference, type Stored } from "./reference.ts";
import { checkRecordedMasks, type MaskedCase } from "./masks.ts";
import { bothWays, ways } from "./ways.ts";

/** One recorded case. */
export interface ForwardCase extends Omit<RecordedHead, "candidates"> {
  readonly batch: string;
  readonly predict_scores_f64?: readonly number[];
  readonly predict_labels?: readonly number[];
}

/** What forward.json holds. */
export interface RecordedForward {
  readonly batches: Readonly<Record<string, RecordedBatch>>;
  readonly cases: readonly (ForwardCase | MaskedCase)[];
}

/** Compares all batches through the encoder and all cases through their heads, both ways. */
export async function* checkForward(reference: Reference): AsyncGenerator<Row> {
  const { batches, cases } = await reference.json<RecordedForward>("forward.json");
  const stored = await reference.tensors("forward.safetensors");
  const recorded = cases.map((found) => ({
    ...found,
    candidates: candidatesOf(batches[found.batch]!),
  }));
  const network = await recordedNetwork(reference, recorded);
  try {
    for (const [name, batch] of Object.entries(batches)) {
      yield* await attempt(`batch ${name}`, () => checkEncoder(name, batch, network, stored));
    }
    for (const found of recorded) {
      const batch = batches[found.batch]!;
      yield* await attempt(
        found.name,
        () =>
          "mask_sites" in found
            ? checkRecordedMasks(found, batch, network, stored)
            : checkCase(found, batch, network, stored),
      );
    }
  } finally {
    network.dispose();
  }
}

async function attempt(what: string, check: () => Promise<Row[]>): Promise<Row[]> {
  try {
    return await check();
  } catch (error) {
    return [failedRow("forward", what, error)];
  }
}

async function checkEncoder(
  name: string,
  recorded: RecordedBatch,
  network: Network,
  stored: Stored,
): Promise<Row[]> {
  const { config } = network;
  const found = await bothWays({
    name: `encoder_${name}`,
    body: (inputs) => encoderValues(network, config, sequences(inputs)),
    signature: batchSignature(1),
  }, { ...batchTensors({ ...batchOf(recorded), size: recorded.labels.length }) });
  return ways.flatMap((way) => {
    const { pooled, premise, hypothesis, ...hidden } = found[way];
    const what = `batch ${name}, ${way}`;
    const outputs = createMeter({ absolute: 2e-5 });
    for (const [layer, values] of Object.entries(hidden)) {
      outputs.add(layer, values, floats(stored, `${name}.${layer}`));
    }
    const last = createMeter({ absolute: 1e-5 });
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

function encoderValues(network: Network, config: EncoderConfig, batch: BatchTensors): Tensors {
  const parameters = network.read();
  const layers = Array.from({ length: config.layers }, (_, i) => [
    `layer_${i}`,
    encode(parameters, { ...config, layers: i + 1 }, batch).hidden,
  ]);
  const hidden = (side: "premise" | "hypothesis") =>
    op("Cast", [op("Less", [hide(batch, side), number(0)])], { DstT: 1 });
  return {
    embedding_output: embed(parameters, config, batch, {}),
    ...Object.fromEntries(layers) as Tensors,
    pooled: encode(parameters, config, batch).pooled(),
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
  network: Network,
  stored: Stored,
): Promise<Row[]> {
  const arrays = await bothWays({
    name: `forward_${found.name}`,
    body: (inputs) => headValues(network, found, sequences(inputs)),
    signature: batchSignature(found.candidates),
  }, { ...batchTensors(batchOf(recorded)) });
  const limit = { absolute: found.head === "san" ? 3e-5 : 1e-5 };
  return ways.flatMap((way) => {
    const what = `${found.name}, ${way}`;
    const meter = createMeter(limit);
    for (const [name, values] of Object.entries(arrays[way])) {
      meter.add(name, values, floats(stored, `${found.name}.${name}`));
    }
    return [
      meter.row("forward", what, found.head === "san" ? "inner values, logits" : "logits"),
      ...checkDecisions(found, what, arrays[way].logits!, limit),
    ];
  });
}

function headValues(network: Network, found: RecordedHead, batch: BatchTensors): Tensors {
  const parameters = network.read();
  const encoded = encode(parameters, network.config, batch);
  const at = scope(parameters, `heads/${found.name}`);
  if (found.head === "linear") {
    return { logits: taskOfHead(found).head.logits(at, encoded, batch, 0, {}) };
  }
  return innerValues(san(at, encoded, batch, sanOptionsOf(found.options), 0, {}));
}

function checkDecisions(
  found: ForwardCase & RecordedHead,
  what: string,
  logits: Float32Array,
  limit: { readonly absolute: number },
): Row[] {
  const { predict_scores_f64: scores, predict_labels: labels } = found;
  if (!scores || !labels) return [];
  const task = taskOfHead(found);
  const ranking = found.candidates > 1;
  const outputs = ranking ? found.candidates : found.outputs;
  const predictions = ranking && found.head === "san" ? [] : task.head.predict(logits, outputs);
  if (predictions.length === 0) return []; // all equal, decided by rounding
  const regression = outputs === 1;
  const [values, chosen] = [createMeter(limit), createMeter("exact")];
  values.add(
    "scores",
    predictions.flatMap(({ value, probabilities }) => regression ? [value] : probabilities),
    scores,
  );
  // A ranking row's decision was recorded for each candidate; for a score it is always 0.
  const decisions = predictions.flatMap(({ value, probabilities }) =>
    ranking ? probabilities.map((_, i) => i === value ? 1 : 0) : [value]
  );
  if (!regression) chosen.add("decisions", decisions, labels);
  return [
    values.row("forward", what, regression ? "predicted scores" : "probabilities"),
    ...regression ? [] : [chosen.row("forward", what, "decisions")],
  ];
}
