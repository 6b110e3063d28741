/**
 * The order of side effects in a traced function: what the code does first, the graph does first.
 *
 * A graph knows only which values depend on which. Assignments change a variable without any value
 * depending on them, so each needs explicit edges: an assignment waits for all earlier reads and
 * the last earlier assignment of its variable, a read waits for the last assignment (the rule of
 * TensorFlow's own tf.function). Other operations with side effects keep their order among
 * themselves.
 *
 * @module
 */

import type { OperationDefinition } from "./definitions.ts";
import type { GraphOutput } from "./handles.ts";
import { DataType, runtime } from "./runtime.ts";

/** Operations on a resource that don't change it. */
const READS = new Set([
  "ReadVariableOp",
  "ResourceGather",
  "ResourceGatherNd",
  "VarIsInitializedOp",
  "VariableShape",
]);

interface Access {
  lastWrite: Deno.PointerValue;
  readsSince: Deno.PointerValue[];
}

/** Keeps the order of side effects of one trace. */
export class Ordering {
  readonly #resources = new Map<bigint, Access>();
  readonly #effects: Deno.PointerValue[] = [];
  #lastOther: Deno.PointerValue = null;

  /** Nodes that must have run before the next one, of this definition on these inputs. */
  before(known: OperationDefinition, inputs: readonly GraphOutput[]): Deno.PointerValue[] {
    if (!known.stateful) return [];
    const resources = this.#accesses(inputs);
    const found = resources.length === 0
      ? [this.#lastOther]
      : resources.flatMap((access) =>
        READS.has(known.name) ? [access.lastWrite] : [access.lastWrite, ...access.readsSince]
      );
    return found.filter((operation) => operation !== null);
  }

  /** Takes note of the node just added. */
  after(
    known: OperationDefinition,
    inputs: readonly GraphOutput[],
    operation: Deno.PointerValue,
  ): void {
    if (!known.stateful) return;
    const resources = this.#accesses(inputs);
    if (resources.length === 0) this.#lastOther = operation;
    for (const access of resources) {
      if (READS.has(known.name)) access.readsSince.push(operation);
      else {
        access.lastWrite = operation;
        access.readsSince = [];
      }
    }
    if (!READS.has(known.name)) this.#effects.push(operation);
  }

  /** Takes note that the node `operation` looks into the memory of `resource` itself. */
  read(resource: GraphOutput, operation: Deno.PointerValue): void {
    for (const access of this.#accesses([resource])) access.readsSince.push(operation);
  }

  /** Nodes that must run even though no result depends on them. */
  effects(): readonly Deno.PointerValue[] {
    return this.#effects;
  }

  #accesses(inputs: readonly GraphOutput[]): Access[] {
    const { c } = runtime();
    const found: Access[] = [];
    for (const { output, operation } of inputs) {
      if (c.TF_OperationOutputType(output) !== DataType.resource) continue;
      const key = BigInt(Deno.UnsafePointer.value(operation));
      let access = this.#resources.get(key);
      if (!access) {
        access = { lastWrite: null, readsSince: [] };
        this.#resources.set(key, access);
      }
      found.push(access);
    }
    return found;
  }
}
