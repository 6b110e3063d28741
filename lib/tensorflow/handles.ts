/**
 * The table from the ids that tfjs keeps to what they stand for: an eager tensor, or the output of
 * a node in a graph under construction.
 *
 * @module
 */

import { runtime } from "./runtime.ts";

/** A tensor with values. */
export interface EagerHandle {
  readonly kind: "eager";
  readonly pointer: Deno.PointerValue;
  readonly type: number;
  readonly shape: readonly number[];
  /** The trace during which it was made, where it stands for a constant; else null. */
  readonly trace: object | null;
}

/** The output of a node of a graph under construction; it has a shape but no values. */
export interface SymbolicHandle {
  readonly kind: "symbolic";
  readonly trace: object;
  readonly output: GraphOutput;
  readonly type: number;
  /** Shape with stand-in sizes for unknown dimensions. */
  readonly shape: readonly number[];
}

/** A node's output in the graph, and in the graph of stand-in sizes where there is one. */
export interface GraphOutput {
  readonly operation: Deno.PointerValue;
  readonly output: Uint8Array<ArrayBuffer>;
  readonly probe: Uint8Array<ArrayBuffer> | null;
}

/** What an id stands for. */
export type Handle = EagerHandle | SymbolicHandle;

/** What tfjs wants to know of a new tensor. */
export interface Metadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

const table = new Map<number, Handle>();
let nextId = 0;

/** Enters a handle and returns what tfjs wants to know of it. */
export function register(handle: Handle): Metadata {
  const id = nextId++;
  table.set(id, handle);
  return { id, shape: [...handle.shape], dtype: handle.type };
}

/** Enters the eager tensor at `pointer`. */
export function registerPointer(
  pointer: Deno.PointerValue,
  trace: object | null = null,
): Metadata {
  const { c } = runtime();
  const type = c.TFE_TensorHandleDataType(pointer);
  return register({ kind: "eager", pointer, type, shape: shapeAt(pointer), trace });
}

/**
 * What `id` stands for.
 *
 * @throws when the tensor was disposed.
 */
export function lookUp(id: number): Handle {
  const handle = table.get(id);
  if (!handle) throw new Error(`Tensor ${id} is disposed.`);
  return handle;
}

/** Removes `id` and frees an eager tensor's memory; nothing happens for an unknown id. */
export function release(id: number): void {
  const handle = table.get(id);
  if (!handle) return;
  if (handle.kind === "eager") runtime().c.TFE_DeleteTensorHandle(handle.pointer);
  table.delete(id);
}

/** Number of ids in use. */
export function handleCount(): number {
  return table.size;
}

/** Shape of the eager tensor at `pointer`. */
function shapeAt(pointer: Deno.PointerValue): number[] {
  const { c, status } = runtime();
  const rank = c.TFE_TensorHandleNumDims(pointer, status);
  return Array.from(
    { length: rank },
    (_, i) => Number(c.TFE_TensorHandleDim(pointer, i, status)),
  );
}

/** The 16 bytes of a `TF_Output`. */
export function outputOf(operation: Deno.PointerValue, index: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(Deno.UnsafePointer.value(operation)), true);
  view.setInt32(8, index, true);
  return bytes;
}
