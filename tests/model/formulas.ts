/**
 * The heads in plain arithmetic on nested arrays, one row at a time and in double precision: written
 * from the equations, so that what agrees with them is right for another reason than itself.
 *
 * @module
 */

import { createRandom, type Random } from "../../lib/base/random.ts";
import type { ParameterSpec } from "../../lib/model/parameters.ts";
import type { SanOptions } from "../../lib/model/san/san.ts";

/** [n] */
export type Vector = number[];
/** [rows, columns] */
export type Matrix = Vector[];

/** Parameters by path, row by row. */
export type Flat = Record<string, { shape: readonly number[]; values: number[] }>;

/** Random values for parameters, large enough that every one of them matters. */
export function randomParameters(specs: readonly ParameterSpec[], seed: number): Flat {
  const random = createRandom(seed);
  return Object.fromEntries(specs.map(({ name, shape }) => {
    const size = shape.reduce((product, axis) => product * axis, 1);
    return [name, { shape, values: normals(random, size) }];
  }));
}

/** n numbers that float32 holds exactly. */
export function normals(random: Random, n: number): number[] {
  return Array.from({ length: n }, () => Math.fround(0.7 * random.normal()));
}

/** [b, t, d] random numbers. */
export function normalCube(random: Random, b: number, t: number, d: number): Matrix[] {
  return Array.from({ length: b }, () => Array.from({ length: t }, () => normals(random, d)));
}

/** Derivative of `f` by each parameter, by central differences. */
export function numericGradients(f: (parameters: Flat) => number, parameters: Flat): Flat {
  const step = 1e-5;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, values }]) => {
      const slopes = values.map((value, i) => {
        values[i] = value + step;
        const above = f(parameters);
        values[i] = value - step;
        const below = f(parameters);
        values[i] = value;
        return (above - below) / (2 * step);
      });
      return [name, { shape, values: slopes }];
    }),
  );
}

const dot = (a: Vector, b: Vector) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const times = (a: Vector, b: Vector) => a.map((x, i) => x * b[i]!);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** exp(x) / sum(exp(x)). */
export function softmax(x: Vector): Vector {
  const exponents = x.map((value) => Math.exp(value - Math.max(...x)));
  const total = exponents.reduce((sum, value) => sum + value, 0);
  return exponents.map((value) => value / total);
}

/** x W + c with W [in, out], or with gain * W / |W| column by column. */
export function linear(parameters: Flat, name: string, x: Vector): Vector {
  const { shape: [, outputs = 0], values } = parameters[`${name}/kernel`]!;
  const bias = parameters[`${name}/bias`]!.values;
  const gain = parameters[`${name}/gain`]?.values;
  return bias.map((c, j) => {
    const column = x.map((_, i) => values[i * outputs + j]!);
    const long = gain ? gain[j]! / Math.sqrt(dot(column, column)) : 1;
    return c + long * dot(x, column);
  });
}

/** One row of the answer head's inputs. */
export interface SanRow {
  /** [t, d] */
  readonly hidden: Matrix;
  /** [t] 0, 1, or undefined for padding. */
  readonly sides: readonly (number | undefined)[];
}

/** Hands out masks in the order in which they are drawn; a mask of ones without dropout. */
export interface Masks {
  element(width: number): Vector;
  turns(count: number): Vector;
}

/** No dropout. */
export const noMasks: Masks = {
  element: (width) => new Array<number>(width).fill(1),
  turns: (count) => new Array<number>(count).fill(1),
};

