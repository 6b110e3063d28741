/**
 * Parameters by path: what a network needs, how it starts, and how a function reaches its part.
 *
 * @module
 */

import { type Random, split } from "../base/random.ts";
import type { Tensor } from "../tensorflow/backend.ts";

/** How a parameter starts before anything is learned. */
export type ParameterStart =
  /** N(0, 0.02), as BERT starts every linear and embedding weight. */
  | "normal"
  /** As "normal", for the kernel of a weight-normed linear layer; see {@linkcode StartOptions}. */
  | "normed"
  | "zeros"
  | "ones"
  /** The length of each column of the kernel beside it, so that a weight-normed layer starts as it. */
  | "lengths"
  /** Uniform within 1 / sqrt(d), d the width of a recurrent cell's state. */
  | { readonly uniform: number };

/** One parameter that a network needs. */
export interface ParameterSpec {
  /** Path, as `encoder/layer_3/attention/query/kernel`. */
  readonly name: string;
  /** Its dimensions. */
  readonly shape: readonly number[];
  /** How it starts. */
  readonly start: ParameterStart;
}

/** A parameter's values in row-major order. */
export interface Values {
  /** Its dimensions. */
  readonly shape: readonly number[];
  /** Its numbers. */
  readonly values: Float32Array;
}

/** Tensors by path. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** How the starts are to be understood. */
export interface StartOptions {
  /**
   * Whether kernels of weight-normed linear layers start uniformly within 1 / sqrt(inputs), as
   * PyTorch starts any linear layer: the reference program's N(0, 0.02) doesn't reach them.
   */
  readonly skipNormed?: boolean;
}

/** Standard deviation of BERT's initial weights (`initializer_range`). */
const DEVIATION = 0.02;

/**
 * Values to start from. Each parameter draws from a stream of its own, so that adding one leaves
 * the others as they were; a kernel comes before the gain that takes its lengths.
 *
 * @example
 * ```ts
 * import { createRandom } from "../base/random.ts";
 * import { initialise } from "./parameters.ts";
 * const specs = [{ name: "head/bias", shape: [2], start: "zeros" }] as const;
 * initialise(specs, createRandom(1))["head/bias"]!.values; // 0, 0
 * ```
 */
export function initialise(
  specs: readonly ParameterSpec[],
  random: Random,
  { skipNormed = false }: StartOptions = {},
): Record<string, Values> {
  const made: Record<string, Values> = {};
  for (const { name, shape, start: asked } of specs) {
    const plain = skipNormed ? { uniform: 1 / Math.sqrt(shape[0]!) } : "normal";
    const start = asked === "normed" ? plain : asked;
    const stream = split(random, name);
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (start === "ones") values.fill(1);
    else if (start === "normal") {
      for (let i = 0; i < values.length; i++) values[i] = DEVIATION * stream.normal();
    } else if (start === "lengths") {
      values.set(columnLengths(made[name.replace(/[^/]*$/, "kernel")]!));
    } else if (start !== "zeros") {
      for (let i = 0; i < values.length; i++) {
        values[i] = start.uniform * (2 * stream.uniform() - 1);
      }
    }
    made[name] = { shape, values };
  }
  return made;
}

/** [in, out] -> [out] */
function columnLengths({ shape: [, columns = 1], values }: Values): Float32Array {
  const squares = new Float64Array(columns);
  values.forEach((value, i) => squares[i % columns]! += value * value);
  return Float32Array.from(squares, Math.sqrt);
}

/** Reaches the parameters below one path. */
export type Scope = (name: string) => Tensor;

/**
 * The parameters below `path`.
 *
 * @throws when a parameter that is asked for is missing; the error names its path.
 */
export function scope(parameters: Parameters, path: string): Scope {
  return (name) => {
    const found = parameters[`${path}/${name}`];
    if (!found) throw new Error(`Parameter "${path}/${name}" is missing.`);
    return found;
  };
}

/** Encoder, pooler, or the head of a task. */
export type Part = "encoder" | "pooler" | `heads/${string}`;

/** The part that the parameter at `path` belongs to. */
export function partOf(path: string): Part {
  if (path.startsWith("encoder/pooler/")) return "pooler";
  if (path.startsWith("heads/")) return path.split("/").slice(0, 2).join("/") as Part;
  return "encoder";
}

/** Whether weight decay acts on the parameter: not on biases, norms and gains. */
export function isDecayed(path: string): boolean {
  return !/\/(bias|scale|shift|gain)$/.test(path);
}
