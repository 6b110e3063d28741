/**
 * `compile` makes one TensorFlow function of a whole tfjs function, gradients and updates of
 * variables included: `tf.function` for TypeScript.
 *
 * @module
 */

import { type Tensor, tensorFlowBackend, tf } from "./backend.ts";
import { AttributeKind } from "./attributes.ts";
import { executeApart } from "./eager.ts";
import { currentTrace, freeFunction, Trace, type TracedFunction } from "./graph.ts";
import { lookUp, type Metadata } from "./handles.ts";
import { DataType } from "./runtime.ts";
import { checkInputs, type InputSpec, specsOf, type Tensors } from "./signature.ts";
import { standIns } from "./sizes.ts";

export type { InputSpec, Tensors } from "./signature.ts";

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Shown in errors and profiles. */
  readonly name?: string;
  /** Inputs with their unknown dimensions; without it each set of input shapes is traced anew. */
  readonly signature?: SignatureRecord;
  /** Compiles with XLA, once for each set of input shapes. */
  readonly xla?: boolean;
}

/** Inputs with their unknown dimensions, by name. */
export type SignatureRecord = Readonly<Record<string, InputSpec>>;

/** The tensors that a signature asks for. */
export type InputsOf<Signature extends SignatureRecord> = {
  readonly [Name in keyof Signature]: Tensor;
};

/** A compiled function. */
export interface Compiled<Inputs extends Tensors, Outputs extends Tensors> {
  /**
   * Runs it on a thread of its own; calls wait for one another. The caller disposes the outputs,
   * and the inputs once the call is over. A signal that is aborted stops the call before it starts.
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
export function compile<const Signature extends SignatureRecord, Outputs extends Tensors>(
  body: (inputs: InputsOf<Signature>) => Outputs,
  options: CompileOptions & { readonly signature: Signature },
): Compiled<InputsOf<Signature>, Outputs>;
/** Without a signature, or with types given outright. */
export function compile<Inputs extends Tensors, Outputs extends Tensors>(
  body: (inputs: Inputs) => Outputs,
  options?: CompileOptions,
): Compiled<Inputs, Outputs>;
export function compile<Inputs extends Tensors, Outputs extends Tensors>(
  body: (inputs: Inputs) => Outputs,
  options: CompileOptions = {},
): Compiled<Inputs, Outputs> {
  const name = options.name ?? (body.name || "compiled");
  const traced = new Map<string, Traced>();
  let disposed = false;
  let running = false;
  const free = () => {
    for (const { function: made } of traced.values()) freeFunction(made);
    traced.clear();
  };

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
    running = true;
    try {
      return await execute(name, found, names.map((input) => inputs[input]!), options.xla ?? false);
    } finally {
      running = false;
      if (disposed) free();
    }
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
      disposed = true;
      if (!running) free(); // else when the call is over
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
  const trace = new Trace(name, standIns(unknown), xla ? "_XlaMustCompile" : undefined);
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
      return { function: trace.finish(ids), outputs: kept.map(([key]) => key) };
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
    throw new Error(
      `Cannot run "${name}": it uses the variable "${gone.variable!.name}", ` +
        `which was disposed.`,
    );
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
