/**
 * What TensorFlow says of its own operations: which inputs are lists, which attributes follow from
 * the inputs, and whether an operation has side effects. Read from the library, so that no table
 * of operations is kept by hand.
 *
 * @module
 */

import { check, cString, runtime } from "./runtime.ts";

/** One input of an operation. */
export interface InputDefinition {
  readonly name: string;
  /** Attribute that holds the number of tensors, for a list of one type; else "". */
  readonly numberAttribute: string;
  /** Attribute that holds the types, for a list of mixed types; else "". */
  readonly typeListAttribute: string;
  /** Attribute that holds the type; else "". */
  readonly typeAttribute: string;
}

/** The definition of one operation. */
export interface OperationDefinition {
  readonly name: string;
  readonly inputs: readonly InputDefinition[];
  readonly outputs: number;
  /** Attribute name to its kind, as "bool", "int", "type", "list(int)". */
  readonly attributes: ReadonlyMap<string, string>;
  /** Attributes that follow from the inputs and must not be set beside list inputs. */
  readonly inferred: ReadonlySet<string>;
  readonly stateful: boolean;
}

const known = new Map<string, OperationDefinition>();
let graph: Deno.PointerValue = null;

/**
 * The definition of the operation `name`.
 *
 * @throws with TensorFlow's message when there is no such operation.
 */
export function definition(name: string): OperationDefinition {
  let found = known.get(name);
  if (!found) {
    found = parseDefinition(name, definitionBytes(name));
    known.set(name, found);
  }
  return found;
}

function definitionBytes(name: string): Uint8Array {
  const { c, status } = runtime();
  graph ??= c.TF_NewGraph();
  const buffer = c.TF_NewBuffer();
  try {
    c.TF_GraphGetOpDef(graph, cString(name), buffer, status);
    check(c, status, `look up the operation "${name}"`);
    const view = new Deno.UnsafePointerView(buffer!);
    const length = Number(view.getBigUint64(8));
    const bytes = new Uint8Array(length);
    if (length > 0) Deno.UnsafePointerView.copyInto(view.getPointer(0)!, bytes);
    return bytes;
  } finally {
    c.TF_DeleteBuffer(buffer);
  }
}

/** Reads a serialised `OpDef`: input_arg 2, output_arg 3, attr 4, is_stateful 17. */
function parseDefinition(name: string, bytes: Uint8Array): OperationDefinition {
  const inputs: InputDefinition[] = [];
  const attributes = new Map<string, string>();
  let outputs = 0;
  let stateful = false;
  for (const { field, value } of fields(bytes)) {
    if (field === 2) inputs.push(parseInput(value as Uint8Array));
    else if (field === 3) outputs++;
    else if (field === 4) {
      const attribute = texts(value as Uint8Array);
      attributes.set(attribute.get(1) ?? "", attribute.get(2) ?? "");
    } else if (field === 17) stateful = value !== 0;
  }
  const inferred = new Set(
    inputs.flatMap((input) => [input.numberAttribute, input.typeListAttribute]).filter(Boolean),
  );
  return { name, inputs, outputs, attributes, inferred, stateful };
}

/** Reads an `ArgDef`: name 1, type_attr 4, number_attr 5, type_list_attr 6. */
function parseInput(bytes: Uint8Array): InputDefinition {
  const found = texts(bytes);
  return {
    name: found.get(1) ?? "",
    typeAttribute: found.get(4) ?? "",
    numberAttribute: found.get(5) ?? "",
    typeListAttribute: found.get(6) ?? "",
  };
}

const decoder = new TextDecoder();

function texts(bytes: Uint8Array): Map<number, string> {
  const found = new Map<number, string>();
  for (const { field, value } of fields(bytes)) {
    if (typeof value !== "number") found.set(field, decoder.decode(value));
  }
  return found;
}

/** The fields of a protocol-buffer message: numbers for varints, bytes for everything with a length. */
function* fields(bytes: Uint8Array): Generator<{ field: number; value: number | Uint8Array }> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const kind = key & 7;
    if (kind === 0) yield { field, value: varint() };
    else if (kind === 2) {
      const length = varint();
      yield { field, value: bytes.subarray(at, at + length) };
      at += length;
    } else at += kind === 1 ? 8 : 4;
  }
}
