/**
 * A graph under construction: while a function is traced, each operation becomes a node here
 * instead of being run.
 *
 * tfjs wants to know every tensor's shape while it runs a function, but one trace is to serve every
 * batch size and length. So each node is added twice: to the graph itself, whose declared dimensions
 * are unknown, and to a *probe*, where they have stand-in sizes. TensorFlow infers shapes in the
 * probe, and those answer tfjs. The stand-ins are primes, so a size that ends up in a constant, where
 * it would be wrong for every other batch, is seen and refused.
 *
 * @module
 */

import { type Attribute, setAttribute } from "./attributes.ts";
import { definition, type OperationDefinition } from "./definitions.ts";
import { type GraphOutput, lookUp, type Metadata, outputOf, register, release } from "./handles.ts";
import { type Capture, capture, freeCapture } from "./captures.ts";
import { bakedSize } from "./sizes.ts";
import { Ordering } from "./ordering.ts";
import { check, cString, DataType, int64s, runtime } from "./runtime.ts";

/** What a finished trace needs to be called: TensorFlow's name of the function and what it captured. */
export interface TracedFunction {
  readonly name: string;
  /** The same function under other names. */
  readonly twins: readonly string[];
  readonly captures: readonly Capture[];
  /** Functions that were recorded for this one alone. */
  readonly parts: readonly TracedFunction[];
  /** Number of nodes, those of its parts included, for reports. */
  readonly nodes: number;
}

/** What TensorFlow does with a function: compiles it with XLA, or keeps it whole where it is called. */
export type FunctionMark = "_XlaMustCompile" | "_noinline";

let current: Trace | null = null;
let functions = 0;

/** The trace that is being recorded, or null while operations run at once. */
export function currentTrace(): Trace | null {
  return current;
}

/** Records one function; see the module's comment. */
export class Trace {
  readonly #title: string;
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #graph: Deno.PointerValue;
  readonly #probe: Deno.PointerValue | null;
  readonly #inputs: GraphOutput[] = [];
  readonly #captures = new Map<number, Capture>();
  readonly #constants = new Map<number, GraphOutput>();
  /** Shapes of the variables among the inputs, by id. */
  readonly #variables = new Map<number, readonly number[]>();
  readonly #ordering = new Ordering();
  readonly #parts: TracedFunction[] = [];
  readonly #mark: FunctionMark | undefined;
  #nodes = 0;

  /** `sizes` gives the stand-in size of each unknown dimension; none makes the trace static. */
  constructor(title: string, sizes: ReadonlyMap<string, number>, mark?: FunctionMark) {
    const { c } = runtime();
    this.#title = title;
    this.#sizes = sizes;
    this.#mark = mark;
    this.#graph = c.TF_NewGraph();
    this.#probe = sizes.size > 0 ? c.TF_NewGraph() : null;
  }

  /** Whether XLA is to compile the function, which knows fewer operations. */
  get forXla(): boolean {
    return this.#mark === "_XlaMustCompile";
  }

  /** Takes note of a function that only this one calls, to be freed with it. */
  own(part: TracedFunction): void {
    this.#parts.push(part);
  }

  /**
   * Runs `body` with this trace in charge of every operation. `inside` lets it interrupt another
   * trace, for a function that is to be called in that one.
   */
  record<T>(body: () => T, inside = false): T {
    const outer = current;
    if (outer && !inside) {
      throw new Error(`Cannot trace "${this.#title}" while another function is traced.`);
    }
    current = this;
    try {
      return body();
    } finally {
      current = outer;
    }
  }

  /** Adds an input; a dimension given by name is unknown in the graph. */
  input(type: number, shape: readonly (number | string)[]): Metadata {
    const output = this.#placeholder(
      type,
      shape.map((size) => typeof size === "string" ? -1 : size),
      shape.map((size) => typeof size === "string" ? this.#sizes.get(size)! : size),
    );
    this.#inputs.push(output);
    return this.#metadata(output, 0);
  }

