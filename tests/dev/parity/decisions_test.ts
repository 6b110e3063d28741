import { assertEquals } from "@std/assert";
import { checkDecisions } from "../../../lib/dev/parity/decisions.ts";
import type { Precision } from "../../../lib/tensorflow/operations/matmul.ts";

const head = { name: "a case", head: "linear", outputs: 2, candidates: 1 } as const;
/** One clear row and one that rounding to bfloat16 may turn. */
const recorded = {
  ...head,
  predict_scores_f64: [0.9, 0.1, 0.505, 0.495],
  predict_labels: [0, 0],
};
/** Logits whose softmax is as recorded, but for the turned second row. */
const turned = Float32Array.of(Math.log(9), 0, 0, 0.02);

function passed(precision: Precision, logits = turned, found: typeof recorded = recorded) {
  const rows = checkDecisions(found, "a case", logits, precision);
  return Object.fromEntries(rows.map(({ quantity, passed }) => [quantity, passed]));
}

Deno.test("a close decision may turn in bfloat16 and not in float32", () => {
  assertEquals(passed("bfloat16"), { probabilities: true, decisions: true });
  assertEquals(passed("float32"), { probabilities: false, decisions: false });
});

Deno.test("a clear decision may not turn in any precision", () => {
  const wrong = Float32Array.of(0, Math.log(9), 0.02, 0);
  assertEquals(passed("bfloat16", wrong), { probabilities: false, decisions: false });
});

Deno.test("the candidates of a row decide for one of them", () => {
  const ranked = { ...recorded, outputs: 1, candidates: 2, predict_labels: [1, 0, 0, 1] } as const;
  const found = {
    ...ranked,
    predict_scores_f64: [0.9, 0.1, 0.1, 0.9],
    predict_labels: [1, 0, 0, 1],
  };
  const logits = Float32Array.of(Math.log(9), 0, 0, Math.log(9));
  const rows = checkDecisions(found, "a case", logits, "float32");
  assertEquals(rows.map(({ passed }) => passed), [true, true]);
});

Deno.test("a score is compared as it is", () => {
  const found = { ...head, outputs: 1, predict_scores_f64: [2.5], predict_labels: [0] } as const;
  const rows = checkDecisions(found, "a case", Float32Array.of(2.5), "float32");
  assertEquals(rows.map(({ quantity, passed }) => [quantity, passed]), [[
    "predicted scores",
    true,
  ]]);
});
