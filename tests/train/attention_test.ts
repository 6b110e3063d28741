import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { answer } from "../../lib/model/heads.ts";
import { tasks } from "../../lib/tasks.ts";
import { createEvaluator } from "../../lib/train/evaluator.ts";
import { readRow } from "../../lib/train/attention.ts";
import { leavingNothing } from "../tensorflow/support.ts";
import { toyFeatures } from "../support/toy.ts";
import { toyNetwork, toyTask } from "./toy_training.ts";

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

Deno.test("each turn looks at the premise only, the first state at the hypothesis only", () =>
  leavingNothing(async () => {
    const features = toyFeatures(6, 3);
    const entry = toyTask(tasks.mnli, { head: answer(), features });
    const network = toyNetwork([entry]);
    const settings = { task: entry.task, head: entry.head, precision: "float32" } as const;
    const evaluator = createEvaluator(network, settings);
    const { predictions } = await evaluator.evaluate(features);
    for (const [position, { probabilities }] of predictions.entries()) {
      const { tokens, boundary, start, turns, decisions, answer } = readRow(
        network,
        "mnli",
        features,
        position,
      );
      const [from, to] = [features.offsets[position]!, features.offsets[position + 1]!];
      assertEquals(tokens, [...features.tokens.subarray(from, to)]);
      assertEquals(boundary, features.boundaries[position]);
      assertEquals([turns.length, decisions.length], [5, 5]);
      const sides = (weights: readonly number[], hypothesis: number, premise: number) => {
        assertAlmostEquals(sum(weights.slice(0, boundary)), hypothesis, 1e-6);
        assertAlmostEquals(sum(weights.slice(boundary)), premise, 1e-6);
      };
      sides(start, 1, 0);
      turns.forEach((turn) => sides(turn, 0, 1));
      answer.forEach((value, label) => assertAlmostEquals(value, probabilities[label]!, 1e-5));
    }
    evaluator.dispose();
    network.dispose();
  }));

Deno.test("a head that doesn't read in turns can't be shown", () =>
  leavingNothing(() => {
    const network = toyNetwork([toyTask(tasks.rte)]);
    assertThrows(() => readRow(network, "rte", toyFeatures(2), 0), Error, "not the answer head");
    assert(network.hasHead("rte"));
    network.dispose();
  }));
