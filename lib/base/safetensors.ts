/**
 * The safetensors format: named arrays in one file, without code in it.
 *
 * A file is the length of its header (8 bytes, little endian), the header (JSON: name to dtype,
 * shape and place of the bytes), and the bytes of all tensors without gaps. Nothing here touches
 * the disk. Format: the safetensors documentation, "Format".
 *
 * @module
 */
import { quote, reasonOf } from "./quote.ts";

/** The dtypes of the format and the arrays that hold them; F16 and BF16 are read as F32. */
interface Arrays {
  F64: Float64Array<ArrayBuffer>;
  F32: Float32Array<ArrayBuffer>;
  I64: BigInt64Array<ArrayBuffer>;
  U64: BigUint64Array<ArrayBuffer>;
  I32: Int32Array<ArrayBuffer>;
  U32: Uint32Array<ArrayBuffer>;
  I16: Int16Array<ArrayBuffer>;
  U16: Uint16Array<ArrayBuffer>;
  I8: Int8Array<ArrayBuffer>;
  U8: Uint8Array<ArrayBuffer>;
  BOOL: Uint8Array<ArrayBuffer>;
}

/** Name of a number type that can be written. */
export type Dtype = keyof Arrays;

/** One tensor as it lies in a file: values row by row. */
export type StoredTensor = {
  [D in Dtype]: {
    readonly dtype: D;
    /** Sizes of the dimensions; none for a single number. */
    readonly shape: readonly number[];
    readonly values: Arrays[D];
  };
}[Dtype];

/** What a file holds. */
export interface Safetensors {
  /** Name to tensor, in the order of the bytes. */
  readonly tensors: Record<string, StoredTensor>;
  /** Free texts that travel in the header. */
  readonly metadata: Record<string, string>;
}

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** Bytes of one value; the two half-precision types can only be read. */
const widths: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.entries(arrays).map(([d, a]) => [d, a.BYTES_PER_ELEMENT])),
  F16: 2,
  BF16: 2,
};

/** The format's own bound on a header. */
const longestHeader = 100_000_000;

/**
 * Lays tensors out as a safetensors file, in parts to be written one after another: the header,
 * then each tensor's own memory, not copied. Widest types first, so that all values are aligned.
 *
 * Throws where a shape does not fit its values.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decode, encodeSafetensors } from "./safetensors.ts";
 *
 * const parts = encodeSafetensors({ bias: { dtype: "F32", shape: [2], values: Float32Array.of(1, 2) } });
 * const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
 * assertEquals([...decode(bytes).tensors["bias"]!.values], [1, 2]);
 * ```
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer>[] {
  const entries = Object.entries(tensors).sort(([a, { dtype: d }], [b, { dtype: e }]) =>
    widths[e]! - widths[d]! || (a < b ? -1 : 1)
  );
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let begin = 0;
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  for (const [name, { dtype, shape, values }] of entries) {
    if (name === "__metadata__" || !shape.every(isSize) || product(shape) !== values.length) {
      throw new Error(
        `Cannot write tensor "${name}": shape [${shape}] for ${values.length} values`,
      );
    }
    const end = begin + values.byteLength;
    header.push([name, { dtype, shape, data_offsets: [begin, end] }]);
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    begin = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(text, 8);
  return [head, ...parts];
}

/**
 * Reads a safetensors file. Values are views of `bytes` where they are aligned, else copies; F16
 * and BF16 become F32.
 *
 * Throws where the header is not what the format asks for, where a dtype is unknown, and where
 * the tensors leave a gap, overlap, or do not end where the file does.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { decode } from "./safetensors.ts";
 *
 * assertThrows(() => decode(new Uint8Array(4), "x.safetensors"), Error, "4 bytes");
 * ```
 */
