/**
 * The recorded encoder with recorded heads on it.
 *
 * @module
 */

import type { EncoderConfig } from "../../model/encoder.ts";
import { parseConfig } from "../../model/encoders.ts";
import { fromTensors } from "../../model/names.ts";
import { createNetwork, type Network } from "../../model/network.ts";
import type { Values } from "../../model/parameters.ts";
import { createRandom } from "../../base/random.ts";
import { startTensorFlow } from "../../tensorflow/backend.ts";
import type { Precision } from "../../tensorflow/operations/matmul.ts";
import { headValues, type RecordedHead, taskOfHead } from "./heads.ts";
import type { Reference, Stored } from "./reference.ts";

/** What a case is checked with: the network, the recorded values, how products are computed. */
export interface Conditions {
  readonly network: Network;
  readonly stored: Stored;
  readonly precision: Precision;
}

/** Configuration and values of the recorded encoder. */
export async function recordedEncoder(
  reference: Reference,
): Promise<{ config: EncoderConfig; parameters: Readonly<Record<string, Values>> }> {
  const config = parseConfig(await reference.text("tiny_config.json"), "tiny_config.json");
  const tensors = await reference.tensors("tiny.safetensors");
  return { config, parameters: fromTensors(tensors, config, "tiny.safetensors").parameters };
}

/** A network with the recorded encoder and a head for each case, with the values of `heads`. */
export async function recordedNetwork(
  reference: Reference,
  heads: readonly RecordedHead[],
): Promise<Network> {
  await startTensorFlow();
  const { config, parameters } = await recordedEncoder(reference);
  const network = createNetwork(config, parameters);
  const stored = await reference.tensors("heads.safetensors");
  for (const found of heads) {
    const { name, outputs } = found;
    network.addHead(name, taskOfHead(found).head, outputs, createRandom(1));
    network.load(headValues(stored, `${name}.`, name));
  }
  return network;
}
