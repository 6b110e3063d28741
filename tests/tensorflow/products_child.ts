/**
 * Makes products of many sizes, each in two ways that are one to oneDNN and made at the same time,
 * in a process of its own: it would die of a kernel that writes where it may not. Prints how many pairs differ.
 */

import { startTensorFlow, tf } from "../../lib/tensorflow/backend.ts";
import { batchProduct } from "../../lib/tensorflow/operations/matmul.ts";
import { compile } from "../../lib/tensorflow/trace.ts";

await startTensorFlow({ threads: 2 });
const both = compile(({ rowX, rowY, columnX, columnY }) => ({
  ofRows: batchProduct(rowX, rowY, true),
  ofColumns: batchProduct(columnX, columnY, false, true),
}), {
  name: "both",
  signature: {
    rowX: { type: "float32", shape: ["b", 1, "m"] },
    rowY: { type: "float32", shape: ["b", 1, "n"] },
    columnX: { type: "float32", shape: ["b", "m", 1] },
    columnY: { type: "float32", shape: ["b", "n", 1] },
  },
});
let different = 0;
for (let m = 5; m < 25; m++) {
  for (let n = 16; n < 36; n++) {
    const [x, y] = [tf.randomNormal([m], 0, 1, "float32", m), tf.range(1, n + 1)];
    const made = await both({
      rowX: x.reshape([1, 1, m]),
      rowY: y.reshape([1, 1, n]),
      columnX: x.reshape([1, m, 1]),
      columnY: y.reshape([1, n, 1]),
    });
    const [ofRows, ofColumns] = [made.ofRows.dataSync(), made.ofColumns.dataSync()];
    if (ofRows.some((value, i) => value !== ofColumns[i])) different++;
  }
}
console.log(different);
