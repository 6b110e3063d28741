/**
 * The binding that tfjs-node-gpu's kernels call, here on Deno's FFI instead of a native addon:
 * each operation runs at once, or becomes a node while a function is traced.
 *
 * @module
 */

import { type Attribute, AttributeKind } from "./attributes.ts";
import { definition } from "./definitions.ts";
import { executeEagerly } from "./eager.ts";
import { currentTrace } from "./graph.ts";
import { handleCount, lookUp, type Metadata, registerPointer, release } from "./handles.ts";
import { DataType, runtime } from "./runtime.ts";
import { createHandle, readHandle, type TensorValues } from "./values.ts";

/** tfjs-node's native interface, the parts that its kernels use. */
export const binding = {
  TF_FLOAT: DataType.float32,
  TF_INT32: DataType.int32,
  TF_INT64: DataType.int64,
  TF_BOOL: DataType.bool,
  TF_COMPLEX64: DataType.complex64,
  TF_STRING: DataType.string,
  TF_RESOURCE: DataType.resource,
  TF_UINT8: DataType.uint8,
  TF_ATTR_STRING: AttributeKind.string,
  TF_ATTR_INT: AttributeKind.int,
  TF_ATTR_FLOAT: AttributeKind.float,
  TF_ATTR_BOOL: AttributeKind.bool,
  TF_ATTR_TYPE: AttributeKind.type,
  TF_ATTR_SHAPE: AttributeKind.shape,
  TF_ATTR_RESOURCE: 6,

  get TF_Version(): string {
    return runtime().version;
  },

  /** Copies values into a new tensor; during tracing it becomes a constant of the graph. */
  createTensor(shape: number[], type: number, values: TensorValues): number {
    return registerPointer(createHandle(shape, type, values), currentTrace()).id;
  },

  deleteTensor(id: number): void {
    release(id);
  },

  /** The values of a tensor; an error for a traced one, which has none. */
  tensorDataSync(id: number) {
    const handle = lookUp(id);
    if (handle.kind === "eager") return readHandle(handle.pointer);
    throw new Error(
      "Cannot read a value while tracing: a traced tensor has a shape but no values. " +
        "Return it from the compiled function and read it there.",
    );
  },

  executeOp(
    name: string,
    attributes: readonly Attribute[],
    ids: readonly number[],
    outputs: number,
  ): Metadata[] {
    const trace = currentTrace();
    const run = mended(name, ids);
    const set = actualTypes(run, attributes, ids);
    return trace ? trace.execute(run, set, ids, outputs) : executeEagerly(run, set, ids, outputs);
  },

  isUsingGpuDevice(): boolean {
    return runtime().devices.includes("GPU");
  },

  getNumOfTensors(): number {
    return handleCount();
  },

  getNumOfSavedModels(): number {
    return 0;
  },

  loadSavedModel(): never {
    throw new Error("Saved models can't be loaded: this binding runs operations only.");
  },
  runSavedModel(): never {
    throw new Error("Saved models can't be run: this binding runs operations only.");
  },
  deleteSavedModel(): never {
    throw new Error("Saved models can't be deleted: this binding runs operations only.");
  },
};

/**
 * Declares the types that the inputs have, where a kernel declares others: tfjs has no name for
 * bfloat16 and calls it float32, and tfjs-node's `mean` casts to float32 but declares the type from
 * before. TensorFlow refuses the contradiction.
 */
function actualTypes(
  name: string,
  attributes: readonly Attribute[],
  ids: readonly number[],
): readonly Attribute[] {
  const { inputs } = definition(name);
  return attributes.map((attribute) => {
    if (attribute.type !== AttributeKind.type) return attribute;
    const input = inputs.findIndex((one) => one.typeAttribute === attribute.name);
    if (input < 0) return attribute;
    const listBefore = inputs.slice(0, input).some((one) =>
      one.numberAttribute !== "" || one.typeListAttribute !== ""
    );
    const id = ids[listBefore ? ids.length - (inputs.length - input) : input];
    const actual = id === undefined ? attribute.value : lookUp(id).type;
    return actual === attribute.value ? attribute : { ...attribute, value: actual };
  });
}

/** TensorFlow from 2.17 on rounds integers to zero (its issue 74789): they are left as they are. */
function mended(name: string, ids: readonly number[]): string {
  const whole = name === "Round" && lookUp(ids[0]!).type === DataType.int32;
  return whole ? "Identity" : name;
}
