/**
 * A network in TensorFlow's memory: the variables of an encoder and of the heads on it.
 *
 * @module
 */

import type { Random } from "../base/random.ts";
import { createVariable, type Variable } from "../tensorflow/variables.ts";
import type { Encoder, EncoderConfig } from "./encoder.ts";
import { encoderOf } from "./encoders.ts";
import type { Head } from "./heads.ts";
import { initialise, type Parameters, type StartOptions, type Values } from "./parameters.ts";

/** Variables by path, and the encoder that works with them. */
export interface Network {
  /** The functions that compute with the variables. */
  readonly encoder: Encoder;
  /** Sizes and constants of the encoder. */
  readonly config: EncoderConfig;
  /** The parameters, by path. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** Adds a head with fresh values. */
  addHead(
    name: string,
    head: Head,
    outputs: number,
    random: Random,
    options?: StartOptions,
  ): void;
  /** Whether there is a head of that name. */
  hasHead(name: string): boolean;
  /** The parameters called `names`, read now; all when left out. */
  read(names?: readonly string[]): Parameters;
  /** Copies of the values, by path; `below` keeps those under a path. */
  values(below?: string): Record<string, Values>;
  /** Overwrites variables; every name must be known and of the same shape. */
  load(values: Readonly<Record<string, Values>>): void;
  /** Frees all variables. */
  dispose(): void;
}

/** The values that a head of that name starts from, by path, on an encoder of that width. */
export function startOfHead(
  name: string,
  head: Head,
  width: number,
  outputs: number,
  random: Random,
  options?: StartOptions,
): Record<string, Values> {
  const specs = head.parameters(width, outputs)
    .map((spec) => ({ ...spec, name: `heads/${name}/${spec.name}` }));
  return initialise(specs, random, options);
}

/**
 * Puts an encoder's values into variables.
 *
 * @example
 * ```ts ignore
 * const network = createNetwork(pretrained.config, pretrained.parameters);
 * network.addHead("rte", classify, 2, createRandom(1));
 * ```
 */
export function createNetwork(
  config: EncoderConfig,
  values: Readonly<Record<string, Values>>,
): Network {
  const variables: Record<string, Variable> = {};
  const add = (values: Readonly<Record<string, Values>>) => {
    for (const [name, { shape, values: numbers }] of Object.entries(values)) {
      variables[name] = createVariable(name, shape, numbers);
    }
  };
  add(values);
  const hasHead = (name: string) =>
    Object.keys(variables).some((path) => path.startsWith(`heads/${name}/`));
  return {
    encoder: encoderOf(config),
    config,
    variables,
    hasHead,
    addHead: (name, head, outputs, random, options) => {
      if (hasHead(name)) throw new Error(`The network has a head "${name}" already.`);
      add(startOfHead(name, head, config.width, outputs, random, options));
    },
    read: (names = Object.keys(variables)) =>
      Object.fromEntries(names.map((name) => [name, variables[name]!.read()])),
    values: (below = "") =>
      Object.fromEntries(
        Object.entries(variables)
          .filter(([name]) => name.startsWith(below))
          .map(([name, variable]) => [name, { shape: variable.shape, values: variable.values() }]),
      ),
    load: (values) => {
      for (const [name, { shape, values: numbers }] of Object.entries(values)) {
        const variable = variables[name];
        if (!variable || `${variable.shape}` !== `${shape}`) {
          throw new Error(
            `Cannot load parameter "${name}" of shape [${shape}]: the network ` +
              (variable ? `has it with shape [${variable.shape}].` : "has no such parameter."),
          );
        }
        variable.load(numbers);
      }
    },
    dispose: () => Object.values(variables).forEach((variable) => variable.dispose()),
  };
}
