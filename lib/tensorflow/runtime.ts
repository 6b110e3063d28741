/**
 * The one TensorFlow runtime of a process: library, eager context, status checks, C strings.
 *
 * @module
 */

import { openLibrary, type Symbols } from "./symbols.ts";

/** TensorFlow's numbers for element types (`TF_DataType`). */
export const DataType = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
} as const;

/** What a program may want to know of the library that was started. */
export interface RuntimeInfo {
  /** TensorFlow's version, as "2.21.0". */
  readonly version: string;
  /** Device types TensorFlow found, as ["CPU"] or ["CPU", "GPU"]. */
  readonly devices: readonly string[];
}

/** A started runtime. */
export interface Runtime extends RuntimeInfo {
  /** The functions of TensorFlow's C library. */
  readonly c: Symbols;
  /** The eager context. */
  readonly context: Deno.PointerObject;
  /** Status object shared by all blocking calls. */
  readonly status: Deno.PointerValue;
}

/** Settings that hold for the life of the process. */
export interface RuntimeOptions {
  /** Threads that work at the same time; one per core when left out. */
  readonly threads?: number;
}

/**
 * Keeps oneDNN (3.7.3) from sharing kernels between threads. It takes two products for one where
 * their factors differ in nothing but the stride of an axis of size 1, while TensorFlow asks each
 * how much memory it works in: where two threads make such products at the same time, one is given
 * the other's kernel, which may write past the end of that memory. Each thread keeps its own
 * kernels anyway.
 */
const NO_SHARED_KERNELS = ["ONEDNN_PRIMITIVE_CACHE_CAPACITY", "0"] as const;

/**
 * Parts of a batch that are worked on side by side. Where there is a thread for each and no more,
 * every operation runs on one; more threads share each operation, as TensorFlow has it.
 */
export const SHARDS = 2;

let current: Runtime | null = null;

/**
 * Opens the library at `path` and creates the eager context.
 *
 * @throws when the library can't be opened, a setting is no positive whole number, or a runtime
 * was started before.
 */
export function startRuntime(path: string, options: RuntimeOptions = {}): Runtime {
  if (current) throw new Error("TensorFlow is already started in this process.");
  if (!Deno.env.get("TF_CPP_MIN_LOG_LEVEL")) Deno.env.set("TF_CPP_MIN_LOG_LEVEL", "2");
  Deno.env.set(...NO_SHARED_KERNELS);
  const config = configProto(options);
  const c = openLibrary(path);
  const status = c.TF_NewStatus();
  const settings = c.TFE_NewContextOptions();
  c.TFE_ContextOptionsSetConfig(settings, config, BigInt(config.length), status);
  check(c, status, "configure TensorFlow");
  const context = c.TFE_NewContext(settings, status);
  check(c, status, "start TensorFlow");
  c.TFE_DeleteContextOptions(settings);
  if (context === null) throw new Error("Cannot start TensorFlow: it returned no context.");
  const version = readCString(c.TF_Version());
  current = { c, context, status, version, devices: listDevices(c, context, status) };
  return current;
}

/** The started runtime; an error that says what to call where there is none. */
export function runtime(): Runtime {
  if (current) return current;
  throw new Error("TensorFlow is not started: call `await startTensorFlow()` first.");
}

/** Whether the runtime was started. */
export function isStarted(): boolean {
  return current !== null;
}

/** Throws TensorFlow's own message when the last call that used `status` failed. */
export function check(c: Symbols, status: Deno.PointerValue, action: string): void {
  if (c.TF_GetCode(status) !== 0) {
    throw new Error(`Cannot ${action}: ${readCString(c.TF_Message(status))}`);
  }
}

const encoder = new TextEncoder();
const cStrings = new Map<string, Uint8Array<ArrayBuffer>>();

/** A zero-terminated UTF-8 copy of a name, kept for the next call with the same name. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  let bytes = cStrings.get(text);
  if (!bytes) {
    bytes = encoder.encode(text + "\0");
    cStrings.set(text, bytes);
  }
  return bytes;
}

/** The text at a `const char*`. */
export function readCString(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : new Deno.UnsafePointerView(pointer).getCString();
}

/** A list of numbers as the `int64_t*` that shapes and integer lists are passed as. */
export function int64s(values: readonly number[]): Uint8Array<ArrayBuffer> {
  const list = new BigInt64Array(Math.max(1, values.length));
  values.forEach((value, i) => list[i] = BigInt(Math.trunc(value)));
  return new Uint8Array(list.buffer);
}

/** Serialised `ConfigProto`: intra_op_parallelism_threads is field 2, inter_op field 5. */
export function configProto({ threads }: RuntimeOptions): Uint8Array<ArrayBuffer> {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > 1024)) {
    throw new Error(`Cannot use ${threads} as "threads": expected a whole number from 1 to 1024.`);
  }
  const count = threads ?? navigator.hardwareConcurrency;
  const ofEach = count <= SHARDS ? 1 : count;
  return Uint8Array.from([2 << 3, ...varint(ofEach), 5 << 3, ...varint(count)]);
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  return value > 0x7f ? [(value & 0x7f) | 0x80, ...varint(value >>> 7)] : [value];
}

function listDevices(c: Symbols, context: Deno.PointerValue, status: Deno.PointerValue): string[] {
  const list = c.TFE_ContextListDevices(context, status);
  check(c, status, "list TensorFlow's devices");
  const types = Array.from(
    { length: c.TF_DeviceListCount(list) },
    (_, i) => readCString(c.TF_DeviceListType(list, i, status)),
  );
  c.TF_DeleteDeviceList(list);
  return types;
}