export function decode(bytes: Uint8Array<ArrayBuffer>, file = "safetensors"): Safetensors {
  const fail = (why: string, cause?: unknown): never => {
    throw new Error(
      `Cannot read "${file}": ${why}; the file is damaged or no safetensors, fetch or write it again`,
      { cause },
    );
  };
  const { header, start } = readHeader(bytes, fail);
  const { __metadata__: metadata = {}, ...described } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((text) => typeof text !== "string")) {
    return fail(`"__metadata__" is ${quote(metadata)}, expected names and texts`);
  }
  const entries = Object.entries(described)
    .map(([name, entry]) => readEntry(name, entry, fail))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of entries) {
    if (entry.begin !== end) {
      fail(
        `tensor ${quote(entry.name)} starts at byte ${entry.begin} of the data, expected ${end}`,
      );
    }
    end = entry.end;
  }
  if (end !== bytes.length - start) {
    fail(`the tensors end at byte ${end} of the data, which has ${bytes.length - start} bytes`);
  }
  const tensors = entries.map((entry) => [entry.name, take(bytes, start, entry)] as const);
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> };
}

type Fail = (why: string, cause?: unknown) => never;

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readHeader(
  bytes: Uint8Array<ArrayBuffer>,
  fail: Fail,
): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) fail(`it has ${bytes.length} bytes, expected at least 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(bytes.length - 8, longestHeader))) {
    fail(`it claims a header of ${length} bytes, but has ${bytes.length} bytes`);
  }
  const start = 8 + Number(length);
  let header: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start));
    header = JSON.parse(text);
  } catch (cause) {
    fail(`its header is not JSON (${reasonOf(cause)})`, cause);
  }
  return isRecord(header) ? { header, start } : fail("its header is not an object");
}

function readEntry(name: string, entry: unknown, fail: Fail): Entry {
  const what = `tensor ${quote(name)}`;
  if (!isRecord(entry)) return fail(`${what} is ${quote(entry)}, expected an object`);
  const { dtype, shape, data_offsets: place } = entry;
  const width = typeof dtype === "string" && Object.hasOwn(widths, dtype) ? widths[dtype]! : 0;
  if (width === 0) {
    return fail(`${what} has dtype ${quote(dtype)}, expected ${Object.keys(widths)}`);
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    return fail(`${what} has shape ${quote(shape)}, expected whole numbers from 0`);
  }
  const [begin, end] = Array.isArray(place) && place.length === 2 ? place : [];
  if (!isSize(begin) || !isSize(end) || product(shape) * width !== end - begin) {
    const size = `${dtype} ${quote(shape)}`;
    return fail(`data_offsets of ${what} is ${quote(place)}, which does not fit ${size}`);
  }
  return { name, dtype: dtype as string, shape, begin, end };
}

function take(
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
  { dtype, shape, begin, end }: Entry,
): StoredTensor {
  const half = dtype === "F16" || dtype === "BF16";
  const kind = half ? Uint16Array : arrays[dtype as Dtype];
  const from = bytes.byteOffset + start + begin;
  const count = (end - begin) / kind.BYTES_PER_ELEMENT;
  const values = from % kind.BYTES_PER_ELEMENT === 0
    ? new kind(bytes.buffer, from, count)
    : new kind(bytes.slice(start + begin, start + end).buffer);
  if (half) {
    const widen = dtype === "F16" ? fromHalf : fromBrain;
    return { dtype: "F32", shape, values: widen(values as Uint16Array) };
  }
  return { dtype, shape, values } as StoredTensor; // dtype and array come from one table
}

/** bfloat16 is the upper half of a float32. */
function fromBrain(values: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = values[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE binary16: sign, 5 bits of exponent (bias 15), 10 bits of fraction. */
function fromHalf(values: Uint16Array): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(values.length);
  for (let i = 0; i < floats.length; i++) {
    const bits = values[i]!;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = (bits & 0x3ff) / 1024;
    const magnitude = exponent === 31
      ? (fraction === 0 ? Infinity : NaN)
      : (fraction + (exponent === 0 ? 0 : 1)) * 2 ** (Math.max(exponent, 1) - 15);
    floats[i] = bits & 0x8000 ? -magnitude : magnitude;
  }
  return floats;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** May leave the safe integers for nonsense shapes; then it equals no size of a file. */
function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
