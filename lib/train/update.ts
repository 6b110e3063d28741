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
import { type Change, type KernelInput, recordChange } from "../tensorflow/xla.ts";
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
  const specs = names.map((name): KernelInput => {
    if (name === "gradient") return { type, shape };
    return { type: name === "apply" ? "bool" : "float32", shape: [] };
  });
  const change = changes.get(key) ??
    recordChange(`update_${optimizer.name}`, specs, variables.map(() => shape), (before, given) => {
      const { rate, count, gradient, factor, apply } = Object.fromEntries(
        names.map((name, i) => [name, given[i]!]),
      );
      const [value, ...state] = before;
      // a zero made from the value: of a constant one XLA would rather make each state twice
      const clipped = op("Mul", gradient ? [raise(gradient), factor!] : [value!, number(0)]);
      const context = { rate: rate!, count: count!, decay };
      const next = optimizer.update(value!, clipped, state, context);
      return applied(apply, before, [next.value, ...next.state]);
    });
  changes.set(key, change);
  change(Object.values(inputs), variables);
}

/** The next values where `apply` is true or left out, else those from before. */
export function applied(
  apply: Tensor | undefined,
  before: readonly Tensor[],
  next: readonly Tensor[],
): readonly Tensor[] {
  return apply ? next.map((tensor, i) => op("SelectV2", [apply, tensor, before[i]!])) : next;
}
