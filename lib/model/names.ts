/**
 * The names of an encoder's parameters: ours, which are paths, and those of Hugging Face files;
 * and the way from one to the other. Dense kernels are [in, out] here and [out, in] there.
 *
 * @module
 */
import { quote, several } from "../base/quote.ts";
import type { StoredTensor } from "../base/safetensors.ts";
import { matchParameters, type StoredParameters } from "./checkpoint.ts";
import type { EncoderConfig } from "./config.ts";

/** One parameter of an encoder, and where a Hugging Face file has it. */
export interface EncoderParameter {
  /** Our path, for instance `encoder/layer_3/attention/query/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Name in model.safetensors, without the prefix `bert.`. */
  readonly source: string;
  /** Whether the file has the two dimensions the other way round. */
  readonly transposed: boolean;
}

/** What a file has for an encoder. */
export interface EncoderParameters {
  /** By our names, in our shapes. */
  readonly parameters: StoredParameters;
  /** Tensors of the file that the encoder has no use for: heads, `position_ids`. */
  readonly leftOut: readonly string[];
  /** Parameters the file does not have, to be initialised: the pooler's, or none. */
  readonly missing: readonly string[];
}

/**
 * All parameters of an encoder in the order of its computation.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseConfig } from "./config.ts";
 * import { encoderParameters } from "./names.ts";
 *
 * const config = parseConfig(
 *   JSON.stringify({
 *     model_type: "bert", vocab_size: 100, hidden_size: 8, num_hidden_layers: 2,
 *     num_attention_heads: 2, intermediate_size: 16, max_position_embeddings: 32,
 *   }),
 *   "config.json",
 * );
 * assertEquals(encoderParameters(config)[0], {
 *   name: "encoder/embeddings/word",
 *   shape: [100, 8],
 *   source: "embeddings.word_embeddings.weight",
 *   transposed: false,
 * });
 * ```
 */
export function encoderParameters(config: EncoderConfig): EncoderParameter[] {
  const { layers, width: d, intermediate, vocabulary, positions, segments } = config;
  const table = (name: string, rows: number): EncoderParameter => ({
    name: `encoder/embeddings/${name}`,
    shape: [rows, d],
    source: `embeddings.${sourceOfTable[name]}.weight`,
    transposed: false,
  });
  const norm = (name: string, source: string): EncoderParameter[] => [
    { name: `${name}/scale`, shape: [d], source: `${source}.weight`, transposed: false },
    { name: `${name}/shift`, shape: [d], source: `${source}.bias`, transposed: false },
  ];
  const dense = (name: string, source: string, from = d, to = d): EncoderParameter[] => [
    { name: `${name}/kernel`, shape: [from, to], source: `${source}.weight`, transposed: true },
    { name: `${name}/bias`, shape: [to], source: `${source}.bias`, transposed: false },
  ];
  const layer = (i: number): EncoderParameter[] => {
    const [name, source] = [`encoder/layer_${i}`, `encoder.layer.${i}`];
    return [
      ...["query", "key", "value"].flatMap((part) =>
        dense(`${name}/attention/${part}`, `${source}.attention.self.${part}`)
      ),
      ...dense(`${name}/attention/output`, `${source}.attention.output.dense`),
      ...norm(`${name}/attention/norm`, `${source}.attention.output.LayerNorm`),
      ...dense(`${name}/intermediate`, `${source}.intermediate.dense`, d, intermediate),
      ...dense(`${name}/output`, `${source}.output.dense`, intermediate, d),
      ...norm(`${name}/norm`, `${source}.output.LayerNorm`),
    ];
  };
  return [
    table("word", vocabulary),
    table("position", positions),
    table("segment", segments),
    ...norm("encoder/embeddings/norm", "embeddings.LayerNorm"),
    ...Array.from({ length: layers }, (_, i) => layer(i)).flat(),
    ...dense("encoder/pooler", "pooler.dense"),
  ];
}

const sourceOfTable: Readonly<Record<string, string>> = {
  word: "word_embeddings",
  position: "position_embeddings",
  segment: "token_type_embeddings",
};

/**
 * The parameters of an encoder from the tensors of a Hugging Face file. Names may have the prefix
 * `bert.` and the old names of layer norm (`gamma`, `beta`); a pooler may be absent as a whole,
 * nothing else. Values that need not be transposed are not copied.
 *
 * Throws an error that names the first tensors that are missing or have another shape, and one where
 * a value is not finite or two names of the file stand for the same parameter.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { parseConfig } from "./config.ts";
 * import { fromTensors } from "./names.ts";
 *
 * const config = parseConfig(
 *   JSON.stringify({
 *     model_type: "bert", vocab_size: 100, hidden_size: 8, num_hidden_layers: 2,
 *     num_attention_heads: 2, intermediate_size: 16, max_position_embeddings: 32,
 *   }),
 *   "config.json",
 * );
 * assertThrows(() => fromTensors({}, config, "model.safetensors"), Error, "is missing");
 * ```
 */