  /** Adds a variable of that shape as an input. */
  variable(shape: readonly number[]): Metadata {
    const found = this.input(DataType.resource, []);
    this.#variables.set(found.id, shape);
    return found;
  }

  /**
   * Adds the operation `name` on the tensors `ids`. `shapes` says what TensorFlow can't infer: the
   * shapes of what a function called inside returns.
   */
  execute(
    name: string,
    attributes: readonly Attribute[],
    ids: readonly number[],
    outputs: number,
    shapes: readonly (readonly number[])[] = [],
  ): Metadata[] {
    const known = definition(name);
    const inputs = ids.map((id) => this.#outputFor(id));
    const before = this.#ordering.before(known, inputs);
    const node = this.#node(known, attributes, inputs, before);
    this.#ordering.after(known, inputs, node.operation);
    const read = name === "ReadVariableOp" ? this.#shapeOfVariable(ids[0]!) : undefined;
    if (read) {
      this.#setShape(this.#graph, node.output, read);
      if (this.#probe) this.#setShape(this.#probe, node.probe!, read);
    }
    shapes.forEach((shape, i) => {
      const [graph, place] = this.#probe
        ? [this.#probe, node.probe!] as const
        : [this.#graph, node.output] as const;
      this.#setShape(graph, withIndex(place, i), shape);
    });
    return Array.from({ length: outputs }, (_, i) => this.#metadata(node, i));
  }

  /** Lets later changes of the variable `id` wait for the tensor `result`, made from its memory. */
  awaitBeforeChange(id: number, result: number): void {
    this.#ordering.read(this.#outputFor(id), this.#outputFor(result).operation);
  }

  #shapeOfVariable(id: number): readonly number[] | undefined {
    return this.#captures.get(id)?.variable?.shape ?? this.#variables.get(id);
  }

  /**
   * Makes the recorded graph a function that returns the tensors `ids`, with as many `twins` as are
   * asked for, and frees the graph.
   */
  finish(ids: readonly number[], twins = 0): TracedFunction {
    const results = ids.map((id) => this.#outputFor(id));
    const captures = [...this.#captures.values()];
    const inputs = [...this.#inputs, ...captures.map((found) => found.output)];
    const names = Array.from({ length: 1 + twins }, () => this.#addFunction(inputs, results));
    this.#freeGraphs();
    const nodes = this.#parts.reduce((sum, part) => sum + part.nodes, this.#nodes);
    return { name: names[0]!, twins: names.slice(1), captures, parts: this.#parts, nodes };
  }

  /** Gives the graph to TensorFlow as a function; its name. */
  #addFunction(inputs: readonly GraphOutput[], results: readonly GraphOutput[]): string {
    const { c, context, status } = runtime();
    const name = `${this.#title.replace(/[^A-Za-z0-9_]/g, "_")}_${functions++}`;
    const effects = this.#ordering.effects();
    const created = c.TF_GraphToFunctionWithControlOutputs(
      ...[this.#graph, cString(name), 0, -1, null] as const,
      ...[inputs.length, join(inputs), results.length, join(results), null] as const,
      ...[effects.length, pointers(effects), null, null, cString(""), status] as const,
    );
    check(c, status, `compile "${this.#title}"`);
    if (this.#mark) { // AttrValue: field 5, a bool that is true
      const yes = new Uint8Array([0x28, 1]);
      c.TF_FunctionSetAttrValueProto(created, cString(this.#mark), yes, 2n, status);
      check(c, status, `mark "${this.#title}" as ${this.#mark}`);
    }
    c.TFE_ContextAddFunction(context, created, status);
    c.TF_DeleteFunction(created);
    check(c, status, `compile "${this.#title}"`);
    return name;
  }

  /** Frees everything after a failed trace. */
  abandon(): void {
    this.#freeGraphs();
    for (const found of this.#captures.values()) freeCapture(found);
    this.#parts.forEach(freeFunction);
  }

  #freeGraphs(): void {
    const { c } = runtime();
    for (const id of this.#variables.keys()) release(id);
    c.TF_DeleteGraph(this.#graph);
    if (this.#probe) c.TF_DeleteGraph(this.#probe);
  }

  /** The node's output behind an id: of this trace, a constant made during it, or a captured tensor. */
  #outputFor(id: number): GraphOutput {
    const handle = lookUp(id);
    if (handle.kind === "symbolic") {
      if (handle.trace === this) return handle.output;
      throw new Error(
        `Cannot trace "${this.#title}": it uses a tensor of another function that was traced earlier.`,
      );
    }
    if (handle.trace === this) {
      let constant = this.#constants.get(id);
      if (!constant) {
        constant = this.#constant(handle);
        this.#constants.set(id, constant);
      }
      return constant;
    }
    let found = this.#captures.get(id);
    if (!found) {
      const shape = handle.type === DataType.resource ? [] : handle.shape;
      found = capture(handle, this.#placeholder(handle.type, shape, shape));
      this.#captures.set(id, found);
    }
    return found.output;
  }

  #constant(
    handle: { pointer: Deno.PointerValue; type: number; shape: readonly number[] },
  ): GraphOutput {
    const { c, status } = runtime();
    const size = bakedSize(handle, this.#sizes);
    if (size) {
      throw new Error(
        `Cannot trace "${this.#title}": the size of dimension "${size}" ended up in a constant of ` +
          `shape [${handle.shape}], which would be wrong for every other size; ` +
          `take sizes from the graph with shapeOf().`,
      );
    }
    const tensor = c.TFE_TensorHandleResolve(handle.pointer, status);
    check(c, status, "read a constant");
    try {
      return this.#twice("Const", (operation) => {
        c.TF_SetAttrTensor(operation, cString("value"), tensor, status);
        check(c, status, "add a constant");
        c.TF_SetAttrType(operation, cString("dtype"), handle.type);
      });
    } finally {
      c.TF_DeleteTensor(tensor);
    }
  }

  #placeholder(type: number, shape: readonly number[], probeShape: readonly number[]): GraphOutput {
    const { c } = runtime();
    return this.#twice("Placeholder", (operation, isProbe) => {
      const sizes = isProbe ? probeShape : shape;
      c.TF_SetAttrType(operation, cString("dtype"), type);
      c.TF_SetAttrShape(operation, cString("shape"), int64s(sizes), sizes.length);
    });
  }

  #node(
    known: OperationDefinition,
    attributes: readonly Attribute[],
    inputs: readonly GraphOutput[],
    before: readonly Deno.PointerValue[],
  ): GraphOutput {
    const { c } = runtime();
    const groups = inputGroups(known, attributes, inputs.length);
    return this.#twice(known.name, (operation, isProbe) => {
      let at = 0;
      for (const group of groups) {
        const members = inputs.slice(at, at + (group ?? 1)).map((input) =>
          isProbe ? input.probe! : input.output
        );
        at += members.length;
        if (group === null) c.TF_AddInput(operation, members[0]!);
        else c.TF_AddInputList(operation, joinBytes(members), members.length);
      }
      if (!isProbe) { for (const first of before) c.TF_AddControlInput(operation, first); }
      for (const attribute of attributes) {
        if (!known.inferred.has(attribute.name)) {
          setAttribute({ eager: false, operation }, attribute);
        }
      }
    });
  }

  /** Adds the same node to the graph and to the probe. */
  #twice(
    name: string,
    build: (operation: Deno.PointerValue, isProbe: boolean) => void,
  ): GraphOutput {
    const { c, status } = runtime();
    const add = (graph: Deno.PointerValue, isProbe: boolean) => {
      const started = c.TF_NewOperation(graph, cString(name), nodeName(this.#nodes));
      build(started, isProbe);
      const operation = c.TF_FinishOperation(started, status);
      check(c, status, `trace the operation "${name}" in "${this.#title}"`);
      return operation;
    };
    const operation = add(this.#graph, false);
    const probe = this.#probe ? outputOf(add(this.#probe, true), 0) : null;
    this.#nodes++;
    return { operation, output: outputOf(operation, 0), probe };
  }

  #setShape(
    graph: Deno.PointerValue,
    place: Uint8Array<ArrayBuffer>,
    shape: readonly number[],
  ): void {
    const { c, status } = runtime();
    c.TF_GraphSetTensorShape(graph, place, int64s(shape), shape.length, status);
    check(c, status, "set a shape");
  }

  #metadata(node: GraphOutput, index: number): Metadata {
    const { c } = runtime();
    const output: GraphOutput = {
      operation: node.operation,
      output: withIndex(node.output, index),
      probe: node.probe && withIndex(node.probe, index),
    };
    const type = c.TF_OperationOutputType(output.output);
    return register({ kind: "symbolic", trace: this, output, type, shape: this.#shape(output) });
  }

  #shape(output: GraphOutput): number[] {
    const { c, status } = runtime();
    const graph = this.#probe ?? this.#graph;
    const place = output.probe ?? output.output;
    const rank = c.TF_GraphGetTensorNumDims(graph, place, status);
    check(c, status, "read a shape");
    const sizes = new BigInt64Array(Math.max(1, rank));
    if (rank > 0) {
      c.TF_GraphGetTensorShape(graph, place, new Uint8Array(sizes.buffer), rank, status);
      check(c, status, "read a shape");
    }
    if (rank < 0 || sizes.some((size) => size < 0n)) {
      throw new Error(
        `Cannot trace "${this.#title}": the shape of a result depends on values, which are not ` +
          `known while tracing; compute it outside the compiled function.`,
      );
    }
    return Array.from(sizes.subarray(0, rank), Number);
  }
}

/** Takes a function out of TensorFlow again, with what it captured and its parts. */
export function freeFunction({ name, twins, captures, parts }: TracedFunction): void {
  const { c, context, status } = runtime();
  for (const each of [name, ...twins]) {
    c.TFE_ContextRemoveFunction(context, encoder.encode(each + "\0"), status);
  }
  captures.forEach(freeCapture);
  parts.forEach(freeFunction);
}

/** Lengths of the input groups: a number for a list, null for a single tensor. */
function inputGroups(
  known: OperationDefinition,
  attributes: readonly Attribute[],
  count: number,
): (number | null)[] {
  const lists = known.inputs.filter((input) => input.numberAttribute || input.typeListAttribute);
  return known.inputs.map((input) => {
    const by = input.numberAttribute || input.typeListAttribute;
    if (!by) return null;
    const given = attributes.find((attribute) => attribute.name === by)?.value;
    if (Array.isArray(given)) return given.length;
    if (given !== undefined) return Number(given);
    if (lists.length === 1) return count - (known.inputs.length - 1);
    throw new Error(`Cannot trace "${known.name}": attribute "${by}" is missing.`);
  });
}

const encoder = new TextEncoder();
const nodeName = (number: number) => encoder.encode(`n${number}\0`);

function withIndex(output: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  if (index === 0) return output;
  const copy = output.slice();
  new DataView(copy.buffer).setInt32(8, index, true);
  return copy;
}

function join(outputs: readonly GraphOutput[]): Uint8Array<ArrayBuffer> {
  return joinBytes(outputs.map((output) => output.output));
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(1, 16 * parts.length));
  parts.forEach((part, i) => bytes.set(part, 16 * i));
  return bytes;
}

function pointers(list: readonly Deno.PointerValue[]): Uint8Array<ArrayBuffer> {
  const values = new BigUint64Array(Math.max(1, list.length));
  list.forEach((pointer, i) => values[i] = BigInt(Deno.UnsafePointer.value(pointer)));
  return new Uint8Array(values.buffer);
}
