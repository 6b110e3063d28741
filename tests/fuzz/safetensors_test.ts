/** Safetensors files with damage: of the bytes, and of the header alone with its length put right. */
import { assert, assertEquals } from "@std/assert";
import {
  decode,
  encodeSafetensors,
  type Safetensors,
  type StoredTensor,
} from "../../lib/base/safetensors.ts";
import { attempt, fuzz, type Kind } from "./fuzz.ts";
import { damagedTensors, files, joined } from "./tensors.ts";

const file = "folder/model.safetensors";

const sizeOf = (values: StoredTensor["values"]) => values.byteLength;

/** Shapes fit values, all values are in the file, and writing gives the same tensors again. */
function checkTensors({ tensors, metadata }: Safetensors, bytes: Uint8Array): void {
  let size = 0;
  for (const [name, { shape, values, dtype }] of Object.entries(tensors)) {
    assert(shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0), name);
    assertEquals(shape.reduce((product, axis) => product * axis, 1), values.length, name);
    assert(dtype !== "F32" || values instanceof Float32Array, name);
    size += sizeOf(values);
  }
  assert(size <= 2 * bytes.length, "there are more values than the file has"); // halves widened
  assert(Object.values(metadata).every((text) => typeof text === "string"));
  const again = decode(joined(encodeSafetensors(tensors, metadata)));
  assertEquals(Object.keys(again.tensors).sort(), Object.keys(tensors).sort());
  for (const [name, { dtype, shape, values }] of Object.entries(tensors)) {
    const other = again.tensors[name]!;
    assertEquals([other.dtype, other.shape], [dtype, shape]);
    assertEquals(bytesOf(other.values), bytesOf(values));
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: StoredTensor["values"]) =>
  new Uint8Array(buffer, byteOffset, byteLength);

export const kinds: Readonly<Record<string, Kind>> = {
  "safetensors": {
    count: 4000,
    open: () => ({
      input: async (random, number) => {
        const { bytes } = damagedTensors(files[number % files.length]!, random);
        const before = bytes.slice();
        const found = await attempt(["Cannot read", file], () => decode(bytes, file));
        assertEquals(bytes, before, "the bytes were changed");
        checkTensors(found, bytes);
      },
    }),
  },
};

fuzz(import.meta.url, kinds);
