import { assertEquals } from "@std/assert";
import { CASES } from "./cases.ts";
import { checkCase } from "./harness.ts";

for (const found of CASES) {
  Deno.test(`${found.name} agrees with its formula at all sizes, eager and compiled`, async () => {
    await checkCase(found);
  });
}

/** Files of operations without a gradient, and exports that need no case of their own. */
const OTHERS: Readonly<Record<string, string>> = {
  "operation.ts": "what operations are written with",
  "random.ts": "random numbers, which have no gradient",
  "masks.ts": "masks, which have no gradient",
  "fused.ts": "kernels that dense and inference.ts use",
  "inference.ts": "values without gradients, in inference_test.ts",
  as: "part of dense, gelu and attention",
  takeRows: "part of embedding",
  putRows: "an update, which has no gradient",
  rounded: "part of encode(), in bert_test.ts",
  lower: "part of dense and batchMatMul",
  raise: "part of dense and batchMatMul",
  product: "part of dense",
  batchProduct: "part of batchMatMul",
  paddingBias: "part of attention with padding; has no gradient",
  shapeOf: "a size",
  sizeOf: "a size",
  shapeVector: "sizes",
};

Deno.test("every operation that lib has is among the cases, with its gradients", async () => {
  const folder = new URL("../../../lib/tensorflow/operations/", import.meta.url);
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name in OTHERS) continue;
    const exported: Record<string, unknown> = await import(new URL(name, folder).href);
    names.push(...Object.keys(exported).filter((key) => typeof exported[key] === "function"));
  }
  const known = new Set([
    ...CASES.map(({ name }) => name.split(/[ ,]/)[0]),
    ...Object.keys(OTHERS),
  ]);
  assertEquals(names.filter((name) => !known.has(name)), []);
});
