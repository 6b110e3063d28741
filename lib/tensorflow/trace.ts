/**
 * `compile` makes one TensorFlow function of a whole tfjs function, gradients and updates of
 * variables included: `tf.function` for TypeScript.
 *
 * @module
 */

import { type Tensor, tensorFlowBackend, tf } from "./backend.ts";
import { AttributeKind } from "./attributes.ts";
import { freeCapture } from "./captures.ts";
import { executeApart } from "./eager.ts";
import { currentTrace, Trace, type TracedFunction } from "./graph.ts";
import { lookUp, type Metadata } from "./handles.ts";
import { DataType, runtime } from "./runtime.ts";
import { standIns } from "./sizes.ts";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * What an input looks like. A dimension given by name is unknown when the function is traced:
 * the one trace then serves every size, and inputs that share a name must agree on it.
 */
export interface InputSpec {
  readonly type: "float32" | "int32" | "bool";
  readonly shape: readonly (number | string)[];
}

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Shown in errors and profiles. */
  readonly name?: string;
  /** Inputs with their unknown dimensions; without it each set of input shapes is traced anew. */
  readonly signature?: Readonly<Record<string, InputSpec>>;
  /** Compiles with XLA, once for each set of input shapes. */
  readonly xla?: boolean;
}

/** A compiled function. */
export interface Compiled<Inputs extends Tensors, Outputs extends Tensors> {
  /**
   * Runs it on a thread of its own; calls wait for one another. The caller disposes the outputs.
   * A signal that is aborted stops the call before it starts.
   */
  (inputs: Inputs, options?: { readonly signal?: AbortSignal }): Promise<Outputs>;
  /** Number of traces made so far. */
  traces(): number;
  /** Number of nodes of all traces. */
  nodes(): number;
  /** Frees functions and captured tensors; later calls are an error. */
  dispose(): void;
}

interface Traced {
  readonly function: TracedFunction;
  readonly outputs: readonly string[];
}

/** Compiled calls run one after another: two steps on the same variables must never overlap. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Compiles a function of named tensors into one TensorFlow function.
 *
 * While it is traced, the function runs once with tensors that have shapes but no values. Tensors
 * made inside become constants; tensors and variables from outside are captured; assignments to
 * variables happen once per call, in the order of the code.
 *
 * @throws while tracing when a value is read, a shape depends on values, or (with a signature) the
 * size of an unknown dimension would end up in a constant; when called with inputs that don't fit
 * the signature, after `dispose()`, or with a captured variable that was disposed.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "./backend.ts";
 * import { compile } from "./trace.ts";
 * await startTensorFlow();
 * const double = compile(({ x }) => ({ y: tf.mul(x, 2) }), {
 *   signature: { x: { type: "float32", shape: ["n"] } },
 * });
 * const { y } = await double({ x: tf.tensor1d([1, 2, 3]) });
 * console.log(y.dataSync()); // 2, 4, 6
 * double.dispose();
 * ```
 */
export function compile<Inputs extends Tensors, Outputs extends Tensors>(
  body: (inputs: Inputs) => Outputs,
  options: CompileOptions = {},
): Compiled<Inputs, Outputs> {
  const name = options.name ?? (body.name || "compiled");
  const traced = new Map<string, Traced>();
  let disposed = false;

  const run = async (inputs: Inputs, signal?: AbortSignal): Promise<Outputs> => {
    signal?.throwIfAborted();
    if (disposed) throw new Error(`Cannot run "${name}": it was disposed.`);
    const names = Object.keys(options.signature ?? inputs);
    const specs = options.signature ?? specsOf(inputs);
    checkInputs(name, inputs, specs);
    const key = options.signature ? "" : JSON.stringify(specs);
    let found = traced.get(key);
    if (!found) {
      found = record(name, body, specs, options.xla ?? false);
      traced.set(key, found);
    }
    return await execute(name, found, names.map((input) => inputs[input]!), options.xla ?? false);
  };

  const call = (inputs: Inputs, settings: { readonly signal?: AbortSignal } = {}) => {
    if (currentTrace()) {
      throw new Error(
        `Cannot call the compiled "${name}" while another function is traced: ` +
          `call the function it was compiled from.`,
      );
    }
    const result = last.then(() => run(inputs, settings.signal));
    last = result.catch(() => {});
    return result;
  };
  return Object.assign(call, {
    traces: () => traced.size,
    nodes: () => [...traced.values()].reduce((sum, { function: { nodes } }) => sum + nodes, 0),
    dispose: () => {
      if (disposed) return;
      disposed = true;
      for (const { function: { name, captures } } of traced.values()) {
        removeFunction(name);
        captures.forEach(freeCapture);
      }
      traced.clear();
    },
  });
}

