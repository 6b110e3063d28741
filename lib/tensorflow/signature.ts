/**
 * What a compiled function takes: types and shapes of its inputs, some sizes only by name.
 *
 * @module
 */

import type { Tensor } from "./backend.ts";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * What an input looks like. A dimension given by name is unknown when the function is traced:
 * the one trace then serves every size, and inputs that share a name must agree on it.
 */
export interface InputSpec {
  /** Type of its elements. */
  readonly type: "float32" | "int32" | "bool";
  /** Its dimensions, a name for each that is unknown. */
  readonly shape: readonly (number | string)[];
}

/** What the given inputs are, each size by its number. */
export function specsOf(inputs: Tensors): Record<string, InputSpec> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]) =>
      [name, { type: dtype as InputSpec["type"], shape }] as const
    ),
  );
}

/**
 * Checks the inputs of the function `name` against what it takes.
 *
 * @throws when one is missing, disposed, of another type or shape, or when two disagree on the size
 * of a named dimension.
 */
export function checkInputs(
  name: string,
  inputs: Tensors,
  specs: Readonly<Record<string, InputSpec>>,
): void {
  const sizes = new Map<string, number>();
  for (const [input, { type, shape }] of Object.entries(specs)) {
    const tensor = inputs[input];
    if (!tensor) throw new Error(`Cannot run "${name}": input "${input}" is missing.`);
    if (tensor.isDisposed) throw new Error(`Cannot run "${name}": input "${input}" is disposed.`);
    const fits = tensor.dtype === type && tensor.shape.length === shape.length &&
      shape.every((size, i) => {
        const actual = tensor.shape[i]!;
        if (typeof size === "number") return size === actual;
        if (!sizes.has(size)) sizes.set(size, actual);
        return sizes.get(size) === actual;
      });
    if (!fits) {
      throw new Error(
        `Cannot run "${name}": input "${input}" is ${tensor.dtype} of shape [${tensor.shape}], ` +
          `expected ${type} of shape [${shape.map((size) => sizes.get(String(size)) ?? size)}].`,
      );
    }
  }
}
