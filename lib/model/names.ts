/**
 * The way from the parameters of a Hugging Face file to an encoder's own and back: by the names that
 * the encoder says. Dense kernels are [in, out] here and [out, in] there.
 *
 * @module
 */
import { quote, several } from "../base/quote.ts";
import type { StoredTensor } from "../base/safetensors.ts";
import { matchParameters } from "./checkpoint.ts";
import type { Encoder, EncoderConfig } from "./encoder.ts";
import { encoderOf } from "./encoders.ts";
import { partOf, type Values } from "./parameters.ts";

/** What a file has for an encoder. */
export interface EncoderParameters {
  /** By our names, in our shapes. */
  readonly parameters: Readonly<Record<string, Values>>;
  /** Tensors of the file that the encoder has no use for: heads, `position_ids`. */
  readonly leftOut: readonly string[];
  /** Parameters the file does not have, to be initialised: the pooler's, or none. */
  readonly missing: readonly string[];
}

/**
 * The parameters of an encoder from the tensors of a Hugging Face file. Names may have a prefix, as
 * {@linkcode Encoder.plainName} knows it; a pooler may be absent as a whole, nothing else.
 *
 * Throws an error that names the first tensors that are missing or have another shape, and one where
 * a value is not finite or two names of the file stand for the same parameter.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { parseConfig } from "./encoders.ts";
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
  const encoder = encoderOf(config);
  const found = byPlainName(tensors, encoder, file);
  const expected = encoder.parameters(config);
  const wrong: string[] = [];
  const missing: string[] = [];
  const parameters: [string, Values][] = [];
  const ofPooler = (name: string) => partOf(name) === "pooler";
  const pooled = expected.some(({ name, source }) => ofPooler(name) && found.has(source));
  for (const { name, shape, source, transposed } of expected) {
    const tensor = found.get(source)?.tensor;
    found.delete(source);
    const there = transposed ? shape.toReversed() : shape;
    if (tensor?.dtype === "F32" && `${tensor.shape}` === `${there}`) {
      refuseNonFinite(tensor.values, source, file);
      // a copy, so that the bytes of the file are free again
      const values = transposed ? transpose(tensor.values, there) : tensor.values.slice();
      parameters.push([name, { shape, values }]);
    } else if (!pooled && ofPooler(name)) missing.push(name);
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
 * import { parseConfig } from "./encoders.ts";
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
  parameters: Readonly<Record<string, Values>>,
  config: EncoderConfig,
): Record<string, StoredTensor> {
  const expected = encoderOf(config).parameters(config);
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

/** Tensors by the names that the encoder knows; the given name is kept. */
function byPlainName(
  tensors: Readonly<Record<string, StoredTensor>>,
  { plainName }: Encoder,
  file: string,
): Map<string, { name: string; tensor: StoredTensor }> {
  const found = new Map<string, { name: string; tensor: StoredTensor }>();
  for (const [name, tensor] of Object.entries(tensors)) {
    const plain = plainName(name);
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
