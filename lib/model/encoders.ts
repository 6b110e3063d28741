/**
 * The encoder families there are, and the way from a config.json to one of them.
 *
 * @module
 */
import { bert } from "./bert.ts";
import { parseSettings } from "./config.ts";
import type { Encoder, EncoderConfig } from "./encoder.ts";

/** Encoders by family, the `model_type` of config.json. */
export const encoders = { bert } as const satisfies Record<string, Encoder>;

/**
 * The encoder of a configuration.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encoderOf, parseConfig } from "./encoders.ts";
 *
 * const config = parseConfig(
 *   JSON.stringify({
 *     model_type: "bert", vocab_size: 100, hidden_size: 8, num_hidden_layers: 2,
 *     num_attention_heads: 2, intermediate_size: 16, max_position_embeddings: 32,
 *   }),
 *   "config.json",
 * );
 * const { name, shape } = encoderOf(config).parameters(config)[0]!;
 * assertEquals([name, shape], ["encoder/embeddings/word", [100, 8]]);
 * ```
 */
export function encoderOf({ family }: Pick<EncoderConfig, "family">): Encoder {
  return encoders[family as keyof typeof encoders]; // a configuration is its family's own
}

/**
 * Reads the text of a Hugging Face config.json. Everything that would change what the encoder
 * computes and is not supported is refused.
 *
 * Throws an error that names the file, the setting, its value and what is expected.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseConfig } from "./encoders.ts";
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
  const settings = parseSettings(text, file);
  const families = Object.keys(encoders) as (keyof typeof encoders)[];
  return encoders[settings.choice("model_type", families)].config(settings);
}

/**
 * The text of a config.json that says the same, for other programs to read.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatConfig, parseConfig } from "./encoders.ts";
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
  return `${JSON.stringify(encoderOf(config).settings(config), null, 2)}\n`;
}
