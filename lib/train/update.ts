/**
 * The update of one parameter, large ones as one fused loop.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { fuse, type Fused } from "../tensorflow/fused.ts";
import { op } from "../tensorflow/operations/operation.ts";
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
export function updated(
  optimizer: Optimizer,
  inputs: UpdateInputs,
): { value: Tensor; state: Tensor[] } {
  const { value, gradient, state, rate, count, factor, decay } = inputs;
  const elements = [value, gradient, ...state];
  const scalars = [rate, count, factor];
  const run = value.size < LARGE ? expression(optimizer, decay) : fusedUpdate(optimizer, decay);
  const [next, ...slots] = run(elements, scalars);
  return { value: next!, state: slots };
}

function expression(optimizer: Optimizer, decay: number): Fused {
  return ([value, gradient, ...state], [rate, count, factor]) => {
    const clipped = op("Mul", [gradient!, factor!]);
    const context = { rate: rate!, count: count!, decay };
    const next = optimizer.update(value!, clipped, state, context);
    return [next.value, ...next.state];
  };
}

function fusedUpdate(optimizer: Optimizer, decay: number): Fused {
  const key = `${optimizer.name} ${decay}`;
  const found = fused.get(key) ?? fuse(`update_${optimizer.name}`, expression(optimizer, decay));
  fused.set(key, found);
  return found;
}
