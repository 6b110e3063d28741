/**
 * Linear weights, plain or weight-normed (Salimans and Kingma 2016, arXiv 1602.07868): the kernel is
 * then a direction, and a gain for each output says how long it is.
 *
 * @module
 */

import type { Tensor } from "../../tensorflow/backend.ts";
import { divide, multiply, squareRoot, sum } from "../../tensorflow/operations/arithmetic.ts";
import type { ParameterSpec, Scope } from "../parameters.ts";

/** Kernel [in, out] and bias [out] of a linear layer, and its gain [out] where it is weight-normed. */
export function linearSpecs(
  name: string,
  inputs: number,
  outputs: number,
  weightNorm: boolean,
): ParameterSpec[] {
  const bias: ParameterSpec = { name: `${name}/bias`, shape: [outputs], start: "zeros" };
  const kernel: ParameterSpec = {
    name: `${name}/kernel`,
    shape: [inputs, outputs],
    start: weightNorm ? "normed" : "normal",
  };
  return weightNorm
    ? [kernel, { name: `${name}/gain`, shape: [outputs], start: "lengths" }, bias]
    : [kernel, bias];
}

/** The kernel itself, or gain * direction / |direction| column by column. */
export function kernelOf(at: Scope, name: string, weightNorm: boolean): Tensor {
  const kernel = at(`${name}/kernel`);
  if (!weightNorm) return kernel;
  const norm = squareRoot(sum(multiply(kernel, kernel), [0])); // [out]
  return multiply(kernel, divide(at(`${name}/gain`), norm));
}
