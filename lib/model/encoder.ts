/**
 * The BERT encoder (Devlin et al. 2018, arXiv 1810.04805): functions over a record of parameters.
 *
 * Letters in the comments: b batch, t tokens, d width, h heads, v vocabulary; n = b t.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { add, tanh } from "../tensorflow/operations/arithmetic.ts";
import { attention, paddingBias } from "../tensorflow/operations/attention.ts";
import { dense } from "../tensorflow/operations/dense.ts";
import { dropout } from "../tensorflow/operations/dropout.ts";
import { embedding } from "../tensorflow/operations/embedding.ts";
import { gelu } from "../tensorflow/operations/gelu.ts";
import { layerNorm } from "../tensorflow/operations/layer_norm.ts";
import type { Precision } from "../tensorflow/operations/matmul.ts";
import type { RandomSource } from "../tensorflow/operations/random.ts";
import { counting, position, reshape } from "../tensorflow/operations/shapes.ts";
import type { EncoderConfig } from "./config.ts";
import { type Parameters, scope } from "./parameters.ts";

/** A batch's arrays as tensors, the inputs of every network. */
export interface BatchTensors {
  /** int32 [b, t] word-piece ids. */
  readonly tokens: Tensor;
  /** int32 [b, t] 0 or 1. */
  readonly segments: Tensor;
  /** float32 [b, t] 1 for a piece, 0 for padding. */
  readonly mask: Tensor;
}

/** What the encoder gives to a head. */
export interface Encoded {
  /** [b, t, d] hidden states of the last layer. */
  readonly hidden: Tensor;
  /** [b, d] tanh(dense([CLS])), made only for a head that asks. */
  readonly pooled: () => Tensor;
}

/** How a network is run. */
export interface RunOptions {
  /** Passed: training, dropout is drawn from it. Absent: evaluation. */
  readonly random?: RandomSource | undefined;
  /** Arithmetic inside matrix products. */
  readonly precision?: Precision;
}

/**
 * Hidden states and pooled first position of a batch.
 *
 * @throws when a parameter is missing; the error names its path.
 *
 * @example
 * ```ts ignore
 * const { hidden, pooled } = encode(parameters, config, batch, { precision: "bfloat16" });
 * ```
 */
export function encode(
  parameters: Parameters,
  config: EncoderConfig,
  batch: BatchTensors,
  options: RunOptions = {},
): Encoded {
  const bias = paddingBias(batch.mask); // [b, 1, 1, t]
  let x = embed(parameters, config, batch, options); // [n, d]
  for (let i = 0; i < config.layers; i++) {
    x = layer(parameters, `encoder/layer_${i}`, config, x, bias, options); // [n, d]
  }
  const hidden = reshape(x, [[batch.tokens, 0], [batch.tokens, 1], config.width]); // [b, t, d]
  return { hidden, pooled: () => pool(parameters, hidden, options) };
}

/** Word + position + segment, normalised: [b, t] -> [n, d]. */
export function embed(
  parameters: Parameters,
  config: EncoderConfig,
  { tokens, segments }: BatchTensors,
  { random }: RunOptions,
): Tensor {
  const at = scope(parameters, "encoder/embeddings");
  const word = embedding(at("word"), reshape(tokens, [-1])); // [n, d]
  const segment = embedding(at("segment"), reshape(segments, [-1])); // [n, d]
  const places = embedding(at("position"), counting(tokens, 1)); // [t, d]
  const both = reshape(add(word, segment), [[tokens, 0], [tokens, 1], config.width]); // [b, t, d]
  const sum = reshape(add(both, places), [-1, config.width]); // [n, d]
  const normal = layerNorm(sum, at("norm/scale"), at("norm/shift"), config.layerNormEpsilon);
  return dropout(normal, config.dropout, random);
}

/** One layer: attention and feed-forward, each with residual and norm: [n, d] -> [n, d]. */
function layer(
  parameters: Parameters,
  path: string,
  config: EncoderConfig,
  x: Tensor,
  bias: Tensor,
  { random, precision }: RunOptions,
): Tensor {
  const at = scope(parameters, path);
  const linear = (name: string, x: Tensor) =>
    dense(x, at(`${name}/kernel`), at(`${name}/bias`), precision);
  const normal = (name: string, x: Tensor) =>
    layerNorm(x, at(`${name}/scale`), at(`${name}/shift`), config.layerNormEpsilon);

  const mixed = attention( // [n, d]
    linear("attention/query", x),
    linear("attention/key", x),
    linear("attention/value", x),
    bias,
    {
      heads: config.heads,
      dropout: config.attentionDropout,
      random,
      ...(precision && { precision }),
    },
  );
  const attended = dropout(linear("attention/output", mixed), config.dropout, random);
  const y = normal("attention/norm", add(attended, x)); // [n, d]
  const wide = gelu(linear("intermediate", y)); // [n, 4d]
  const narrow = dropout(linear("output", wide), config.dropout, random); // [n, d]
  return normal("norm", add(narrow, y));
}

/** tanh(dense([CLS])): [b, t, d] -> [b, d]. */
function pool(parameters: Parameters, hidden: Tensor, { precision }: RunOptions): Tensor {
  const at = scope(parameters, "encoder/pooler");
  return tanh(dense(position(hidden, 0), at("kernel"), at("bias"), precision));
}
