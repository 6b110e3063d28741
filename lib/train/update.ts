/**
 * The update of one parameter, in place.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { raise } from "../tensorflow/operations/matmul.ts";
import { dataType, number, op } from "../tensorflow/operations/operation.ts";
import { DataType } from "../tensorflow/runtime.ts";
import type { Variable } from "../tensorflow/variables.ts";
import type { FunctionInput } from "../tensorflow/functions.ts";
import { type Change, recordChange } from "../tensorflow/xla.ts";
import type { Optimizer, UpdateContext } from "./optimizers.ts";

/** What an update of one parameter depends on. */
export interface UpdateInputs extends UpdateContext {
  /** float32 or bfloat16, zero when left out: momentum and decay go on. */
  readonly gradient?: Tensor;
  /** A scalar that the gradient is multiplied by. */
  readonly factor?: Tensor;
  /** A boolean scalar: whether anything changes at all; it does when left out. */
  readonly apply?: Tensor | undefined;
}

/** Recorded changes by all that tells them apart. */
const changes = new Map<string, Change>();

/** Changes a parameter and its state, `variables`, by one step of the optimiser. */
export function update(
  optimizer: Optimizer,
  variables: readonly Variable[],
  { gradient, factor, rate, count, decay, apply }: UpdateInputs,
): void {
  const { shape } = variables[0]!;
  const type = gradient && dataType(gradient) === DataType.bfloat16 ? "bfloat16" : "float32";
  const inputs = { rate, count, ...(gradient && { gradient, factor }), ...(apply && { apply }) };
  const names = Object.keys(inputs);
  const key = JSON.stringify([optimizer.name, decay, shape, type, names]);
  const specs = names.map((name): FunctionInput => {
    if (name === "gradient") return { type, shape };
    return { type: name === "apply" ? "bool" : "float32", shape: [] };
  });
  const change = changes.get(key) ??
    recordChange(`update_${optimizer.name}`, specs, variables.map(() => shape), (before, given) => {
      const { rate, count, gradient, factor, apply } = Object.fromEntries(
        names.map((name, i) => [name, given[i]!]),
      );
      // a zero made from the value: of a constant one XLA would rather make each state twice
      const clipped = op("Mul", gradient ? [raise(gradient), factor!] : [before[0]!, number(0)]);
      return updated(optimizer, before, clipped, { rate: rate!, count: count!, decay, apply });
    });
  changes.set(key, change);
  change(Object.values(inputs), variables);
}

/**
 * Value and state after one step of the optimiser with a clipped gradient, from those `before`, which
 * stay where `apply` is false.
 */
export function updated(
  optimizer: Optimizer,
  before: readonly Tensor[],
  clipped: Tensor,
  { apply, ...context }: UpdateContext & Pick<UpdateInputs, "apply">,
): Tensor[] {
  const [value, ...state] = before;
  const next = optimizer.update(value!, clipped, state, context);
  const after = [next.value, ...next.state];
  return apply ? after.map((tensor, i) => op("SelectV2", [apply, tensor, before[i]!])) : after;
}
