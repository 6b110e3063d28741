/**
 * Pretrained encoders on disk: a folder as Hugging Face lays it out, with config.json,
 * model.safetensors and tokenizer.json, read and written.
 *
 * @module
 */
import { join } from "node:path";
import { readWhole, textOf, writeAside } from "../base/disk.ts";
import { isPickle, weightsRefusal } from "../hub/pickle.ts";
import type { Random } from "../base/random.ts";
import { decode, encodeSafetensors } from "../base/safetensors.ts";
import type { EncoderConfig } from "./encoder.ts";
import { encoderOf, formatConfig, parseConfig } from "./encoders.ts";
import { type EncoderParameters, fromTensors, toTensors } from "./names.ts";
import { initialise } from "./parameters.ts";

/** A pretrained encoder in memory, with what its folder says about it. */
export interface Pretrained extends EncoderParameters {
  /** Sizes and constants, of its config.json. */
  readonly config: EncoderConfig;
  /** Where it was read from. */
  readonly folder: string;
  /** Path of the folder's tokenizer.json, for `loadTokenizer`. */
  readonly tokenizerFile: string;
  /** sha256 of model.safetensors. */
  readonly hash: string;
}

/**
 * Loads an encoder from its folder; {@linkcode fromTensors} says which names are understood.
 *
 * Throws where config.json or model.safetensors is missing, damaged or not supported, and where
 * the two do not belong together.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { loadPretrained } from "./pretrained.ts";
 *
 * await assertRejects(() => loadPretrained("nowhere"), Error, `no "config.json"`);
 * ```
 */
export async function loadPretrained(folder: string): Promise<Pretrained> {
  const names = await namesIn(folder);
  if (!names.includes("config.json")) {
    throw new Error(
      `Cannot load the encoder "${folder}": it has no "config.json"; give the folder of an ` +
        `encoder with config.json, model.safetensors and tokenizer.json`,
    );
  }
  if (!names.includes("model.safetensors")) {
    throw new Error(weightsRefusal(folder, names.sort(), folder));
  }
  const configFile = join(folder, "config.json");
  const config = parseConfig(textOf((await readWhole(configFile)).bytes, configFile), configFile);
  const file = join(folder, "model.safetensors");
  const { bytes, sha256 } = await readWhole(file);
  if (isPickle(bytes)) {
    throw new Error(
      `Cannot load the encoder "${folder}": its model.safetensors is a pickle, which can run any ` +
        "program when it is read; fetch the weights in the safetensors format",
    );
  }
  const encoder = fromTensors(decode(bytes, file).tensors, config, file);
  return {
    ...encoder,
    config,
    folder,
    tokenizerFile: join(folder, "tokenizer.json"),
    hash: sha256,
  };
}

/**
 * The encoder with a pooler: a folder may lack one, and it then starts as any other of the
 * encoder's parameters.
 *
 * ```ts ignore
 * const encoder = withFreshPooler(await loadPretrained(folder), createRandom("pooler"));
 * ```
 */
export function withFreshPooler(encoder: Pretrained, random: Random): Pretrained {
  const { config } = encoder;
  const specs = encoderOf(config).parameters(config);
  const missing = specs.filter(({ name }) => encoder.missing.includes(name));
  return { ...encoder, parameters: { ...encoder.parameters, ...initialise(missing, random) } };
}

/**
 * Writes an encoder as a folder that {@linkcode loadPretrained} and other programs can read;
 * parameters of heads are passed over. config.json is written last: a folder that has one is whole.
 *
 * Throws where a parameter is missing or has another shape, and where the disk refuses.
 *
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { savePretrained } from "./pretrained.ts";
 * import { parseConfig } from "./encoders.ts";
 *
 * const config = parseConfig(
 *   JSON.stringify({
 *     model_type: "bert", vocab_size: 100, hidden_size: 8, num_hidden_layers: 2,
 *     num_attention_heads: 2, intermediate_size: 16, max_position_embeddings: 32,
 *   }),
 *   "config.json",
 * );
 * const encoder = { config, parameters: {}, tokenizerFile: "tokenizer.json" };
 * await assertRejects(() => savePretrained("unused", encoder), Error, "is missing");
 * ```
 */
export async function savePretrained(
  folder: string,
  encoder: Pick<Pretrained, "config" | "parameters" | "tokenizerFile">,
): Promise<void> {
  const tensors = toTensors(encoder.parameters, encoder.config);
  const tokenizer = await readWhole(encoder.tokenizerFile);
  const config = new TextEncoder().encode(formatConfig(encoder.config));
  const write = (name: string, parts: Uint8Array[]) =>
    writeAside(join(folder, name), parts, () => join(folder, name));
  await Deno.mkdir(folder, { recursive: true });
  await write("tokenizer.json", [tokenizer.bytes]);
  await write("model.safetensors", encodeSafetensors(tensors, { format: "pt" })); // readers ask for "format"
  await write("config.json", [config]);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot load the encoder "${folder}": ${why}; expected a folder`, { cause });
  }
}
