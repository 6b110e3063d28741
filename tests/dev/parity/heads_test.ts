import { assertEquals, assertThrows } from "@std/assert";
import { toyConfig } from "../../support/toy.ts";
import {
  encoderNames,
  headParameter,
  recordedValues,
  sanOptionsOf,
  taskOfHead,
} from "../../../lib/dev/parity/heads.ts";

Deno.test("headParameter() places every parameter of the recorded heads", () => {
  const places = {
    "weight": "output/kernel",
    "bias": "output/bias",
    "query_wsum.att.linear.weight": "start/kernel",
    "attn.score_func.linear.weight_v": "attention/kernel",
    "attn.score_func.linear.weight_g": "attention/gain",
    "attn.score_func.linear.bias": "attention/bias",
    "rnn.weight_ih": "cell/input/kernel",
    "rnn.weight_hh_g": "cell/state/gain",
    "rnn.bias_hh": "cell/state/bias",
    "classifier.proj.weight": "output/kernel",
  };
  for (const [name, path] of Object.entries(places)) assertEquals(headParameter(name).path, path);
  assertThrows(() => headParameter("alpha"), Error, 'the head\'s parameter "alpha"');
});

Deno.test("valuesOf() turns kernels and leaves everything else as it is", () => {
  const kernel = {
    dtype: "F32" as const,
    shape: [2, 3],
    values: Float32Array.of(1, 2, 3, 4, 5, 6),
  };
  assertEquals(recordedValues(kernel, { path: "output/kernel", transposed: true }), {
    shape: [3, 2],
    values: Float32Array.of(1, 4, 2, 5, 3, 6),
  });
  const gain = { dtype: "F32" as const, shape: [2, 1], values: Float32Array.of(1, 2) };
  assertEquals(recordedValues(gain, { path: "output/gain", transposed: false }).shape, [2]);
});

Deno.test("encoderNames() knows every parameter of an encoder", () => {
  const names = encoderNames(toyConfig);
  assertEquals(names.size, 5 + 16 * toyConfig.layers + 2);
  assertEquals(names.get("bert.encoder.layer.1.attention.self.key.weight"), {
    path: "encoder/layer_1/attention/key/kernel",
    transposed: true,
  });
});

Deno.test("sanOptionsOf() understands the reference program's command line", () => {
  const { attention, merge, answer, turns } = sanOptionsOf({
    ...{ answer_att_type: "anything", answer_merge_opt: 0, answer_mem_type: 0, answer_num_turn: 3 },
  });
  assertEquals([attention, merge, answer, turns], ["flat with difference", "two-way", "last", 3]);
  const usual = sanOptionsOf();
  assertEquals([usual.attention, usual.merge, usual.answer, usual.turns, usual.turnDropout], [
    ...["bilinear", "four-way", "mean", 5, 0],
  ]);
});

Deno.test("taskOfHead() chooses head and objective by outputs and candidates", () => {
  const chosen = (outputs: number, candidates: number) => {
    const task = taskOfHead({ name: "x", head: "linear", outputs, candidates });
    return [task.head.name, task.objective.name];
  };
  assertEquals(chosen(3, 1), ["classify", "cross-entropy"]);
  assertEquals(chosen(1, 1), ["regress", "mean squared error"]);
  assertEquals(chosen(1, 2), ["rank", "cross-entropy"]);
});
