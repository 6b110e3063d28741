/**
 * Tensors and variables from outside that a traced function uses: they become extra inputs, held
 * alive for as long as the function is.
 *
 * @module
 */

import type { EagerHandle, GraphOutput } from "./handles.ts";
import { check, runtime } from "./runtime.ts";

/** What is known of a variable beyond its handle. */
export interface VariableState {
  readonly name: string;
  readonly shape: readonly number[];
  disposed: boolean;
}

/** One captured tensor or variable. */
export interface Capture {
  /** A handle of its own, so that the original may be disposed. */
  readonly pointer: Deno.PointerValue;
  readonly output: GraphOutput;
  readonly variable: VariableState | undefined;
}

const variables = new Map<bigint, VariableState>();

const address = (pointer: Deno.PointerValue) => BigInt(Deno.UnsafePointer.value(pointer));

/** Takes note that the handle at `pointer` is the variable `state`. */
export function rememberVariable(pointer: Deno.PointerValue, state: VariableState): void {
  variables.set(address(pointer), state);
}

/** Forgets a variable that was disposed. */
export function forgetVariable(pointer: Deno.PointerValue): void {
  variables.delete(address(pointer));
}

/** Makes `handle` an extra input that arrives at `output`. */
export function capture(handle: EagerHandle, output: GraphOutput): Capture {
  const { c, status } = runtime();
  const pointer = c.TFE_TensorHandleCopySharingTensor(handle.pointer, status);
  check(c, status, "capture a tensor");
  return { pointer, output, variable: variables.get(address(handle.pointer)) };
}

/** Lets go of a captured tensor. */
export function freeCapture(found: Capture): void {
  runtime().c.TFE_DeleteTensorHandle(found.pointer);
}
