/**
 * The shape of an encoder, read from the config.json that comes with its weights.
 *
 * @module
 */
import { quote, reasonOf } from "../base/quote.ts";

/** Sizes and constants of a BERT encoder. */
export interface EncoderConfig {
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
  /** Number of positions: the greatest length of a sequence. */
  readonly positions: number;
  /** Number of segments: at least 2, since pairs use both. */
  readonly segments: number;
  /** Added to the variance in layer norm. */
  readonly layerNormEpsilon: number;
  /** Dropout of hidden states while training. */
  readonly dropout: number;
  /** Dropout of attention weights while training. */
  readonly attentionDropout: number;
  /** Always the exact GELU, by the error function. */
  readonly activation: "gelu";
}

/** More layers than any encoder has; a damaged number must not ask for memory. */
const MOST_LAYERS = 1000;

/** Names in config.json of what is a size, and the least it may be. */
const sizes = {
  layers: ["num_hidden_layers", 1],
  width: ["hidden_size", 1],
  heads: ["num_attention_heads", 1],
  intermediate: ["intermediate_size", 1],
  vocabulary: ["vocab_size", 1],
  positions: ["max_position_embeddings", 4],
  segments: ["type_vocab_size", 2],
} as const;

/**
 * Reads the text of a Hugging Face config.json.
 *
 * `type_vocab_size`, `layer_norm_eps`, the two dropouts and `hidden_act` may be absent and are then
 * what BERT has: 2, 1e-12, 0.1 and "gelu". Everything that would change what the encoder computes
 * and is not supported is refused.
 *
 * Throws an error that names the file, the setting, its value and what is expected.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseConfig } from "./config.ts";
 *
 * const text = JSON.stringify({
 *   model_type: "bert", vocab_size: 100, hidden_size: 8, num_hidden_layers: 2,
 *   num_attention_heads: 2, intermediate_size: 16, max_position_embeddings: 32,
 * });
 * const config = parseConfig(text, "encoders/tiny/config.json");
 * assertEquals([config.name, config.width, config.dropout], ["tiny", 8, 0.1]);
 * ```
 */
export function parseConfig(text: string, file: string): EncoderConfig {
  const fail = (why: string): never => {
    throw new Error(`Cannot use the encoder described in "${file}": ${why}`);
  };
  const json = parseRecord(text, fail);
  refuseUnsupported(json, fail);
  const size = (of: keyof typeof sizes): number => {
    const [name, least] = sizes[of];
    const value = json[name] ?? (of === "segments" ? 2 : undefined);
    if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
    return fail(`${name} is ${quote(value)}, expected a whole number from ${least}`);
  };
  const real = (name: string, usual: number, fits: (value: number) => boolean, what: string) => {
    const value = json[name] ?? usual;
    if (typeof value === "number" && fits(value)) return value;
    return fail(`${name} is ${quote(value)}, expected ${what}`);
  };
  const share = (name: string) => real(name, 0.1, (p) => p >= 0 && p < 1, "a share from 0 to 1");
  const [width, heads] = [size("width"), size("heads")];
  if (width % heads !== 0) {
    fail(`hidden_size ${width} is no multiple of num_attention_heads ${heads}`);
  }
  const layers = size("layers");
  if (layers > MOST_LAYERS) {
    fail(`num_hidden_layers is ${layers}, expected at most ${MOST_LAYERS}`);
  }
  return {
    name: nameOf(file),
    layers,
    width,
    heads,
    intermediate: size("intermediate"),
    vocabulary: size("vocabulary"),
    positions: size("positions"),
    segments: size("segments"),
    layerNormEpsilon: real("layer_norm_eps", 1e-12, (e) => e > 0 && e < 1, "a share above 0"),
    dropout: share("hidden_dropout_prob"),
    attentionDropout: share("attention_probs_dropout_prob"),
    activation: "gelu",
  };
}

/**
 * The text of a config.json that says the same, for other programs to read.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatConfig, parseConfig } from "./config.ts";
 *
 * const text = JSON.stringify({
 *   model_type: "bert", vocab_size: 100, hidden_size: 8, num_hidden_layers: 2,
 *   num_attention_heads: 2, intermediate_size: 16, max_position_embeddings: 32,
 * });
 * const config = parseConfig(text, "encoders/tiny/config.json");
 * assertEquals(parseConfig(formatConfig(config), "encoders/tiny/config.json"), config);
 * ```
 */
export function formatConfig(config: EncoderConfig): string {
  const json = {
    architectures: ["BertModel"],
    model_type: "bert",
    hidden_act: config.activation,
    position_embedding_type: "absolute",
    layer_norm_eps: config.layerNormEpsilon,
    hidden_dropout_prob: config.dropout,
    attention_probs_dropout_prob: config.attentionDropout,
    ...Object.fromEntries(
      Object.entries(sizes).map(([of, [name]]) => [name, config[of as keyof typeof sizes]]),
    ),
    pad_token_id: 0,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** The folder's name, or that of a file without a folder. */
function nameOf(file: string): string {
  const [last = "encoder", folder] = file.split(/[/\\]/).filter((part) => part !== "").reverse();
  return folder ?? last.replace(/\.json$/, "");
}

type Fail = (why: string) => never;

function parseRecord(text: string, fail: Fail): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    fail(`it is not JSON (${reasonOf(cause)})`);
  }
  return typeof json === "object" && json !== null && !Array.isArray(json)
    ? json as Record<string, unknown>
    : fail("it is not an object");
}

/** Settings with the values that are supported; `null` and absence stand for the usual ones. */
const supported: Readonly<Record<string, { values: readonly unknown[]; absent: boolean }>> = {
  model_type: { values: ["bert"], absent: false },
  hidden_act: { values: ["gelu"], absent: true },
  position_embedding_type: { values: ["absolute"], absent: true },
  is_decoder: { values: [false], absent: true },
  add_cross_attention: { values: [false], absent: true },
};

function refuseUnsupported(json: Readonly<Record<string, unknown>>, fail: Fail): void {
  for (const [name, { values, absent }] of Object.entries(supported)) {
    const value = json[name] ?? undefined;
    if (values.includes(value) || (absent && value === undefined)) continue;
    fail(`${name} is ${quote(value)}, supported is ${values.map((v) => JSON.stringify(v))}`);
  }
}
