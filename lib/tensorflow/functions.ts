/**
 * Functions that are recorded apart from the trace that calls them.
 *
 * @module
 */

import { AttributeKind } from "./attributes.ts";
import { type Tensor, tensorFlowBackend, tf } from "./backend.ts";
import { executeEagerly } from "./eager.ts";
import {
  currentTrace,
  freeFunction,
  type FunctionMark,
  Trace,
  type TracedFunction,
} from "./graph.ts";
import { lookUp } from "./handles.ts";
import { DataType } from "./runtime.ts";
import { standIns } from "./sizes.ts";

/** What a function takes; a size given by name is unknown until it is called. */
export interface FunctionInput {
  readonly type: keyof typeof DataType;
  readonly shape: readonly (number | string)[];
}

/** What a function gives back: its type and its shape for the inputs at hand. */
export interface FunctionOutput {
  readonly type: keyof typeof DataType;
  readonly shape: readonly number[];
}

/** The body of a function, and the trace that records it. */
export type Recorded = (inputs: readonly Tensor[], trace: Trace) => readonly Tensor[];

/** Records a function of its own, also while another one is traced. */
export function recordAside(
  name: string,
  inputs: readonly FunctionInput[],
  body: Recorded,
  { mark, twins }: { readonly mark?: FunctionMark; readonly twins?: number } = {},
): TracedFunction {
  const backend = tensorFlowBackend();
  const trace = new Trace(name, sizesOf(inputs), mark);
  let made: TracedFunction | undefined;
  const trying = () =>
    tf.tidy(() => {
      const given = inputs.map(({ type, shape }) =>
        backend.createOutputTensor(trace.input(DataType[type], shape))
      );
      made = trace.finish(backend.getInputTensorIds(body(given, trace)), twins);
    });
  try {
    trace.record(trying, true);
  } catch (error) {
    trace.abandon();
    throw error;
  }
  return made!;
}

/** The stand-in of each size that the inputs give by name. */
export function sizesOf(inputs: readonly FunctionInput[]): Map<string, number> {
  return standIns(inputs.flatMap(({ shape }) => shape.filter((size) => typeof size === "string")));
}

/** The function; an error, and it is freed, where it uses a tensor from outside. */
export function refuseCaptures(name: string, made: TracedFunction): TracedFunction {
  if (made.captures.length === 0) return made;
  freeFunction(made);
  throw new Error(
    `Cannot record "${name}": it uses a tensor from outside; hand it over as an input.`,
  );
}

/**
 * A serialised `ConfigProto` that lets a function be called as it was recorded, its field
 * graph_options.rewrite_options.disable_meta_optimizer being true. What TensorFlow's graph rewriting
 * could fuse is recorded fused, and it takes as long as recording: 0.15 to 0.3 s for each of the
 * twins of a training step.
 */
const AS_RECORDED = Uint8Array.from([0x52, 5, 0x52, 3, 0x98, 1, 1]);

/** Calls the function `name` by `operation`, in the trace that is being recorded or at once. */
export function callFunction(
  operation: "PartitionedCall" | "StatefulPartitionedCall",
  name: string,
  ids: readonly number[],
  outputs: readonly FunctionOutput[],
  mark?: FunctionMark,
): Tensor[] {
  const backend = tensorFlowBackend();
  const marks = mark ? [{ name: mark, type: AttributeKind.bool, value: true }] : [];
  const typesAre = (name: string, value: readonly number[]) =>
    ({ name, type: AttributeKind.type, value }) as const;
  const trace = currentTrace();
  const results = trace
    ? trace.execute(
      operation,
      [
        typesAre("Tin", ids.map((id) => lookUp(id).type)),
        typesAre("Tout", outputs.map(({ type }) => DataType[type])),
        { name: "f", type: AttributeKind.func, value: name },
        { name: "config_proto", type: AttributeKind.string, value: AS_RECORDED },
        ...marks,
      ],
      ids,
      outputs.length,
      outputs.map(({ shape }) => shape),
    )
    : executeEagerly(name, marks, ids, outputs.length);
  return results.map((result) => backend.createOutputTensor(result));
}
