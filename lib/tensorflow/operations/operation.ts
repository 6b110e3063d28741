/**
 * How operations of our own call TensorFlow's: by name, on tfjs tensors, with the types taken from
 * the inputs and the kinds of attributes from TensorFlow's own definitions.
 *
 * @module
 */

import { type Attribute, AttributeKind } from "../attributes.ts";
import { type Tensor, tensorFlowBackend, tf } from "../backend.ts";
import { binding } from "../binding.ts";
import { definition, type InputDefinition, type OperationDefinition } from "../definitions.ts";
import { lookUp } from "../handles.ts";
import { DataType } from "../runtime.ts";

/** Values of attributes by name. */
export type Attributes = Readonly<
  Record<string, boolean | number | string | readonly number[] | readonly string[]>
>;

/**
 * Runs (or traces) one TensorFlow operation with one output.
 *
 * @throws with TensorFlow's message and the operation's name, or when an input is disposed.
 */
export function op(name: string, inputs: readonly Tensor[], attributes: Attributes = {}): Tensor {
  return ops(name, inputs, attributes, 1)[0]!;
}

/** Runs (or traces) one TensorFlow operation with several outputs. */
export function ops(
  name: string,
  inputs: readonly Tensor[],
  attributes: Attributes,
  outputs: number,
): Tensor[] {
  const backend = tensorFlowBackend();
  const gone = inputs.findIndex((input) => input.isDisposed);
  if (gone >= 0) throw new Error(`Cannot run the operation "${name}": input ${gone} is disposed.`);
  const ids = backend.getInputTensorIds(inputs);
  const known = definition(name);
  const set = Object.entries(attributes).map(([key, value]): Attribute => {
    // one that begins with "_" says something to TensorFlow itself, as which kernel is to run
    const kind = key.startsWith("_")
      ? "string"
      : known.attributes.get(key)?.replace(/^list\((.*)\)$/, "$1");
    const type = AttributeKind[kind as keyof typeof AttributeKind];
    if (type === undefined) throw new Error(`Operation "${name}" has no attribute "${key}".`);
    return { name: key, type, value };
  });
  set.push(...listAttributes(known, inputs).filter(({ name }) => !(name in attributes)));
  return binding.executeOp(name, set, ids, outputs).map((made) => backend.createOutputTensor(made));
}

/**
 * What an eager operation with a list among its inputs has to be told: the length of the list, and
 * all types, which TensorFlow takes from the inputs only where there is no list.
 */
function listAttributes(known: OperationDefinition, inputs: readonly Tensor[]): Attribute[] {
  const isList = (input: InputDefinition) => input.numberAttribute || input.typeListAttribute;
  if (!known.inputs.some(isList)) return [];
  const length = inputs.length - (known.inputs.length - 1);
  const found = new Map<string, Attribute>();
  const set = (name: string, type: number, value: unknown) =>
    found.set(name, { name, type, value });
  let at = 0;
  for (const input of known.inputs) {
    const types = inputs.slice(at, at + (isList(input) ? length : 1)).map(dataType);
    at += types.length;
    if (input.numberAttribute) set(input.numberAttribute, AttributeKind.int, length);
    if (input.typeListAttribute) set(input.typeListAttribute, AttributeKind.type, types);
    if (input.typeAttribute) set(input.typeAttribute, AttributeKind.type, types[0]);
  }
  return [...found.values()];
}

/** TensorFlow's number of the tensor's element type; tells bfloat16 from float32. */
export function dataType(x: Tensor): number {
  return lookUp(tensorFlowBackend().getInputTensorIds([x])[0]!).type;
}

/** Its name, as inputs of functions have it. */
export function typeName(x: Tensor): keyof typeof DataType {
  const type = dataType(x);
  const [name] = Object.entries(DataType).find(([, number]) => number === type)!;
  return name as keyof typeof DataType;
}

/** A gradient function: from the gradient of the result and the saved tensors to those of the inputs. */
export type GradientOf = (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[];

/**
 * Runs `forward` on `inputs` with a gradient of its own.
 *
 * `forward` gets the inputs and a function that saves tensors for the gradient.
 */
export function withGradient(
  inputs: readonly Tensor[],
  forward: (save: (tensors: Tensor[]) => void) => { value: Tensor; gradient: GradientOf },
): Tensor {
  return tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as (tensors: Tensor[]) => void;
    const { value, gradient } = forward(save);
    const gradFunc = (dy: Tensor, saved: Tensor[]) =>
      tf.tidy(() => {
        const found = [gradient(dy, saved)].flat();
        // tfjs disposes a gradient when it adds another to it, so each is a tensor of its own
        const own = (gradient: Tensor, i: number) =>
          gradient !== dy && !saved.includes(gradient) && found.indexOf(gradient) === i;
        return found.map((gradient, i) => own(gradient, i) ? gradient : tf.clone(gradient));
      });
    return { value, gradFunc };
  })(...inputs);
}

/** An int32 vector constant. */
export function int32s(...values: readonly number[]): Tensor {
  return tf.tensor1d(values as number[], "int32");
}

/** An int32 scalar constant. */
export function int32(value: number): Tensor {
  return tf.scalar(value, "int32");
}

/** A float32 scalar constant. */
export function number(value: number): Tensor {
  return tf.scalar(value, "float32");
}
