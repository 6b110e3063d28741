/**
 * The update of parameters, in place.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { raise } from "../tensorflow/operations/matmul.ts";
import { number, op, typeName } from "../tensorflow/operations/operation.ts";
import type { Variable } from "../tensorflow/variables.ts";
import type { FunctionInput } from "../tensorflow/functions.ts";
import { type Change, recordChange } from "../tensorflow/xla.ts";
import type { Optimizer, UpdateContext } from "./optimizers.ts";

/** A parameter, its state and what is to change them. */
export interface Place {
  /** The parameter and its state. */
  readonly variables: readonly Variable[];
  /** float32 or bfloat16, zero when left out: momentum and decay go on. */
  readonly gradient?: Tensor | undefined;
  /** A scalar that the gradient is multiplied by. */
  readonly factor?: Tensor | undefined;
}

/** What updates depend on besides their places. */
export interface UpdateInputs extends UpdateContext {
  /** A boolean scalar: whether anything changes at all; it does when left out. */
  readonly apply?: Tensor | undefined;
}

/** Recorded changes by all that tells them apart. */
const changes = new Map<string, Change>();

/** Changes parameters and their states by one step of the optimiser, all in one call. */
export function update(
  optimizer: Optimizer,
  places: readonly Place[],
  { rate, count, decay, apply }: UpdateInputs,
): void {
  const common = [rate, count, ...(apply ? [apply] : [])];
  const own = places.flatMap(({ gradient, factor }) => gradient ? [gradient, factor!] : []);
  const inputs = [...common, ...own];
  const specs = inputs.map((tensor): FunctionInput => ({
    type: typeName(tensor),
    shape: tensor.shape,
  }));
  const shapes = places.flatMap(({ variables }) => variables.map(({ shape }) => shape));
  const moving = places.map(({ gradient }) => gradient !== undefined);
  const key = JSON.stringify([optimizer.name, decay, specs, shapes, moving]);
  const change = changes.get(key) ??
    recordChange(`update_${optimizer.name}`, specs, shapes, (values, given) => {
      const [rate, count, ...others] = given.slice(0, common.length);
      const context = { rate: rate!, count: count!, decay, apply: others[0] };
      const [before, left] = [[...values], given.slice(common.length)];
      return places.flatMap(({ variables }, i) => {
        const own = before.splice(0, variables.length);
        // a zero made from the value: of a constant one XLA would rather make each state twice
        const [gradient, factor] = moving[i] ? left.splice(0, 2) : [own[0]!, number(0)];
        return updated(optimizer, own, op("Mul", [raise(gradient!), factor!]), context);
      });
    });
  changes.set(key, change);
  change(inputs, places.flatMap(({ variables }) => variables));
}

/**
 * Value and state after one step of the optimiser with a clipped gradient, from those `before`, which
 * stay where `apply` is false.
 */
export function updated(
  optimizer: Optimizer,
  before: readonly Tensor[],
  clipped: Tensor,
  { apply, ...context }: UpdateInputs,
): Tensor[] {
  const [value, ...state] = before;
  const next = optimizer.update(value!, clipped, state, context);
  const after = [next.value, ...next.state];
  return apply ? after.map((tensor, i) => op("SelectV2", [apply, tensor, before[i]!])) : after;
}
