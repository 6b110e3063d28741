/**
 * Looking rows up in a table.
 *
 * @module
 */

import type { Tensor } from "../backend.ts";
import { int32, op, withGradient } from "./operation.ts";
import { sizeOf } from "./shapes.ts";

/**
 * Rows of `table` [v, d] at `ids` [n] int32 -> [n, d]; the gradient adds up rows looked up twice.
 *
 * @throws from TensorFlow when an id lies outside the table.
 *
 * @example
 * ```ts
 * import { startTensorFlow, tf } from "../backend.ts";
 * import { embedding } from "./embedding.ts";
 * await startTensorFlow();
 * const table = tf.tensor2d([[1, 2], [3, 4]]);
 * console.log(embedding(table, tf.tensor1d([1, 1], "int32")).dataSync()); // 3, 4, 3, 4
 * ```
 */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  return withGradient([table], (save) => {
    save([ids, table]);
    return {
      value: takeRows(table, ids),
      gradient: (dy, [ids, table]) => op("UnsortedSegmentSum", [dy, ids!, sizeOf(table!, 0)]),
    };
  });
}

/** Rows of `table` [v, d] at `ids` [n] int32 -> [n, d], without a gradient. */
export function takeRows(table: Tensor, ids: Tensor): Tensor {
  return op("GatherV2", [table, ids, int32(0)]);
}

/**
 * `table` [v, d] with `rows` [n, d] at `ids` [n] int32, without a gradient. It changes the table
 * itself: nothing else may use that tensor.
 */
export function putRows(table: Tensor, ids: Tensor, rows: Tensor): Tensor {
  return op("InplaceUpdate", [table, ids, rows]);
}
