/**
 * tfjs with TensorFlow behind it. The rest of the project gets `tf` from here.
 *
 * @module
 */

import { createRequire } from "node:module";
import type * as Tfjs from "@tensorflow/tfjs";
import { binding } from "./binding.ts";
import type { Metadata } from "./handles.ts";
import {
  DataType,
  isStarted,
  type Runtime,
  type RuntimeInfo,
  type RuntimeOptions,
  startRuntime,
} from "./runtime.ts";

const require = createRequire(import.meta.url);

/** The version of tfjs-node-gpu whose internals are used here. */
const TESTED_VERSION = "4.22.0";

// tfjs-node-gpu calls helpers that Node.js removed; they must be there before its modules load.
const util = require("node:util");
util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
util.isArray ??= Array.isArray;

/** The tfjs library: its operations, gradient tape and `tidy`. */
export const tf: typeof Tfjs = require("@tensorflow/tfjs");

/** A tfjs tensor. */
export type Tensor = Tfjs.Tensor;

/** The part of tfjs-node's backend that operations of our own use. */
interface Backend {
  createOutputTensor(metadata: Metadata): Tensor;
  getInputTensorIds(tensors: readonly Tensor[]): number[];
}

let backend: Backend | null = null;
let starting: Promise<Runtime> | null = null;

/**
 * Finds (or fetches) TensorFlow's library, starts it and makes it tfjs's backend. Later calls
 * return the same runtime.
 *
 * @throws when no library can be found or fetched, or it can't be opened.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "./backend.ts";
 * await startTensorFlow();
 * console.log(tf.add(1, 2).dataSync()[0]); // 3
 * ```
 */
export function startTensorFlow(
  options: RuntimeOptions & {
    /** Path of TensorFlow's library; the one that is installed, or fetched, when left out. */
    readonly library?: string;
  } = {},
): Promise<RuntimeInfo> {
  starting ??= start(options);
  return starting;
}

/** What tfjs takes for element types that it doesn't know, or would warn of each time. */
const SHOWN_AS: ReadonlyMap<number, number> = new Map([
  [DataType.bfloat16, DataType.float32],
  [DataType.int64, DataType.int32],
]);

async function start(options: RuntimeOptions & { readonly library?: string }): Promise<Runtime> {
  const started = startRuntime(
    options.library ?? await (await import("./library.ts")).ensureLibrary(),
    options,
  );
  const { version } = require("@tensorflow/tfjs-node-gpu/package.json");
  if (version !== TESTED_VERSION) {
    throw new Error(
      `Cannot use @tensorflow/tfjs-node-gpu ${version}: its internals are known for ${TESTED_VERSION}.`,
    );
  }
  require("@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js");
  const { NodeJSKernelBackend } = require(
    "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js",
  );
  const made = new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node-gpu");
  const create = made.createOutputTensor;
  made.createOutputTensor = (metadata: Metadata) => {
    const dtype = SHOWN_AS.get(metadata.dtype) ?? metadata.dtype;
    return create.call(made, { ...metadata, dtype });
  };
  backend = made;
  tf.registerBackend("tensorflow", () => made, 3);
  await tf.setBackend("tensorflow");
  return started;
}

/** The started backend; an error that says what to call where there is none. */
export function tensorFlowBackend(): Backend {
  if (backend && isStarted()) return backend;
  throw new Error("TensorFlow is not started: call `await startTensorFlow()` first.");
}