export function fromTensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  config: EncoderConfig,
  file: string,
): EncoderParameters {
  const found = byPlainName(tensors, file);
  const wrong: string[] = [];
  const missing: string[] = [];
  const parameters: [string, StoredParameters[string]][] = [];
  const pooled = found.has("pooler.dense.weight") || found.has("pooler.dense.bias");
  for (const { name, shape, source, transposed } of encoderParameters(config)) {
    const tensor = found.get(source)?.tensor;
    found.delete(source);
    const there = transposed ? shape.toReversed() : shape;
    if (tensor?.dtype === "F32" && `${tensor.shape}` === `${there}`) {
      refuseNonFinite(tensor.values, source, file);
      // a copy, so that the bytes of the file are free again
      const values = transposed ? transpose(tensor.values, there) : tensor.values.slice();
      parameters.push([name, { shape, values }]);
    } else if (!pooled && source.startsWith("pooler.")) missing.push(name);
    else {
      const is = tensor === undefined ? "missing" : `${tensor.dtype} ${quote(tensor.shape)}`;
      wrong.push(`${source} is ${is}, expected floats [${there}]`);
    }
  }
  if (wrong.length > 0) {
    throw new Error(
      `Cannot load the encoder "${file}": ${several(wrong)}; the file and its config.json do ` +
        `not belong together`,
    );
  }
  const leftOut = Array.from(found.values(), ({ name }) => name);
  return { parameters: Object.fromEntries(parameters), leftOut, missing };
}

/**
 * The tensors of a Hugging Face file from the parameters of an encoder; other parameters, those of
 * heads for instance, are passed over.
 *
 * Throws where one of the encoder's is missing or has another shape.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { parseConfig } from "./config.ts";
 * import { toTensors } from "./names.ts";
 *
 * const config = parseConfig(
 *   JSON.stringify({
 *     model_type: "bert", vocab_size: 100, hidden_size: 8, num_hidden_layers: 2,
 *     num_attention_heads: 2, intermediate_size: 16, max_position_embeddings: 32,
 *   }),
 *   "config.json",
 * );
 * assertThrows(() => toTensors({}, config), Error, "encoder/embeddings/word [100,8] is missing");
 * ```
 */
export function toTensors(
  parameters: StoredParameters,
  config: EncoderConfig,
): Record<string, StoredTensor> {
  const expected = encoderParameters(config);
  const matched = matchParameters(parameters, expected, config.name).parameters;
  return Object.fromEntries(expected.map(({ name, shape, source, transposed }) => {
    const values = matched[name]!.values as Float32Array<ArrayBuffer>;
    return [
      source,
      transposed
        ? { dtype: "F32", shape: shape.toReversed(), values: transpose(values, shape) }
        : { dtype: "F32", shape, values },
    ] as const;
  }));
}

/** Tensors by name without prefix and with today's names of layer norm; the given name is kept. */
function byPlainName(
  tensors: Readonly<Record<string, StoredTensor>>,
  file: string,
): Map<string, { name: string; tensor: StoredTensor }> {
  const found = new Map<string, { name: string; tensor: StoredTensor }>();
  for (const [name, tensor] of Object.entries(tensors)) {
    const plain = name.replace(/^bert\./, "")
      .replace(/LayerNorm\.gamma$/, "LayerNorm.weight").replace(
        /LayerNorm\.beta$/,
        "LayerNorm.bias",
      );
    const other = found.get(plain);
    if (other !== undefined) {
      throw new Error(
        `Cannot load the encoder "${file}": ${quote(other.name)} and ${quote(name)} stand for ` +
          `the same parameter; expected one of them`,
      );
    }
    found.set(plain, { name, tensor });
  }
  return found;
}

/** One such value would spoil every number of a run. */
function refuseNonFinite(values: Float32Array, source: string, file: string): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i]! - values[i]! === 0) continue; // neither infinite nor NaN
    throw new Error(
      `Cannot load the encoder "${file}": value ${i} of ${source} is ${
        values[i]
      }, expected finite ` +
        `numbers; the file is damaged, fetch it again`,
    );
  }
}

/** [rows, columns] -> [columns, rows], in blocks that stay in the processor's cache. */
function transpose(values: Float32Array, [rows = 0, columns = 0]: readonly number[]) {
  const turned = new Float32Array(values.length);
  const block = 32;
  for (let top = 0; top < rows; top += block) {
    for (let left = 0; left < columns; left += block) {
      const [bottom, right] = [Math.min(top + block, rows), Math.min(left + block, columns)];
      for (let i = top; i < bottom; i++) {
        for (let j = left; j < right; j++) turned[j * rows + i] = values[i * columns + j]!;
      }
    }
  }
  return turned;
}
