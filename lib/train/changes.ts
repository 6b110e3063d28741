/**
 * What a step changes: each parameter with the rate, count and decay of its part of the network.
 *
 * @module
 */

import type { Network } from "../model/network.ts";
import { putRows } from "../tensorflow/operations/embedding.ts";
import type { Optimizer, OptimizerState, UpdateContext } from "./optimizers.ts";
import { isDecayed, partOf } from "../model/parameters.ts";
import type { Tensor } from "../tensorflow/backend.ts";
import { raise } from "../tensorflow/operations/matmul.ts";
import { number, op, typeName } from "../tensorflow/operations/operation.ts";
import type { Variable } from "../tensorflow/variables.ts";
import type { FunctionInput } from "../tensorflow/functions.ts";
import { type Change, recordChange } from "../tensorflow/xla.ts";

/** Ways to change parameters and their states. */
export interface Changes {
  /** By gradients, each times a factor; by momentum and decay alone where there is no gradient. */
  all(places: readonly (readonly [path: string, gradient?: Tensor, factor?: Tensor])[]): void;
  /** By the clipped gradient of some rows, read before; that of all others is zero. */
  rows(path: string, rows: Tensor, value: Tensor, clipped: Tensor): void;
}

/** How parameters are changed. */
export interface ChangeSettings {
  readonly optimizer: Optimizer;
  readonly weightDecay: number;
  /** Whether decay acts on biases and norms too. */
  readonly decayEverything: boolean;
}

/** What all changes of a step depend on. */
export interface StepContext {
  /** Learning rates of encoder, pooler and head, [3]. */
  readonly rates: Tensor;
  /** Updates of encoder, pooler and head so far, this one included, [3]. */
  readonly counts: Tensor;
  /** A boolean scalar: whether anything changes at all; it does when left out. */
  readonly apply?: Tensor | undefined;
}

/** The ways to change a network in a step. */
export function changesOf(
  network: Network,
  state: OptimizerState,
  settings: ChangeSettings,
  { rates, counts, apply }: StepContext,
): Changes {
  const { optimizer } = settings;
  const variablesOf = (path: string) => [network.variables[path]!, ...state[path]!];
  const contextFor = (path: string) => ({ ...contextOf(path, settings, rates, counts), apply });
  return {
    all: (places) => {
      // every call takes its time, so a layer's biases and norms share one; kernels would take more
      // memory together
      const together = Map.groupBy(places, ([path]) => {
        const [part, layer] = path.split("/");
        return isDecayed(path) ? path : `${part}/${layer}`;
      });
      for (const group of together.values()) {
        const all = group.map(([path, gradient, factor]): ParameterChange => ({
          variables: variablesOf(path),
          gradient,
          factor,
        }));
        update(optimizer, all, contextFor(group[0]![0]));
      }
    },
    rows: (path, rows, value, clipped) => {
      const variables = variablesOf(path);
      const before = [value, ...state[path]!.map((slot) => slot.rows(rows))];
      // unless steps may be skipped it waits for no gradient
      update(optimizer, [{ variables }], contextFor(path));
      updated(optimizer, before, clipped, contextFor(path)).forEach((touched, i) => {
        variables[i]!.assign(putRows(variables[i]!.read(), rows, touched));
      });
    },
  };
}

/** Rate, count and decay of the parameter at `path`. */
function contextOf(
  path: string,
  settings: ChangeSettings,
  rates: Tensor,
  counts: Tensor,
): UpdateContext {
  const place = { encoder: 0, pooler: 1 }[partOf(path) as string] ?? 2;
  return {
    rate: element(rates, place),
    count: element(counts, place),
    decay: settings.decayEverything || isDecayed(path) ? settings.weightDecay : 0,
  };
}

/** Element of a vector as a scalar. */
function element(vector: Tensor, index: number): Tensor {
  return vector.slice([index], [1]).reshape([]);
}

/** A parameter, its state and what is to change them. */
export interface ParameterChange {
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
  places: readonly ParameterChange[],
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
function updated(
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
