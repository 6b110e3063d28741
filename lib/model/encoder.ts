/**
 * What an encoder is: one value for each family (BERT, RoBERTa, ...), in a file of its own; the
 * families there are stand in encoders.ts.
 *
 * Letters in the comments: b batch, t tokens, d width.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import type { Precision } from "../tensorflow/operations/matmul.ts";
import type { RandomSource } from "../tensorflow/operations/random.ts";
import type { Specials } from "../types.ts";
import type { Settings } from "./config.ts";
import type { Parameters, ParameterSpec } from "./parameters.ts";

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
  /** [b, d] one state for the whole sequence, made only for a head that asks. */
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

/** Sizes and constants that the encoders of all families have; each adds its own. */
export interface EncoderConfig {
  /** The `model_type` of config.json, which chooses the encoder. */
  readonly family: string;
  /** Name for messages and tables: that of the encoder's folder. */
  readonly name: string;
  /** Number of layers. */
  readonly layers: number;
  /** Width of the hidden states, d. */
  readonly width: number;
  /** Attention heads per layer, h; each is width / heads wide. */
  readonly heads: number;
  /** Width of the feed-forward part. */
  readonly intermediate: number;
  /** Number of word pieces, v. */
  readonly vocabulary: number;
  /** Greatest length of a sequence, special pieces included. */
  readonly maxLength: number;
  /** Dropout of hidden states while training. */
  readonly dropout: number;
  /** Dropout of attention weights while training. */
  readonly attentionDropout: number;
}

/** One parameter of an encoder, and where a Hugging Face file has it. */
export interface EncoderParameter extends ParameterSpec {
  /** Name in model.safetensors, as {@linkcode Encoder.plainName} gives it. */
  readonly source: string;
  /** Whether the file has the two dimensions the other way round. */
  readonly transposed: boolean;
}

/**
 * An encoder family: functions over a record of parameters, and what the rest of the program has to
 * know of it. A new family is one such value and its line in encoders.ts.
 */
export interface Encoder<Config extends EncoderConfig = EncoderConfig> {
  /** The `model_type` of config.json. */
  readonly family: string;
  /** How texts become a sequence, in the pieces that its tokenizers have. */
  readonly specials: Specials<string>;
  /** Path of the parameter of which training reads only the rows that a batch looks up. */
  readonly table: string;
  /** Reads a config.json; what changes the computation and isn't supported is refused. */
  config(settings: Settings): Config;
  /** The settings of a config.json that says the same, for other programs to read. */
  settings(config: Config): Readonly<Record<string, unknown>>;
  /**
   * All parameters in the order of the computation. Those below `encoder/pooler` may be missing
   * from a file, all together.
   */
  parameters(config: Config): EncoderParameter[];
  /** A tensor's name in a file without prefix, as it is called today. */
  plainName(name: string): string;
  /**
   * Hidden states and pooled states of a batch. Type ids, where the family has any, it makes of the
   * batch's sides.
   *
   * @throws when a parameter is missing; the error names its path.
   */
  encode(
    parameters: Parameters,
    config: Config,
    batch: BatchTensors,
    options?: RunOptions,
  ): Encoded;
  /** Parameters with kernels rounded where the precision asks for it, so that calls share them. */
  withRoundedKernels(parameters: Parameters, precision: Precision): Parameters;
}