/** What the answer head goes through for one row (MT-DNN, section 3.1). */
export function sanFormula(parameters: Flat, row: SanRow, options: SanOptions, masks: Masks) {
  const { hidden, sides } = row;
  const width = hidden[0]!.length;
  const dropped = (memory: Matrix) => {
    const mask = masks.element(memory[0]!.length); // one for all positions
    return memory.map((position) => times(position, mask));
  };
  const drop = (x: Vector) => times(x, masks.element(x.length));
  const own = (side: number) => [...hidden.keys()].filter((j) => sides[j] === side);
  const sum = (weights: Vector, memory: Matrix) =>
    Array.from({ length: width }, (_, i) => dot(weights, memory.map((position) => position[i]!)));

  const all = dropped(hidden);
  const hypothesis = own(0).map((j) => all[j]!);
  const start = sum(softmax(hypothesis.map((h) => linear(parameters, "start", h)[0]!)), hypothesis);
  const premise = own(1).map((j) => hidden[j]!);
  const [attentions, read, states, turnLogits]: [Matrix, Matrix, Matrix, Matrix] = [[], [], [], []];
  let state = start;
  let carry: Vector | undefined;
  for (let turn = 0; turn < options.turns; turn++) {
    const scores = scoresOf(parameters, options.attention, premise, state, dropped, drop);
    const weights = softmax(scores);
    const x = sum(weights, premise);
    attentions.push(hidden.map((_, j) => sides[j] === 1 ? weights[own(1).indexOf(j)]! : 0));
    read.push(x);
    turnLogits.push(linear(parameters, "output", drop(merged(x, state, options.merge))));
    if (turn === options.turns - 1) break;
    [state, carry] = cellFormula(parameters, options.cell, x, drop(state), carry);
    states.push(state);
  }
  const logits = answerFormula(turnLogits, options, masks);
  return { start, attentions, read, states, turnLogits, logits };
}

function scoresOf(
  parameters: Flat,
  attention: SanOptions["attention"],
  premise: Matrix,
  state: Vector,
  dropped: (memory: Matrix) => Matrix,
  drop: (x: Vector) => Vector,
): Vector {
  if (attention === "bilinear") {
    const memory = dropped(premise);
    const asked = linear(parameters, "attention", drop(state));
    return memory.map((p) => dot(p, asked));
  }
  const flat = premise.map((p) => [
    ...p,
    ...state,
    ...attention === "simple" ? [] : times(p, state),
    ...attention === "flat with difference" ? p.map((x, i) => Math.abs(x - state[i]!)) : [],
  ]);
  return dropped(flat).map((x) => linear(parameters, "attention", x)[0]!);
}

function merged(x: Vector, state: Vector, merge: SanOptions["merge"]): Vector {
  if (merge === "two-way") return [...x, ...state];
  return [...x, ...state, ...x.map((value, i) => Math.abs(value - state[i]!)), ...times(x, state)];
}

function answerFormula(turnLogits: Matrix, options: SanOptions, masks: Masks): Vector {
  if (options.answer === "last") return turnLogits.at(-1)!;
  const kept = masks.turns(options.turns);
  const probabilities = turnLogits.map(softmax);
  return turnLogits[0]!.map((_, label) =>
    Math.log(dot(probabilities.map((p) => p[label]!), kept) / options.turns)
  );
}

/** New state and what an LSTM carries, gates in PyTorch's order. */
export function cellFormula(
  parameters: Flat,
  cell: SanOptions["cell"],
  x: Vector,
  state: Vector,
  carry: Vector | undefined,
): [Vector, Vector | undefined] {
  const fromInput = linear(parameters, "cell/input", x);
  const fromState = linear(parameters, "cell/state", state);
  const width = state.length;
  const gate = (of: Vector, index: number) => of.slice(index * width, (index + 1) * width);
  const both = (index: number) =>
    gate(fromInput, index).map((value, i) => value + gate(fromState, index)[i]!);
  if (cell === "rnn") return [both(0).map(Math.tanh), undefined];
  if (cell === "gru") {
    const [reset, update] = [both(0).map(sigmoid), both(1).map(sigmoid)];
    const fresh = gate(fromInput, 2)
      .map((value, i) => Math.tanh(value + reset[i]! * gate(fromState, 2)[i]!));
    return [fresh.map((n, i) => (1 - update[i]!) * n + update[i]! * state[i]!), undefined];
  }
  const [put, forget, output] = [0, 1, 3].map((index) => both(index).map(sigmoid));
  const next = both(2).map((value, i) =>
    put![i]! * Math.tanh(value) + forget![i]! * (carry?.[i] ?? 0)
  );
  return [next.map((value, i) => output![i]! * Math.tanh(value)), next];
}

/** -log softmax(logits)[label]. */
export function crossEntropyFormula(logits: Vector, label: number): number {
  return -Math.log(softmax(logits)[label]!);
}
