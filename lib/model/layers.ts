/**
 * The layers that BERT and its kin share (Vaswani et al. 2017, arXiv 1706.03762, with the norm after
 * each residual; Devlin et al. 2018, arXiv 1810.04805): settings, parameters and computation.
 *
 * Letters in the comments: b batch, t tokens, d width, h heads; n = b t.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { add, scale, tanh } from "../tensorflow/operations/arithmetic.ts";
import { attention, paddingBias, selfAttention } from "../tensorflow/operations/attention.ts";
import { dense } from "../tensorflow/operations/dense.ts";
import { dropout } from "../tensorflow/operations/dropout.ts";
import { gelu } from "../tensorflow/operations/gelu.ts";
import { fusedDense, normalised } from "../tensorflow/operations/inference.ts";
import { layerNorm } from "../tensorflow/operations/layer_norm.ts";
import { lower, type Precision, rounded } from "../tensorflow/operations/matmul.ts";
import { concat, position, reshape } from "../tensorflow/operations/shapes.ts";
import type { Settings } from "./config.ts";
import type {
  BatchTensors,
  Encoded,
  EncoderConfig,
  EncoderParameter,
  RunOptions,
} from "./encoder.ts";
import { type Parameters, scope } from "./parameters.ts";

/** Sizes and constants of an encoder with these layers. */
export interface LayersConfig extends EncoderConfig {
  /** Added to the variance in layer norm. */
  readonly layerNormEpsilon: number;
  /** Always the exact GELU, by the error function. */
  readonly activation: "gelu";
}

/** More layers than any encoder has; a damaged number must not ask for memory. */
const MOST_LAYERS = 1000;

/** What of a config.json says how the layers are; `epsilon` is that of the layer norm where absent. */
export function readLayers(
  settings: Settings,
  { epsilon }: { readonly epsilon: number },
): Omit<LayersConfig, "family" | "name" | "vocabulary" | "maxLength"> {
  settings.choice("position_embedding_type", ["absolute"], "absolute");
  settings.choice("is_decoder", [false], false);
  settings.choice("add_cross_attention", [false], false);
  const activation = settings.choice("hidden_act", ["gelu"] as const, "gelu");
  const [width, heads] = [settings.size("hidden_size", 1), settings.size("num_attention_heads", 1)];
  if (width % heads !== 0) {
    settings.refuse(`hidden_size ${width} is no multiple of num_attention_heads ${heads}`);
  }
  return {
    layers: settings.size("num_hidden_layers", 1, { most: MOST_LAYERS }),
    width,
    heads,
    intermediate: settings.size("intermediate_size", 1),
    layerNormEpsilon: settings.fraction("layer_norm_eps", epsilon),
    dropout: settings.chance("hidden_dropout_prob", 0.1),
    attentionDropout: settings.chance("attention_probs_dropout_prob", 0.1),
    activation,
  };
}

/** The settings of a config.json that {@linkcode readLayers} reads as `config`. */
export function layersSettings(config: LayersConfig): Readonly<Record<string, unknown>> {
  return {
    hidden_act: config.activation,
    position_embedding_type: "absolute",
    layer_norm_eps: config.layerNormEpsilon,
    hidden_dropout_prob: config.dropout,
    attention_probs_dropout_prob: config.attentionDropout,
    num_hidden_layers: config.layers,
    hidden_size: config.width,
    num_attention_heads: config.heads,
    intermediate_size: config.intermediate,
  };
}

/** The parameters of a layer norm. */
export function normParameters(name: string, source: string, width: number): EncoderParameter[] {
  const each = { shape: [width], transposed: false };
  return [
    { ...each, name: `${name}/scale`, start: "ones", source: `${source}.weight` },
    { ...each, name: `${name}/shift`, start: "zeros", source: `${source}.bias` },
  ];
}

function denseParameters(
  name: string,
  source: string,
  shape: readonly [from: number, to: number],
): EncoderParameter[] {
  const kernel = { name: `${name}/kernel`, shape, source: `${source}.weight` };
  const bias = { name: `${name}/bias`, shape: [shape[1]], source: `${source}.bias` };
  return [
    { ...kernel, start: "normal", transposed: true },
    { ...bias, start: "zeros", transposed: false },
  ];
}

/** The parameters of the layers and of the pooler. */
export function layersParameters(config: LayersConfig): EncoderParameter[] {
  const { layers, width: d, intermediate } = config;
  const layer = (i: number): EncoderParameter[] => {
    const [name, source] = [`encoder/layer_${i}`, `encoder.layer.${i}`];
    return [
      ...["query", "key", "value"].flatMap((part) =>
        denseParameters(`${name}/attention/${part}`, `${source}.attention.self.${part}`, [d, d])
      ),
      ...denseParameters(`${name}/attention/output`, `${source}.attention.output.dense`, [d, d]),
      ...normParameters(`${name}/attention/norm`, `${source}.attention.output.LayerNorm`, d),
      ...denseParameters(
        `${name}/intermediate`,
        `${source}.intermediate.dense`,
        [d, intermediate],
      ),
      ...denseParameters(`${name}/output`, `${source}.output.dense`, [intermediate, d]),
      ...normParameters(`${name}/norm`, `${source}.output.LayerNorm`, d),
    ];
  };
  return [
    ...Array.from({ length: layers }, (_, i) => layer(i)).flat(),
    ...denseParameters("encoder/pooler", "pooler.dense", [d, d]),
  ];
}

/**
 * Parameters with the layers' kernels rounded where the precision asks for it, all but those of
 * queries, which are scaled first.
 */
export function roundLayers(parameters: Parameters, precision: Precision): Parameters {
  const kernel = /^encoder\/layer_\d+\/.*(?<!query)\/kernel$/;
  return Object.fromEntries(
    Object.entries(parameters).map((
      [path, value],
    ) => [path, kernel.test(path) ? lower(value, precision) : value]),
  );
}

/**
 * The layers over embedded pieces x [n, d]. Pooled is tanh(dense(first position)); where nobody asked
 * for the hidden states before it, the last layer is computed for the first positions alone.
 */
export function encodeLayers(
  parameters: Parameters,
  config: LayersConfig,
  x: Tensor,
  { tokens, mask }: BatchTensors,
  options: RunOptions,
): Encoded {
  const bias = paddingBias(mask); // [b, 1, 1, t]
  const last = config.layers - 1;
  for (let i = 0; i < last; i++) x = layer(parameters, i, config, x, bias, options); // [n, d]
  const byRow = (x: Tensor) => reshape(x, [[tokens, 0], [tokens, 1], config.width]);
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
 * One layer: attention and feed-forward, each with residual and norm: [n, d] -> [n, d]. With some
 * of the positions [m, d], as many of each row, for those only: -> [m, d].
 */
function layer(
  parameters: Parameters,
  index: number,
  config: LayersConfig,
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
function projection(parameter: Tensor, name: Projection, { width, heads }: LayersConfig): Tensor {
  return name === "query" ? scale(parameter, 1 / Math.sqrt(width / heads)) : parameter;
}

/** tanh(dense([CLS])): [b, d] -> [b, d]. */
function pool(parameters: Parameters, first: Tensor, { precision }: RunOptions): Tensor {
  const at = scope(parameters, "encoder/pooler");
  return tanh(dense(first, at("kernel"), at("bias"), { precision }));
}
