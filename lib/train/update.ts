/**
 * The update of one parameter, large ones as one fused loop.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { fuse, type Fused } from "../tensorflow/fused.ts";
import { number, op } from "../tensorflow/operations/operation.ts";
import type { Optimizer } from "./optimizers.ts";

/** What an update of one parameter needs. */
export interface UpdateInputs {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly state: readonly Tensor[];
  /** Scalars: learning rate, updates so far, factor that clips the gradient. */
  readonly rate: Tensor;
  readonly count: Tensor;
  readonly factor: Tensor;
  readonly decay: number;
}

/** From this many elements on a fused loop gains more than its call costs. */
const LARGE = 2 ** 16;

/** Fused updates by optimiser and decay; XLA compiles each once for every size of parameter. */
const fused = new Map<string, Fused>();

/** New value and state of one parameter after one step of the optimiser. */
export function updated(optimizer: Optimizer, inputs: UpdateInputs): Tensor[] {
  if (inputs.value.size < LARGE) return updatedRows(optimizer, inputs);
  const { value, gradient, state, rate, count, factor, decay } = inputs;
  const run = fusedOnce(optimizer, decay, "update", expression(optimizer, decay));
  return run([value, gradient, ...state], [rate, count, factor]);
}

/** The same operation by operation: for a few rows, as many as a batch happens to have. */
export function updatedRows(optimizer: Optimizer, inputs: UpdateInputs): Tensor[] {
  const { value, gradient, state, rate, count, factor, decay } = inputs;
  return expression(optimizer, decay)([value, gradient, ...state], [rate, count, factor]);
}

/** The same for a parameter whose gradient is zero: no memory is read for it. */
export function updatedIdle(
  optimizer: Optimizer,
  { value, state, rate, count, decay }: Omit<UpdateInputs, "gradient" | "factor">,
): Tensor[] {
  const run = fusedOnce(optimizer, decay, "idle", ([value, ...state], [rate, count]) => {
    const zero = op("ZerosLike", [value!]);
    return expression(optimizer, decay)([value!, zero, ...state], [rate!, count!, number(1)]);
  });
  return run([value, ...state], [rate, count]);
}

function expression(optimizer: Optimizer, decay: number): Fused {
  return ([value, gradient, ...state], [rate, count, factor]) => {
    const clipped = op("Mul", [gradient!, factor!]);
    const context = { rate: rate!, count: count!, decay };
    const next = optimizer.update(value!, clipped, state, context);
    return [next.value, ...next.state];
  };
}

/** XLA compiles it once for each size, whoever asks. */
function fusedOnce(optimizer: Optimizer, decay: number, kind: string, body: Fused): Fused {
  const key = `${kind} ${optimizer.name} ${decay}`;
  const found = fused.get(key) ?? fuse(`${kind}_${optimizer.name}`, body);
  fused.set(key, found);
  return found;
}
