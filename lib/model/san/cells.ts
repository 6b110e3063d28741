/**
 * The recurrent cells that carry the answer head's state from turn to turn.
 *
 * @module
 */

import type { Tensor } from "../../tensorflow/backend.ts";
import { add, multiply, sigmoid, tanh } from "../../tensorflow/operations/arithmetic.ts";
import { dense } from "../../tensorflow/operations/dense.ts";
import { gruCell } from "../../tensorflow/operations/gru.ts";
import type { Precision } from "../../tensorflow/operations/matmul.ts";
import { slice } from "../../tensorflow/operations/shapes.ts";
import type { ParameterSpec, Scope } from "../parameters.ts";
import { kernelOf } from "./weight_norm.ts";

/** Kinds of cells the reference program offers. */
export type CellKind = "gru" | "lstm" | "rnn";

/** Gates of each kind, in the order of their columns. */
const GATES = { gru: 3, lstm: 4, rnn: 1 } as const;

/** Parameters of a cell whose input and state are `width` wide. */
export function cellSpecs(width: number, kind: CellKind, weightNorm: boolean): ParameterSpec[] {
  const columns = GATES[kind] * width;
  const start = { uniform: 1 / Math.sqrt(width) };
  return ["input", "state"].flatMap((side): ParameterSpec[] => [
    { name: `cell/${side}/kernel`, shape: [width, columns], start },
    { name: `cell/${side}/bias`, shape: [columns], start },
    ...(weightNorm
      ? [{ name: `cell/${side}/gain`, shape: [columns], start: "lengths" } as const]
      : []),
  ]);
}

/** One update: x [b, d], state [b, d], and for an LSTM what it carries [b, d] (zeros at first). */
export function cellStep(
  at: Scope,
  { cell, weightNorm }: { readonly cell: CellKind; readonly weightNorm: boolean },
  x: Tensor,
  state: Tensor,
  carry: Tensor | undefined,
  precision: Precision,
): { state: Tensor; carry: Tensor | undefined } {
  const weights = {
    inputKernel: kernelOf(at, "cell/input", weightNorm),
    inputBias: at("cell/input/bias"),
    stateKernel: kernelOf(at, "cell/state", weightNorm),
    stateBias: at("cell/state/bias"),
  };
  if (cell === "gru") return { state: gruCell(x, state, weights, precision), carry };
  const gates = add( // [b, gates d]
    dense(x, weights.inputKernel, weights.inputBias, { precision }),
    dense(state, weights.stateKernel, weights.stateBias, { precision }),
  );
  if (cell === "rnn") return { state: tanh(gates), carry };
  const width = state.shape[1]!;
  const gate = (index: number) => slice(gates, index * width, width);
  const fresh = multiply(sigmoid(gate(0)), tanh(gate(2)));
  const kept = carry ? add(multiply(sigmoid(gate(1)), carry), fresh) : fresh;
  return { state: multiply(sigmoid(gate(3)), tanh(kept)), carry: kept };
}