function record<Inputs extends Tensors, Outputs extends Tensors>(
  name: string,
  body: (inputs: Inputs) => Outputs,
  specs: Readonly<Record<string, InputSpec>>,
  xla: boolean,
): Traced {
  const backend = tensorFlowBackend();
  const unknown = Object.values(specs).flatMap(({ shape }) =>
    shape.filter((size) => typeof size === "string")
  );
  const trace = new Trace(name, standIns(unknown));
  const kept: [string, Tensor][] = [];
  try {
    return trace.record(() => {
      tf.tidy(() => {
        const inputs = Object.fromEntries(
          Object.entries(specs).map(([input, { type, shape }]) =>
            [input, backend.createOutputTensor(trace.input(DataType[type], shape))] as const
          ),
        );
        for (const [key, value] of Object.entries(body(inputs as Inputs))) {
          if (!(value instanceof tf.Tensor)) {
            throw new Error(`Cannot trace "${name}": its output "${key}" is no tensor.`);
          }
          // a clone, as an output may be an input, a tensor from outside, or another output
          kept.push([key, tf.keep(value.clone())]);
        }
      });
      const ids = kept.flatMap(([, tensor]) => backend.getInputTensorIds([tensor]));
      return { function: trace.finish(ids, xla), outputs: kept.map(([key]) => key) };
    });
  } catch (error) {
    trace.abandon();
    throw error;
  } finally {
    for (const [, tensor] of kept) tensor.dispose();
  }
}

async function execute<Outputs extends Tensors>(
  name: string,
  traced: Traced,
  inputs: readonly Tensor[],
  xla: boolean,
): Promise<Outputs> {
  const backend = tensorFlowBackend();
  const { captures } = traced.function;
  const gone = captures.find(({ variable }) => variable?.disposed);
  if (gone) {
    throw new Error(`Cannot run "${name}": it uses the variable "${gone.variable!.name}", ` +
      `which was disposed.`);
  }
  const pointers = backend.getInputTensorIds(inputs).map((id) => {
    const handle = lookUp(id);
    if (handle.kind === "eager") return handle.pointer;
    throw new Error(`Cannot run "${name}" while another function is traced.`);
  });
  const attributes = xla
    ? [{ name: "_XlaMustCompile", type: AttributeKind.bool, value: true }]
    : [];
  const results: Metadata[] = await executeApart(
    traced.function.name,
    attributes,
    [...pointers, ...captures.map(({ pointer }) => pointer)],
    traced.outputs.length,
  );
  return Object.fromEntries(
    results.map((result, i) => [traced.outputs[i]!, backend.createOutputTensor(result)]),
  ) as unknown as Outputs;
}

function specsOf(inputs: Tensors): Record<string, InputSpec> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]) =>
      [name, { type: dtype as InputSpec["type"], shape }] as const
    ),
  );
}

function checkInputs(
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

function removeFunction(name: string): void {
  const { c, context, status } = runtime();
  c.TFE_ContextRemoveFunction(context, new TextEncoder().encode(name + "\0"), status);
}
