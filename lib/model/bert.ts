/**
 * BERT (Devlin et al. 2018, arXiv 1810.04805): pieces, positions and segments embedded, layers over
 * them, and `[CLS] first text [SEP] second text [SEP]`.
 *
 * Letters in the comments: b batch, t tokens, d width; n = b t.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { add } from "../tensorflow/operations/arithmetic.ts";
import { dropout } from "../tensorflow/operations/dropout.ts";
import { embedding } from "../tensorflow/operations/embedding.ts";
import { normalised } from "../tensorflow/operations/inference.ts";
import { layerNorm } from "../tensorflow/operations/layer_norm.ts";
import { counting, reshape } from "../tensorflow/operations/shapes.ts";
import type { BatchTensors, Encoder, EncoderParameter, RunOptions } from "./encoder.ts";
import {
  encodeLayers,
  type LayersConfig,
  layersParameters,
  layersSettings,
  normParameters,
  readLayers,
  roundLayers,
} from "./layers.ts";
import { type Parameters, scope } from "./parameters.ts";

/** Sizes and constants of a BERT encoder. */
export interface BertConfig extends LayersConfig {
  /** Number of type ids: at least 2, since pairs use both. */
  readonly types: number;
}

/**
 * BERT's encoder. In config.json `type_vocab_size`, `layer_norm_eps`, the two dropouts and
 * `hidden_act` may be absent and are then 2, 1e-12, 0.1 and "gelu". Files may have the prefix
 * `bert.` and the old names of layer norm, `gamma` and `beta`.
 */
export const bert: Encoder<BertConfig> = {
  family: "bert",
  specials: { begin: ["[CLS]"], between: ["[SEP]"], end: ["[SEP]"], pad: "[PAD]", unk: "[UNK]" },
  table: "encoder/embeddings/word",
  config: (settings) => ({
    family: "bert",
    name: settings.encoder,
    ...readLayers(settings, { epsilon: 1e-12 }),
    vocabulary: settings.size("vocab_size", 1),
    maxLength: settings.size("max_position_embeddings", 4),
    types: settings.size("type_vocab_size", 2, { usual: 2 }),
  }),
  settings: (config) => ({
    architectures: ["BertModel"],
    model_type: "bert",
    ...layersSettings(config),
    vocab_size: config.vocabulary,
    max_position_embeddings: config.maxLength,
    type_vocab_size: config.types,
    pad_token_id: 0,
  }),
  parameters: (config) => {
    const { width, vocabulary, maxLength, types } = config;
    const table = (name: string, rows: number, source: string): EncoderParameter => ({
      name: `encoder/embeddings/${name}`,
      shape: [rows, width],
      start: "normal",
      source: `embeddings.${source}.weight`,
      transposed: false,
    });
    return [
      table("word", vocabulary, "word_embeddings"),
      table("position", maxLength, "position_embeddings"),
      table("segment", types, "token_type_embeddings"),
      ...normParameters("encoder/embeddings/norm", "embeddings.LayerNorm", width),
      ...layersParameters(config),
    ];
  },
  plainName: (name) =>
    name.replace(/^bert\./, "").replace(/LayerNorm\.gamma$/, "LayerNorm.weight")
      .replace(/LayerNorm\.beta$/, "LayerNorm.bias"),
  encode: (parameters, config, batch, options = {}) =>
    encodeLayers(parameters, config, embed(parameters, config, batch, options), batch, options),
  withRoundedKernels: roundLayers,
};

/** Word + position + segment, normalised: [b, t] -> [n, d]. BERT's type ids are the sides. */
export function embed(
  parameters: Parameters,
  config: BertConfig,
  { tokens, sides }: BatchTensors,
  { random, inference }: RunOptions,
): Tensor {
  const at = scope(parameters, "encoder/embeddings");
  const word = embedding(at("word"), reshape(tokens, [-1])); // [n, d]
  const segment = embedding(at("segment"), reshape(sides, [-1])); // [n, d]
  const places = embedding(at("position"), counting(tokens, 1)); // [t, d]
  const both = reshape(add(word, segment), [[tokens, 0], [tokens, 1], config.width]); // [b, t, d]
  const sum = reshape(add(both, places), [-1, config.width]); // [n, d]
  const norm = inference ? normalised : layerNorm;
  const normal = norm(sum, at("norm/scale"), at("norm/shift"), config.layerNormEpsilon);
  return dropout(normal, config.dropout, random);
}
