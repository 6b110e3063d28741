/**
 * What training keeps beside the network's own values: the optimiser's state of every parameter,
 * and how far a run has come. With the network's values it is all that a run needs to go on as if
 * it had never stopped: batches, their order and every random number follow from seed and step.
 *
 * @module
 */

import type { Network } from "../model/network.ts";
import type { Values } from "../model/parameters.ts";
import { createVariable, type Variable } from "../tensorflow/variables.ts";
import type { Optimizer } from "./optimizers.ts";
import type { Part } from "./parts.ts";

/** State tensors of every parameter, by path and slot. */
export type OptimizerState = Record<string, Variable[]>;

/** Where a run stands between two steps. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  /** Updates of each part of the network so far; those of a part that had none are left out. */
  readonly updates: Readonly<Partial<Record<Part, number>>>;
  /** The optimiser's state, by parameter and slot: "encoder/pooler/bias/m". */
  readonly optimizer: Readonly<Record<string, Values>>;
}

/**
 * The optimiser's state for every parameter of a network; the caller disposes it.
 *
 * @param stored values to go on with, all zeros when left out.
 * @throws when the stored values are not those of this network and optimiser.
 */
export function createState(
  network: Network,
  { name, slots }: Optimizer,
  stored?: Readonly<Record<string, Values>>,
): OptimizerState {
  const sizes = Object.entries(network.variables).flatMap(([path, { shape }]) =>
    slots.map((slot) => [`${path}/${slot}`, shape] as const)
  );
  const wrong = stored && (Object.keys(stored).find((key) => !sizes.some(([own]) => own === key)) ??
    sizes.find(([key, shape]) => `${stored[key]?.shape}` !== `${shape}`)?.[0]);
  if (wrong !== undefined) {
    throw new Error(
      `Cannot go on with the optimiser state "${wrong}": it is not that of ${name} for this network.`,
    );
  }
  const sizeOf = (shape: readonly number[]) => shape.reduce((product, axis) => product * axis, 1);
  const largest = Math.max(
    0,
    ...Object.values(network.variables).map(({ shape }) => sizeOf(shape)),
  );
  const zeros = new Float32Array(largest); // one for all: they are copied at once
  const state = Object.fromEntries(
    Object.entries(network.variables).map(([path, { shape }]) => {
      const start = (key: string) => stored?.[key]?.values ?? zeros.subarray(0, sizeOf(shape));
      return [
        path,
        slots.map((slot) => createVariable(`${path}/${slot}`, shape, start(`${path}/${slot}`))),
      ];
    }),
  );
  zeros.buffer.transfer(0); // frees them
  return state;
}

/** A copy of the optimiser's state, by parameter and slot. */
export function stateValues(state: OptimizerState): Record<string, Values> {
  return Object.fromEntries(
    Object.values(state).flat().map((variable) => [
      variable.name,
      { shape: variable.shape, values: variable.values() },
    ]),
  );
}
