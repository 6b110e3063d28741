/**
 * What a step changes: each parameter with the rate, count and decay of its part of the network.
 *
 * @module
 */

import type { Network } from "../model/network.ts";
import type { Tensor } from "../tensorflow/backend.ts";
import { putRows } from "../tensorflow/operations/embedding.ts";
import type { Optimizer, UpdateContext } from "./optimizers.ts";
import { isDecayed, partOf } from "./parts.ts";
import type { OptimizerState } from "./state.ts";
import { type Place, update, updated } from "./update.ts";

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
        const all = group.map(([path, gradient, factor]): Place => ({
          ...{ variables: variablesOf(path), gradient, factor },
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
