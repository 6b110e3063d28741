/**
 * Variables: weights and optimiser state that live in TensorFlow and are updated in place, by eager
 * code and by compiled functions alike.
 *
 * @module
 */

import { type Tensor, tensorFlowBackend, tf } from "./backend.ts";
import { AttributeKind } from "./attributes.ts";
import { binding } from "./binding.ts";
import { forgetVariable, rememberVariable, type VariableState } from "./captures.ts";
import { currentTrace, type Trace } from "./graph.ts";
import { lookUp, registerPointer, release } from "./handles.ts";
import { takeRows } from "./operations/embedding.ts";
import { DataType } from "./runtime.ts";
import { createHandle } from "./values.ts";

const FLOAT = { name: "dtype", type: AttributeKind.type, value: DataType.float32 } as const;
let made = 0;

/** A float32 tensor that can be changed in place. */
export interface Variable {
  /** A path, as `encoder/layer_3/attention/query/kernel`. */
  readonly name: string;
  /** Its dimensions. */
  readonly shape: readonly number[];
  /** Its value now; while tracing, its value at this place of the compiled function. */
  read(): Tensor;
  /** Its rows [n, ...] at `ids`, int32 [n]: as they are in what `read` gives, but only they are copied. */
  rows(ids: Tensor): Tensor;
  /** Changes it to `value`, a tensor of the same shape. */
  assign(value: Tensor): void;
  /** Changes it to values in row-major order. */
  load(values: Float32Array): void;
  /** A copy of its values in row-major order. */
  values(): Float32Array;
  /** Frees it; later use is an error. */
  dispose(): void;
}

/**
 * Creates a variable with the given values.
 *
 * @throws when the number of values doesn't fit the shape.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "./backend.ts";
 * import { createVariable } from "./variables.ts";
 * await startTensorFlow();
 * const weights = createVariable("weights", [2], Float32Array.of(1, 2));
 * weights.assign(tf.mul(weights.read(), 3));
 * console.log(weights.values()); // 3, 6
 * weights.dispose();
 * ```
 */
export function createVariable(
  name: string,
  shape: readonly number[],
  values: Float32Array,
): Variable {
  if (currentTrace()) throw new Error(`Cannot create variable "${name}" while tracing.`);
  const state: VariableState = { name, shape: [...shape], disposed: false };
  const id = handleOf(state);
  const use = () => {
    if (state.disposed) throw new Error(`Cannot use variable "${name}": it was disposed.`);
    return id;
  };
  const load = (given: Float32Array) => assignValues(use(), state, given);
  try {
    load(values);
  } catch (error) {
    destroy(id, state);
    throw error;
  }
  const variable: Variable = {
    name,
    shape: state.shape,
    read: () => readVariable(use()),
    rows: (ids) => gatherRows(use(), ids),
    assign: (value) => assign(use(), state, value),
    load,
    values: () => {
      const found = readVariable(use());
      const copy = found.dataSync() as Float32Array;
      found.dispose();
      return copy;
    },
    dispose: () => {
      if (!state.disposed) destroy(id, state);
    },
  };
  handles.set(variable, use);
  return variable;
}

const handles = new WeakMap<Variable, () => number>();

/**
 * The id of a variable's handle, to hand it to a function as an input.
 *
 * @throws when it was disposed.
 */
export function handleIdOf(variable: Variable): number {
  return handles.get(variable)!();
}

/** A variable of that shape that a function under construction gets as an input. */
export function variableInput(
  trace: Trace,
  shape: readonly number[],
): Pick<Variable, "read" | "assign"> {
  const { id } = trace.variable(shape);
  const state = { name: "input", shape, disposed: false };
  return { read: () => readVariable(id), assign: (value) => assign(id, state, value) };
}

function handleOf(state: VariableState): number {
  const [handle0] = binding.executeOp(
    "VarHandleOp",
    [
      { name: "container", type: AttributeKind.string, value: "" },
      { name: "shared_name", type: AttributeKind.string, value: `variable_${made++}` },
      FLOAT,
      { name: "shape", type: AttributeKind.shape, value: state.shape },
    ],
    [],
    1,
  );
  const id = handle0!.id;
  const handle = lookUp(id);
  if (handle.kind === "eager") rememberVariable(handle.pointer, state);
  return id;
}

function readVariable(id: number): Tensor {
  const [found] = binding.executeOp("ReadVariableOp", [FLOAT], [id], 1);
  return tensorFlowBackend().createOutputTensor(found!);
}

function gatherRows(id: number, ids: Tensor): Tensor {
  const found = tf.tidy(() => takeRows(readVariable(id), ids));
  currentTrace()?.awaitBeforeChange(id, tensorFlowBackend().getInputTensorIds([found])[0]!);
  return found;
}

function assign(id: number, state: VariableState, value: Tensor): void {
  const fits = value.shape.length === state.shape.length &&
    value.shape.every((size, i) => size === state.shape[i]);
  if (!fits) {
    throw new Error(
      `Cannot assign a tensor of shape [${value.shape}] to variable "${state.name}" of shape ` +
        `[${state.shape}].`,
    );
  }
  const ids = tensorFlowBackend().getInputTensorIds([value]);
  binding.executeOp("AssignVariableOp", [FLOAT], [id, ...ids], 0);
}

/** Loads without a tfjs tensor, so that a large weight is copied once. */
function assignValues(id: number, { name, shape }: VariableState, values: Float32Array): void {
  const count = shape.reduce((product, size) => product * size, 1);
  if (values.length !== count) {
    throw new Error(
      `Cannot load ${values.length} values into variable "${name}" of shape [${shape}], ` +
        `which holds ${count}.`,
    );
  }
  const value = registerPointer(createHandle(shape, DataType.float32, values));
  try {
    binding.executeOp("AssignVariableOp", [FLOAT], [id, value.id], 0);
  } finally {
    release(value.id);
  }
}

function destroy(id: number, state: VariableState): void {
  if (currentTrace()) throw new Error(`Cannot dispose variable "${state.name}" while tracing.`);
  state.disposed = true;
  const handle = lookUp(id);
  if (handle.kind === "eager") forgetVariable(handle.pointer);
  const ignore = { name: "ignore_lookup_error", type: AttributeKind.bool, value: true };
  binding.executeOp("DestroyResourceOp", [ignore], [id], 0);
  release(id);
}
