/**
 * The binding that tfjs-node-gpu's kernels call, here on Deno's FFI instead of a native addon:
 * each operation runs at once, or becomes a node while a function is traced.
 *
 * @module
 */

import { type Attribute, AttributeKind } from "./attributes.ts";
import { executeEagerly } from "./eager.ts";
import { currentTrace } from "./graph.ts";
import { handleCount, lookUp, type Metadata, registerPointer, release } from "./handles.ts";
import { DataType, runtime } from "./runtime.ts";
import { createHandle, readHandle, type Values } from "./values.ts";

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
  createTensor(shape: number[], type: number, values: Values): number {
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
    const set = inferredTypes(attributes, ids);
    return trace
      ? trace.execute(name, set, ids, outputs)
      : executeEagerly(name, set, ids, outputs);
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
 * tfjs calls a bfloat16 tensor float32, as it has no name for it; a kernel that then declares its
 * type float32 is corrected by leaving the declaration out, so that TensorFlow takes the inputs'.
 */
function inferredTypes(
  attributes: readonly Attribute[],
  ids: readonly number[],
): readonly Attribute[] {
  if (!ids.some((id) => lookUp(id).type === DataType.bfloat16)) return attributes;
  return attributes.filter((attribute) => attribute.name !== "T");
}
