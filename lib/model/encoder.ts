/**
 * The BERT encoder (Devlin et al. 2018, arXiv 1810.04805): functions over a record of parameters.
 *
 * Letters in the comments: b batch, t tokens, d width, h heads, v vocabulary; n = b t.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { add, scale, tanh } from "../tensorflow/operations/arithmetic.ts";
import { attention, paddingBias, selfAttention } from "../tensorflow/operations/attention.ts";
import { dense } from "../tensorflow/operations/dense.ts";
import { dropout } from "../tensorflow/operations/dropout.ts";
import { embedding } from "../tensorflow/operations/embedding.ts";
import { gelu } from "../tensorflow/operations/gelu.ts";
import { fusedDense, normalised } from "../tensorflow/operations/inference.ts";
import { layerNorm } from "../tensorflow/operations/layer_norm.ts";
import { lower, type Precision, rounded } from "../tensorflow/operations/matmul.ts";
import type { RandomSource } from "../tensorflow/operations/random.ts";
import { concat, counting, position, reshape } from "../tensorflow/operations/shapes.ts";
import type { EncoderConfig } from "./config.ts";
import { type Parameters, scope } from "./parameters.ts";

/** A batch's arrays as tensors, the inputs of every network. */
export interface BatchTensors {
  /** int32 [b, t] word-piece ids. */
  readonly tokens: Tensor;
  /** int32 [b, t] which text a piece is on, 0 or 1. */
  readonly sides: Tensor;
  /** float32 [b, t] 1 for a piece, 0 for padding. */
  readonly mask: Tensor;
}

/** What the encoder gives to a head. */
export interface Encoded {
  /** [b, t, d] hidden states of the last layer, made only for a head that asks. */
  readonly hidden: Tensor;
  /**
   * [b, d] tanh(dense([CLS])), made only for a head that asks; without `hidden` before it the last
   * layer is computed for the first positions alone.
   */
  readonly pooled: () => Tensor;
}

/** How a network is run. */
export interface RunOptions {
  /** Passed: training, dropout is drawn from it. Absent: evaluation. */
  readonly random?: RandomSource | undefined;
  /** Arithmetic of matrix products and of what leads from one to the next. */
  readonly precision?: Precision;
  /** Values only: fused kernels that keep nothing for a gradient, and asking for one is an error. */
  readonly inference?: boolean;
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
  const last = config.layers - 1;
  let x = embed(parameters, config, batch, options); // [n, d]
  for (let i = 0; i < last; i++) x = layer(parameters, i, config, x, bias, options); // [n, d]
  const byRow = (x: Tensor) => reshape(x, [[batch.tokens, 0], [batch.tokens, 1], config.width]);
  let hidden: Tensor | undefined;
  return {
    get hidden() {
      hidden ??= byRow(layer(parameters, last, config, x, bias, options)); // [b, t, d]
      return hidden;
    },
    pooled: () => {
      const first = hidden ? position(hidden, 0) : lastOfFirst(); // [b, d]
      return pool(parameters, first, options);
    },
  };

  /** The last layer for the first positions only: nobody looks at the others. */
  function lastOfFirst(): Tensor {
    return layer(parameters, last, config, x, bias, options, position(byRow(x), 0));
  }
}

/**
 * Parameters with the layers' kernels rounded where the precision asks for it, so that several calls
 * of {@link encodeSafetensors} share them; all but those of queries, which are scaled first.
 */
export function withRoundedKernels(parameters: Parameters, precision: Precision): Parameters {
  const kernel = /^encoder\/layer_\d+\/.*(?<!query)\/kernel$/;
  return Object.fromEntries(
    Object.entries(parameters).map((
      [path, value],
    ) => [path, kernel.test(path) ? lower(value, precision) : value]),
  );
}

/** Word + position + segment, normalised: [b, t] -> [n, d]. */
export function embed(
  parameters: Parameters,
  config: EncoderConfig,
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

/**
 * One layer: attention and feed-forward, each with residual and norm: [n, d] -> [n, d]. With some
 * of the positions [m, d], as many of each row, for those only: -> [m, d].
 */
function layer(
  parameters: Parameters,
  index: number,
  config: EncoderConfig,
  x: Tensor,
  bias: Tensor,
  { random, precision = "float32", inference }: RunOptions,
  some?: Tensor,
): Tensor {
  const at = scope(parameters, `encoder/layer_${index}`);
  const weights = (name: string) =>
    [rounded(at(`${name}/kernel`), precision), at(`${name}/bias`)] as const;
  const product = inference ? fusedDense : dense;
  const linear = (name: string, x: Tensor) => product(x, ...weights(name), { precision });
  const norm = inference ? normalised : layerNorm;
  const normal = (name: string, x: Tensor) =>
    norm(x, at(`${name}/scale`), at(`${name}/shift`), config.layerNormEpsilon);
  const project = (x: Tensor, names: readonly Projection[]) => {
    const part = (name: Projection, kind: "kernel" | "bias") =>
      projection(at(`attention/${name}/${kind}`), name, config);
    const kernel = concat(names.map((name) => rounded(part(name, "kernel"), precision)));
    const bias = concat(names.map((name) => part(name, "bias")));
    return product(x, kernel, bias, { precision, low: true });
  };
  const { heads, attentionDropout: dropped } = config;
  const settings = { heads, dropout: dropped, random, precision };

  const from = some ?? x;
  const mixed = some // [m, d]
    ? attention(project(some, ["query"]), project(x, ["key", "value"]), bias, settings)
    : selfAttention(project(x, ["query", "key", "value"]), bias, settings);
  const attended = dropout(linear("attention/output", mixed), config.dropout, random);
  const y = normal("attention/norm", add(attended, from)); // [m, d]
  const wide = inference // [m, 4d]
    ? fusedDense(y, ...weights("intermediate"), { precision, low: true, gelu: true })
    : gelu(dense(y, ...weights("intermediate"), { precision, low: true }));
  const narrow = dropout(linear("output", wide), config.dropout, random); // [m, d]
  return normal("norm", add(narrow, y));
}

type Projection = "query" | "key" | "value";

/** A kernel or bias; those of the queries bring the division by sqrt(width per head) along. */
function projection(parameter: Tensor, name: Projection, { width, heads }: EncoderConfig): Tensor {
  return name === "query" ? scale(parameter, 1 / Math.sqrt(width / heads)) : parameter;
}

/** tanh(dense([CLS])): [b, d] -> [b, d]. */
function pool(parameters: Parameters, first: Tensor, { precision }: RunOptions): Tensor {
  const at = scope(parameters, "encoder/pooler");
  return tanh(dense(first, at("kernel"), at("bias"), { precision }));
}
