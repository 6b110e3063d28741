/**
 * Dropout masks from a hash of each element's number: integer arithmetic that XLA turns into one
 * vectorised loop, a tenth of what TensorFlow's own random operations take.
 *
 * @module
 */

import { type Tensor, tf } from "../backend.ts";
import { DataType } from "../runtime.ts";
import { recordKernel, type XlaKernel } from "../xla.ts";
import { lower, type Precision } from "./matmul.ts";
import { int32, int32s, number, op } from "./operation.ts";

/** Masks are made in blocks of so many elements, so that XLA compiles for few sizes. */
const BLOCK = 2 ** 17;

/** By the type of the mask. */
const kernels = new Map<Precision, XlaKernel>();

/**
 * A mask of the shape in the int32 vector `shape`: 0 with probability `rate`, else 1 / (1 - rate);
 * float32. Element i of the mask of `seed`, int32 [2], is decided by a hash of i and the seed.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { dropoutMask } from "./masks.ts";
 * await startTensorFlow();
 * const [shape, seed] = [tf.tensor1d([3], "int32"), tf.tensor1d([7, 0], "int32")];
 * console.log(dropoutMask(shape, 0.5, seed).dataSync()); // three of 0 and 2
 * ```
 */
export function dropoutMask(shape: Tensor, rate: number, seed: Tensor): Tensor {
  return draw(shape, rate, seed, 1 / (1 - rate), "float32");
}

/** The same of 0 and 1, which bfloat16 holds exactly. */
export function keepMask(
  shape: Tensor,
  rate: number,
  seed: Tensor,
  precision: Precision,
): Tensor {
  return draw(shape, rate, seed, 1, precision);
}

function draw(
  shape: Tensor,
  rate: number,
  seed: Tensor,
  kept: number,
  type: Precision,
): Tensor {
  const run = kernels.get(type) ?? recordKernel(`mask_${type}`, [
    { type: "int32", shape: ["k"] },
    { type: "int32", shape: [2] },
    { type: "int32", shape: [] },
    { type: "float32", shape: [] },
  ], ([blocks, seed, limit, kept]) => [lower(body(blocks!, seed!, limit!, kept!), type)]);
  kernels.set(type, run);
  return tf.tidy(() => {
    const count = op("Prod", [int64(shape), int32(0)]); // stand-in sizes multiply beyond int32
    const least = op("FloorDiv", [
      op("AddV2", [count, int64(int32(BLOCK - 1))]),
      int64(int32(BLOCK)),
    ]);
    const last = op("Cast", [least], { DstT: DataType.int32 });
    const blocks = op("Range", [int32(0), last, int32(1)]); // [k]
    const inputs = [blocks, seed, int32(limitOf(rate)), number(kept)];
    const [flat] = run(inputs, [{ type, shape: [blocks.shape[0]! * BLOCK] }]);
    const wanted = op("Slice", [flat!, int64(int32s(0)), op("Reshape", [count, int32s(1)])]);
    return op("Reshape", [wanted, shape]);
  });
}

/** A hash below this one keeps its element; hashes are spread evenly from -2^31 to 2^31 - 1. */
function limitOf(rate: number): number {
  return Math.min(Math.round((1 - rate) * 2 ** 32 - 2 ** 31), 2 ** 31 - 1);
}

function int64(x: Tensor): Tensor {
  return op("Cast", [x], { DstT: DataType.int64 });
}

function body(blocks: Tensor, seed: Tensor, limit: Tensor, kept: Tensor): Tensor {
  const size = op("Mul", [op("Size", [blocks], { out_type: DataType.int32 }), int32(BLOCK)]);
  const index = op("Range", [int32(0), size, int32(1)]);
  const key = (i: number) => op("Reshape", [op("Slice", [seed, int32s(i), int32s(1)]), int32s()]);
  const spread = op("Mul", [index, int32(ODD)]);
  const once = mix(op("AddV2", [spread, key(0)]));
  const twice = mix(op("BitwiseXor", [once, key(1)]));
  return op("SelectV2", [op("Less", [twice, limit]), kept, number(0)]);
}

/** 2^32 over the golden ratio, the nearest odd number: neighbours become far apart. */
const ODD = 0x9e3779b1 | 0;

/**
 * A bijection of 32 bits in which each bit of the input changes each bit of the output with nearly
 * probability 1/2: shifts 16, 15, 16 and factors of Wellons (2018), "Prospecting for hash functions".
 */
function mix(x: Tensor): Tensor {
  const first = op("Mul", [folded(x, 16), int32(0x7feb352d)]);
  const second = op("Mul", [folded(first, 15), int32(0x846ca68b | 0)]);
  return folded(second, 16);
}

/** x xor (x >>> by); int32's own shift would repeat the sign. */
function folded(x: Tensor, by: number): Tensor {
  const shifted = op("BitwiseAnd", [op("RightShift", [x, int32(by)]), int32(2 ** (32 - by) - 1)]);
  return op("BitwiseXor", [x, shifted]);
}
