/** A small encoder for tests: its config.json, and tensors with values that tell them apart. */
import type { EncoderConfig } from "../../lib/model/encoder.ts";
import { encoderOf, parseConfig } from "../../lib/model/encoders.ts";
import { encodeSafetensors, type StoredTensor } from "../../lib/base/safetensors.ts";

/** config.json as other programs write it. */
export const smallConfig = {
  model_type: "bert",
  vocab_size: 10,
  hidden_size: 4,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 6,
  max_position_embeddings: 8,
  type_vocab_size: 2,
  hidden_act: "gelu",
};

export const config: EncoderConfig = parseConfig(JSON.stringify(smallConfig), "small/config.json");

/** Tensors as a Hugging Face file has them, named by `rename`; values count up through the file. */
export function smallTensors(
  rename: (source: string) => string = (source) => source,
): Record<string, StoredTensor> {
  let next = 0;
  return Object.fromEntries(
    encoderOf(config).parameters(config).map(({ source, shape, transposed }) => {
      const stored = transposed ? shape.toReversed() : [...shape];
      const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => next++);
      return [rename(source), { dtype: "F32", shape: stored, values }];
    }),
  );
}

/** Writes a folder with config.json and model.safetensors. */
export async function writeEncoder(
  folder: string,
  tensors: Record<string, StoredTensor>,
): Promise<void> {
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(smallConfig));
  await Deno.writeFile(
    `${folder}/model.safetensors`,
    new Blob(encodeSafetensors(tensors)).stream(),
  );
}

/** Lends a folder that is removed after use. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
