/**
 * Tensors' values on their way between JavaScript and TensorFlow.
 *
 * @module
 */

import { check, DataType, int64s, runtime } from "./runtime.ts";

/** Values as tfjs hands them over. */
export type TensorValues =
  | Float32Array
  | Int32Array
  | Uint8Array
  | BigInt64Array
  | ArrayLike<number>
  | readonly Uint8Array[];

/** Bytes of one `TF_TString`. */
const STRING_BYTES = 24;

/**
 * Copies values into a new tensor and returns its handle.
 *
 * @throws when the number of values doesn't fit the shape.
 */
export function createHandle(
  shape: readonly number[],
  type: number,
  values: TensorValues,
): Deno.PointerValue {
  const count = shape.reduce((product, size) => product * size, 1);
  return type === DataType.string
    ? createStrings(shape, count, values as readonly Uint8Array[])
    : createNumbers(shape, type, count, values);
}

function createNumbers(
  shape: readonly number[],
  type: number,
  count: number,
  values: TensorValues,
) {
  const { c, status } = runtime();
  const array = typed(type, values);
  const expected = type === DataType.complex64 ? 2 * count : count;
  const given = type === DataType.int64 && array instanceof Int32Array
    ? array.length / 2
    : array.length;
  if (given !== expected) {
    throw new Error(
      `Cannot create a tensor of shape [${shape}]: it needs ${expected} values, ${given} given.`,
    );
  }
  const tensor = c.TF_AllocateTensor(type, int64s(shape), shape.length, BigInt(array.byteLength));
  if (tensor === null) throw new Error(`Cannot allocate a tensor of shape [${shape}].`);
  if (array.byteLength > 0) {
    const target = Deno.UnsafePointerView.getArrayBuffer(
      c.TF_TensorData(tensor)!,
      array.byteLength,
    );
    new Uint8Array(target).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  const handle = c.TFE_NewTensorHandle(tensor, status);
  c.TF_DeleteTensor(tensor);
  check(c, status, "create a tensor");
  return handle;
}

function typed(
  type: number,
  values: TensorValues,
): Float32Array | Int32Array | Uint8Array | BigInt64Array {
  const numbers = values as ArrayLike<number>;
  switch (type) {
    case DataType.float32:
    case DataType.complex64:
      return values instanceof Float32Array ? values : Float32Array.from(numbers);
    case DataType.int32:
      return values instanceof Int32Array ? values : Int32Array.from(numbers);
    case DataType.int64: // tfjs keeps a 64-bit scalar as two 32-bit halves
      return values instanceof Int32Array || values instanceof BigInt64Array
        ? values
        : BigInt64Array.from(Array.from(numbers, BigInt));
    case DataType.bool:
      return values instanceof Uint8Array
        ? values
        : Uint8Array.from(numbers, (value) => value ? 1 : 0);
    case DataType.uint8:
      return values instanceof Uint8Array ? values : Uint8Array.from(numbers);
    default:
      throw new Error(`Cannot create a tensor of TensorFlow's data type ${type}.`);
  }
}

/**
 * Strings are copied by an operation into memory that TensorFlow owns, because a tensor allocated
 * through the C API frees its bytes but not the strings in it.
 */
function createStrings(shape: readonly number[], count: number, values: readonly Uint8Array[]) {
  const { c, status } = runtime();
  if (values.length !== count) {
    throw new Error(
      `Cannot create a tensor of shape [${shape}]: it needs ${count} strings, ${values.length} given.`,
    );
  }
  const bytes = BigInt(count * STRING_BYTES);
  const tensor = c.TF_AllocateTensor(DataType.string, int64s(shape), shape.length, bytes);
  const at = (i: number) => Deno.UnsafePointer.offset(c.TF_TensorData(tensor)!, i * STRING_BYTES);
  values.forEach((value, i) => {
    const text = value.length > 0 ? new Uint8Array(value) : new Uint8Array(1);
    c.TF_StringInit(at(i));
    c.TF_StringCopy(at(i), text, BigInt(value.length));
  });
  const borrowed = c.TFE_NewTensorHandle(tensor, status);
  try {
    check(c, status, "create a tensor of strings");
    return copyHandle(borrowed);
  } finally {
    c.TFE_DeleteTensorHandle(borrowed);
    for (let i = 0; i < count; i++) c.TF_StringDealloc(at(i));
    c.TF_DeleteTensor(tensor);
  }
}

function copyHandle(handle: Deno.PointerValue): Deno.PointerValue {
  const { c, context, status } = runtime();
  const operation = c.TFE_NewOp(context, new TextEncoder().encode("DeepCopy\0"), status);
  check(c, status, "copy a tensor");
  c.TFE_OpAddInput(operation, handle, status);
  const result = new BigUint64Array(1);
  const count = new Int32Array([1]);
  c.TFE_Execute(operation, new Uint8Array(result.buffer), new Uint8Array(count.buffer), status);
  c.TFE_DeleteOp(operation);
  check(c, status, "copy a tensor");
  return Deno.UnsafePointer.create(result[0]!);
}

/** Copies a tensor's values out; bfloat16 comes as float32, strings as bytes. */
export function readHandle(
  handle: Deno.PointerValue,
): Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[] {
  const { c, status } = runtime();
  const type = c.TFE_TensorHandleDataType(handle);
  const tensor = c.TFE_TensorHandleResolve(handle, status);
  check(c, status, "read a tensor");
  try {
    if (type === DataType.string) return readStrings(tensor);
    const bytes = new ArrayBuffer(Number(c.TF_TensorByteSize(tensor)));
    if (bytes.byteLength > 0) Deno.UnsafePointerView.copyInto(c.TF_TensorData(tensor)!, bytes);
    return view(type, bytes);
  } finally {
    c.TF_DeleteTensor(tensor);
  }
}

function view(type: number, bytes: ArrayBuffer) {
  switch (type) {
    case DataType.float32:
    case DataType.complex64:
      return new Float32Array(bytes);
    case DataType.int32:
      return new Int32Array(bytes);
    case DataType.int64:
      return new BigInt64Array(bytes);
    case DataType.bool:
    case DataType.uint8:
      return new Uint8Array(bytes);
    case DataType.bfloat16: { // the upper half of a float32
      const halves = new Uint16Array(bytes);
      const bits = Uint32Array.from(halves, (half) => half << 16);
      return new Float32Array(bits.buffer);
    }
    default:
      throw new Error(`Cannot read a tensor of TensorFlow's data type ${type}.`);
  }
}

function readStrings(tensor: Deno.PointerValue): Uint8Array[] {
  const { c } = runtime();
  return Array.from({ length: Number(c.TF_TensorElementCount(tensor)) }, (_, i) => {
    const place = Deno.UnsafePointer.offset(c.TF_TensorData(tensor)!, i * STRING_BYTES);
    const bytes = new Uint8Array(Number(c.TF_StringGetSize(place)));
    if (bytes.length > 0) {
      Deno.UnsafePointerView.copyInto(c.TF_StringGetDataPointer(place)!, bytes);
    }
    return bytes;
  });
}
