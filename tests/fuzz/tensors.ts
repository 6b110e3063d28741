/** Whole safetensors files, and damage of them: of the bytes, or of the header alone. */
import type { Random } from "../../lib/base/random.ts";
import { encodeSafetensors, type StoredTensor } from "../../lib/base/safetensors.ts";
import { anyBytes, mutate, replaced } from "./mutate.ts";
import { anyJson } from "./structures.ts";

/** Parts one after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const floats = (...values: number[]): StoredTensor => ({
  ...{ dtype: "F32", shape: [values.length], values: Float32Array.from(values) },
});

/** Whole files: several types, none at all, half precision, names that objects have. */
export const files: readonly Uint8Array<ArrayBuffer>[] = [
  joined(encodeSafetensors({
    "embeddings.word.weight": { dtype: "F32", shape: [2, 3], values: new Float32Array(6).fill(1) },
    "embeddings.position_ids": { dtype: "I64", shape: [1, 2], values: BigInt64Array.of(0n, 1n) },
    "mask": { dtype: "BOOL", shape: [3], values: Uint8Array.of(1, 0, 1) },
    "scale": { dtype: "F32", shape: [], values: Float32Array.of(0.5) },
    "none": { dtype: "I32", shape: [0, 4], values: new Int32Array() },
  }, { format: "pt" })),
  joined(encodeSafetensors({})),
  joined(
    encodeSafetensors({ constructor: floats(1), ["__proto__"]: floats(2, 3), toString: floats() }),
  ),
  withHeader(
    { h: { dtype: "F16", shape: [2], data_offsets: [0, 4] } },
    Uint8Array.of(0, 60, 0, 124),
  ),
];

function withHeader(header: unknown, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return withHeaderText(new TextEncoder().encode(JSON.stringify(header)), data);
}

function withHeaderText(header: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer);
  return joined([length, header, data]);
}

/** Damages a file; half of the time only its header, whose length is then put right. */
export function damagedTensors(whole: Uint8Array, random: Random) {
  if (random.integer(2) === 0) return mutate(whole, random, anyBytes, files);
  const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
  const header = replaced(whole, 0, 8, "").slice(0, length);
  const { bytes, done } = mutate(header, random, anyJson);
  return { bytes: withHeaderText(bytes, whole.slice(8 + length)), done: `header: ${done}` };
}
