/**
 * Attributes of operations, set in the same way on an eager operation and on a graph's node.
 *
 * @module
 */

import { check, cString, int64s, runtime } from "./runtime.ts";

/** tfjs-node's numbers for kinds of attributes, and one more for the name of a function. */
export const AttributeKind = {
  string: 0,
  int: 1,
  float: 2,
  bool: 3,
  type: 4,
  shape: 5,
  func: 100,
} as const;

/** An attribute as tfjs-node's kernels give it. */
export interface Attribute {
  readonly name: string;
  /** One of {@link AttributeKind}. */
  readonly type: number;
  /** A string may be given as bytes. */
  readonly value: unknown;
}

/** Where attributes are set: an operation to be executed now, or a node under construction. */
export interface Target {
  readonly eager: boolean;
  readonly operation: Deno.PointerValue;
}

/**
 * Sets one attribute, a list where the value is an array (a shape is always one value).
 *
 * @throws when the kind of the attribute is unknown.
 */
export function setAttribute(target: Target, attribute: Attribute): void {
  const { name, type, value } = attribute;
  if (type === AttributeKind.shape) return setShape(target, name, value as readonly number[]);
  if (Array.isArray(value)) return setList(target, name, type, value);
  const { c } = runtime();
  const at = target.operation;
  const key = cString(name);
  switch (type) {
    case AttributeKind.string: {
      const bytes = value instanceof Uint8Array ? value : new TextEncoder().encode(String(value));
      const set = target.eager ? c.TFE_OpSetAttrString : c.TF_SetAttrString;
      return set(at, key, bytesOf(bytes as Uint8Array<ArrayBuffer>), BigInt(bytes.length));
    }
    case AttributeKind.int: {
      const set = target.eager ? c.TFE_OpSetAttrInt : c.TF_SetAttrInt;
      return set(at, key, BigInt(Math.trunc(Number(value))));
    }
    case AttributeKind.float: {
      const set = target.eager ? c.TFE_OpSetAttrFloat : c.TF_SetAttrFloat;
      return set(at, key, Number(value));
    }
    case AttributeKind.bool: {
      const set = target.eager ? c.TFE_OpSetAttrBool : c.TF_SetAttrBool;
      return set(at, key, value ? 1 : 0);
    }
    case AttributeKind.type: {
      const set = target.eager ? c.TFE_OpSetAttrType : c.TF_SetAttrType;
      return set(at, key, Number(value));
    }
    case AttributeKind.func: {
      const text = new TextEncoder().encode(String(value));
      const set = target.eager ? c.TFE_OpSetAttrFunctionName : c.TF_SetAttrFuncName;
      return set(at, key, text, BigInt(text.length));
    }
    default:
      throw new Error(`Cannot set attribute "${name}": unknown kind ${type}.`);
  }
}

function setShape(target: Target, name: string, shape: readonly number[]): void {
  const { c, status } = runtime();
  const key = cString(name);
  if (!target.eager) return c.TF_SetAttrShape(target.operation, key, int64s(shape), shape.length);
  c.TFE_OpSetAttrShape(target.operation, key, int64s(shape), shape.length, status);
  check(c, status, `set attribute "${name}"`);
}

function setList(target: Target, name: string, type: number, values: readonly unknown[]): void {
  const { c } = runtime();
  const at = target.operation;
  const key = cString(name);
  const numbers = values.map(Number);
  switch (type) {
    case AttributeKind.int: {
      const set = target.eager ? c.TFE_OpSetAttrIntList : c.TF_SetAttrIntList;
      return set(at, key, int64s(numbers), values.length);
    }
    case AttributeKind.float: {
      const set = target.eager ? c.TFE_OpSetAttrFloatList : c.TF_SetAttrFloatList;
      return set(at, key, bytesOf(Float32Array.from(numbers)), values.length);
    }
    case AttributeKind.bool: {
      const set = target.eager ? c.TFE_OpSetAttrBoolList : c.TF_SetAttrBoolList;
      return set(at, key, bytesOf(Uint8Array.from(numbers)), values.length);
    }
    case AttributeKind.type: {
      const set = target.eager ? c.TFE_OpSetAttrTypeList : c.TF_SetAttrTypeList;
      return set(at, key, bytesOf(Int32Array.from(numbers)), values.length);
    }
    case AttributeKind.string:
      return setStrings(target, name, values.map(String));
    default:
      throw new Error(`Cannot set list attribute "${name}": unknown kind ${type}.`);
  }
}

function setStrings(target: Target, name: string, values: readonly string[]): void {
  const { c } = runtime();
  const texts = values.map(cString); // kept alive by the cache of names
  const pointers = BigUint64Array.from(
    texts,
    (text) => BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(text))),
  );
  const lengths = BigUint64Array.from(texts, (text) => BigInt(text.length - 1));
  const set = target.eager ? c.TFE_OpSetAttrStringList : c.TF_SetAttrStringList;
  set(target.operation, cString(name), bytesOf(pointers), bytesOf(lengths), values.length);
}

/** The bytes of an array; a lone zero byte for an empty one, as FFI wants a place. */
function bytesOf(array: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return array.byteLength > 0
    ? new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    : new Uint8Array(1);
}
