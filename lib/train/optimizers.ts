/**
 * Optimisers as pure functions of one parameter: value, gradient and state in, new ones out; and the
 * state of all parameters, by name.
 *
 * @module
 */

import type { Tensor } from "../tensorflow/backend.ts";
import { raise } from "../tensorflow/operations/matmul.ts";
import { number, op } from "../tensorflow/operations/operation.ts";
import type { Network } from "../model/network.ts";
import type { Part, Values } from "../model/parameters.ts";
import { createVariable, type Variable } from "../tensorflow/variables.ts";

/** What an update depends on besides the parameter's own state. */
export interface UpdateContext {
  /** Learning rate of this step, a float32 scalar. */
  readonly rate: Tensor;
  /** Updates of this parameter so far, this one included, a float32 scalar. */
  readonly count: Tensor;
  /** Weight decay, 0 for parameters that are spared. */
  readonly decay: number;
}

/** An optimiser. */
export interface Optimizer {
  readonly name: string;
  /** Names of the state tensors it keeps for each parameter, all zeros at first. */
  readonly slots: readonly string[];
  /** New value and state of one parameter. */
  update(
    value: Tensor,
    gradient: Tensor,
    state: readonly Tensor[],
    context: UpdateContext,
  ): { value: Tensor; state: Tensor[] };
}

const mul = (a: Tensor, b: Tensor | number) =>
  op("Mul", [a, typeof b === "number" ? number(b) : b]);
const plus = (a: Tensor, b: Tensor | number) =>
  op("AddV2", [a, typeof b === "number" ? number(b) : b]);

/** p - rate (direction + decay p). */
function step(value: Tensor, direction: Tensor, { rate, decay }: UpdateContext): Tensor {
  const whole = decay === 0 ? direction : plus(direction, mul(value, decay));
  return op("Sub", [value, mul(whole, rate)]);
}

/**
 * Adamax of the reference program: m = 0.9 m + 0.1 g, u = max(0.999 u, |g| + eps),
 * p -= rate (m / (u + eps) + decay p), eps = 1e-6 both times, no bias correction.
 */
export const adamax: Optimizer = {
  name: "adamax",
  slots: ["m", "u"],
  update: (value, gradient, [m, u], context) => {
    const epsilon = 1e-6;
    const nextM = plus(mul(m!, 0.9), mul(gradient, 0.1));
    const nextU = op("Maximum", [mul(u!, 0.999), plus(op("Abs", [gradient]), epsilon)]);
    const direction = op("RealDiv", [nextM, plus(nextU, epsilon)]);
    return { value: step(value, direction, context), state: [nextM, nextU] };
  },
};

/** AdamW with bias correction (Loshchilov and Hutter 2019, arXiv 1711.05101); betas 0.9, 0.999, eps 1e-8. */
export const adamw: Optimizer = {
  name: "adamw",
  slots: ["m", "v"],
  update: (value, gradient, [m, v], context) => {
    const nextM = plus(mul(m!, 0.9), mul(gradient, 0.1));
    const nextV = plus(mul(v!, 0.999), mul(mul(gradient, gradient), 0.001));
    const unbiased = (of: Tensor, beta: number) => { // of / (1 - beta^count)
      const exponent = mul(context.count, Math.log(beta));
      return op("RealDiv", [of, op("Neg", [op("Expm1", [exponent])])]); // 1 - 0.999 loses digits
    };
    const direction = op("RealDiv", [
      unbiased(nextM, 0.9),
      plus(op("Sqrt", [unbiased(nextV, 0.999)]), 1e-8),
    ]);
    return { value: step(value, direction, context), state: [nextM, nextV] };
  },
};

/** Adam of the reference program ("BertAdam"): betas 0.9, 0.999, eps 1e-6, no bias correction. */
export const bertAdam: Optimizer = {
  name: "bertadam",
  slots: ["m", "v"],
  update: (value, gradient, [m, v], context) => {
    const nextM = plus(mul(m!, 0.9), mul(gradient, 0.1));
    const nextV = plus(mul(v!, 0.999), mul(mul(gradient, gradient), 0.001));
    const direction = op("RealDiv", [nextM, plus(op("Sqrt", [nextV]), 1e-6)]);
    return { value: step(value, direction, context), state: [nextM, nextV] };
  },
};

/** Plain gradient descent with decoupled decay. */
export const sgd: Optimizer = {
  name: "sgd",
  slots: [],
  update: (value, gradient, _state, context) => ({
    value: step(value, gradient, context),
    state: [],
  }),
};

/** Name of an optimiser. */
export type OptimizerName = "adamax" | "adamw" | "bertadam" | "sgd";

/** Optimisers by name. */
export const optimizers: Readonly<Record<OptimizerName, Optimizer>> = {
  adamax,
  adamw,
  bertadam: bertAdam,
  sgd,
};

/** The global norm of gradients, sqrt of the sum of all squares. */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  const halves = gradients.map((gradient) => op("L2Loss", [raise(gradient)])); // sum(g^2) / 2
  return op("Sqrt", [mul(op("AddN", halves), 2)]);
}

/** The factor that brings a norm down to `limit`: min(1, limit / (norm + 1e-6)), as PyTorch clips. */
export function clipFactor(norm: Tensor, limit: number): Tensor {
  return op("Minimum", [number(1), op("RealDiv", [number(limit), plus(norm, 1e-6)])]);
}

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
