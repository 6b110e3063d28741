/**
 * An encoder of BERT-base's size without BERT-base's values: speed and memory don't depend on them.
 *
 * @module
 */

import { join } from "node:path";
import { cacheFolder, placeFolder } from "../../hub/cache.ts";
import { encoderOf, parseConfig } from "../../model/encoders.ts";
import { initialise } from "../../model/parameters.ts";
import { savePretrained } from "../../model/pretrained.ts";
import { createRandom } from "../../base/random.ts";

/** config.json of BERT-base, uncased (Devlin et al. 2018): 110 million parameters. */
const CONFIG = {
  model_type: "bert",
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  max_position_embeddings: 512,
};

/** Where the encoder of BERT-base's size lies once it is made. */
export function baseFolder(): string {
  return join(cacheFolder(), "encoders", "random-bert-base");
}

/** Makes the encoder of BERT-base's size, once; its tokenizer is another encoder's. */
export async function ensureBase(tokenizerFile: string): Promise<void> {
  await placeFolder(baseFolder(), ["config.json", "model.safetensors"], async (folder) => {
    const config = parseConfig(JSON.stringify(CONFIG), join(folder, "config.json"));
    const specs = encoderOf(config).parameters(config);
    const parameters = initialise(specs, createRandom("random-bert-base"));
    await savePretrained(folder, { config, parameters, tokenizerFile });
  });
}
