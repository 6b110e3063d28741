/**
 * Runs single operations at once.
 *
 * @module
 */

import { type Attribute, setAttribute } from "./attributes.ts";
import { lookUp, type Metadata, registerPointer } from "./handles.ts";
import { check, cString, runtime } from "./runtime.ts";

/** Most outputs an operation may have. */
const MOST_OUTPUTS = 4096;

/**
 * Runs the operation `name` on the tensors `ids`.
 *
 * @throws with TensorFlow's own message and the operation's name.
 */
export function executeEagerly(
  name: string,
  attributes: readonly Attribute[],
  ids: readonly number[],
  outputs: number,
): Metadata[] {
  const { c, status } = runtime();
  const operation = newOperation(name, attributes, ids.map((id) => pointerOf(name, id)));
  try {
    const count = new Int32Array([outputs]);
    const found = new BigUint64Array(Math.max(1, Math.min(outputs, MOST_OUTPUTS)));
    c.TFE_Execute(operation, bytes(found), bytes(count), status);
    check(c, status, `run the operation "${name}"`);
    return Array.from(
      found.subarray(0, count[0]),
      (value) => registerPointer(Deno.UnsafePointer.create(value)),
    );
  } finally {
    c.TFE_DeleteOp(operation);
  }
}

/**
 * Runs the operation `name` on a thread of its own, so that timers, progress and signals go on.
 * The inputs may be disposed as soon as this returns.
 */
export async function executeApart(
  name: string,
  attributes: readonly Attribute[],
  pointers: readonly Deno.PointerValue[],
  outputs: number,
): Promise<Metadata[]> {
  const { c } = runtime();
  const operation = newOperation(name, attributes, pointers);
  const status = c.TF_NewStatus(); // the shared one may be used while this runs
  try {
    const count = new Int32Array([outputs]);
    const found = new BigUint64Array(Math.max(1, outputs));
    await c.executeApart(operation, bytes(found), bytes(count), status);
    check(c, status, `run "${name}"`);
    return Array.from(
      found.subarray(0, count[0]),
      (value) => registerPointer(Deno.UnsafePointer.create(value)),
    );
  } finally {
    c.TF_DeleteStatus(status);
    c.TFE_DeleteOp(operation);
  }
}

function newOperation(
  name: string,
  attributes: readonly Attribute[],
  pointers: readonly Deno.PointerValue[],
): Deno.PointerValue {
  const { c, context, status } = runtime();
  const operation = c.TFE_NewOp(context, cString(name), status);
  check(c, status, `run the operation "${name}"`);
  try {
    for (const attribute of attributes) setAttribute({ eager: true, operation }, attribute);
    for (const pointer of pointers) {
      c.TFE_OpAddInput(operation, pointer, status);
      check(c, status, `run the operation "${name}"`);
    }
    return operation;
  } catch (error) {
    c.TFE_DeleteOp(operation);
    throw error;
  }
}

function pointerOf(name: string, id: number): Deno.PointerValue {
  const handle = lookUp(id);
  if (handle.kind === "eager") return handle.pointer;
  throw new Error(
    `Cannot run the operation "${name}": an input is a traced tensor, which has no values outside ` +
      `the compiled function it belongs to.`,
  );
}

function bytes(array: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
