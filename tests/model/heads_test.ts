import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  answer,
  classify,
  classifySeveral,
  type Head,
  heads,
  rank,
  regress,
} from "../../lib/model/heads.ts";
import {
  binaryCrossEntropyObjective,
  crossEntropyObjective,
  type Objective,
  squaredErrorObjective,
} from "../../lib/model/objectives.ts";
import { sanDefaults } from "../../lib/model/san/san.ts";
import { createRandom } from "../../lib/base/random.ts";
import { startTensorFlow, tf } from "../../lib/tensorflow/backend.ts";
import type { RandomSource } from "../../lib/tensorflow/operations/random.ts";
import {
  crossEntropyFormula,
  type Flat,
  linear,
  type Matrix,
  noMasks,
  normalCube,
  normals,
  numericGradients,
  randomParameters,
  sanFormula,
  type Vector,
} from "./formulas.ts";
import { assertClose, batchOf, lossAndGradients } from "./heads_harness.ts";

await startTensorFlow();

const [SEQUENCES, WIDTH] = [6, 4];
const pooled = { shape: [SEQUENCES, WIDTH], values: normals(createRandom(5), SEQUENCES * WIDTH) };
const mask = Array.from({ length: SEQUENCES * WIDTH }, (_, i) => i % 3 === 0 ? 0 : 1.5);

interface LinearCase {
  readonly head: Head;
  readonly outputs: number;
  readonly objective: Objective;
  readonly targets: readonly number[];
  readonly width?: number;
  /** Mean loss from the scores W x + c of each sequence. */
  loss(scores: Matrix): number;
}

const average = (values: Vector) => values.reduce((sum, value) => sum + value, 0) / values.length;

const CASES: readonly LinearCase[] = [
  {
    ...{ head: classify, outputs: 3, objective: crossEntropyObjective },
    targets: [2, 0, 1, 1, 0, 2],
    loss(scores) {
      return average(scores.map((row, i) => crossEntropyFormula(row, this.targets[i]!)));
    },
  },
  {
    ...{ head: classifySeveral, outputs: 3, objective: binaryCrossEntropyObjective, width: 3 },
    targets: [0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1],
    loss(scores) {
      return average(
        scores.flat().map((score, i) => {
          const right = 1 / (1 + Math.exp(-score));
          return -Math.log(this.targets[i] === 1 ? right : 1 - right);
        }),
      );
    },
  },
  {
    ...{ head: regress, outputs: 1, objective: squaredErrorObjective },
    targets: [0, 5, 2.5, 1.25, 4, 3],
    loss(scores) {
      return average(scores.map(([score], i) => (score! - this.targets[i]!) ** 2));
    },
  },
  {
    ...{ head: rank(3), outputs: 1, objective: crossEntropyObjective },
    targets: [2, 0],
    loss(scores) {
      const rows = [scores.slice(0, 3).flat(), scores.slice(3).flat()];
      return average(rows.map((row, i) => crossEntropyFormula(row, this.targets[i]!)));
    },
  },
];

for (const found of CASES) {
  const { head, outputs, objective, targets, width = 1 } = found;
  Deno.test(`${head.name} has loss and gradients of W D(x) + c, with dropout and without`, () => {
    const parameters = randomParameters(head.parameters(WIDTH, outputs), 3);
    for (const masked of [false, true]) {
      const loss = ({ pooled, ...own }: Flat) => {
        const rows = Array.from(
          { length: SEQUENCES },
          (_, row) =>
            Array.from({ length: WIDTH }, (_, i) => {
              const at = row * WIDTH + i;
              return pooled!.values[at]! * (masked ? mask[at]! : 1);
            }),
        );
        return found.loss(rows.map((row) => linear(own, "output", row)));
      };
      const random: RandomSource = {
        elementMask: () => tf.tensor2d(mask, [SEQUENCES, WIDTH]),
        keepMask: () => {
          throw new Error("a head drops no attention weights");
        },
        columnMask: () => {
          throw new Error("a linear head has no turns");
        },
      };
      const actual = lossAndGradients({
        ...{ parameters, encoded: { pooled }, targets, width, objective },
        logits: (at, encoded, run) => head.logits(at, encoded, batchOf([[0]]), 0.5, run),
        run: () => masked ? { random } : {},
      });
      const all = { ...parameters, pooled };
      const one = (value: number): Flat => ({ loss: { shape: [], values: [value] } });
      assertClose(one(actual.loss), one(loss(all)), 1e-6, head.name);
      assertClose(actual.gradients, numericGradients(loss, all), 1e-6, head.name);
    }
  });
}

Deno.test("answer has loss and gradients of the answer head's formula with its own options", () => {
  const [tokens, targets] = [5, [1, 0]];
  const chosen = { turns: 2, attention: "simple", cell: "rnn", merge: "two-way" } as const;
  const head = answer(chosen);
  const parameters = randomParameters(head.parameters(WIDTH, 2), 4);
  const cube = normalCube(createRandom(6), targets.length, tokens, WIDTH);
  const sides = [[0, 0, 0, 1, 1], [0, 0, 1, 1, undefined]];
  const hidden = { shape: [targets.length, tokens, WIDTH], values: cube.flat(2) };
  const loss = ({ hidden, ...own }: Flat) =>
    average(sides.map((sides, row) => {
      const state = (at: number) => hidden!.values.slice(at * WIDTH, (at + 1) * WIDTH);
      const states = Array.from({ length: tokens }, (_, t) => state(row * tokens + t));
      const options = { ...sanDefaults, ...chosen };
      const { logits } = sanFormula(own, { hidden: states, sides }, options, noMasks);
      return crossEntropyFormula(logits, targets[row]!);
    }));
  const actual = lossAndGradients({
    ...{ parameters, encoded: { hidden }, targets, objective: crossEntropyObjective },
    logits: (at, encoded, run) => head.logits(at, encoded, batchOf(sides), 0.5, run),
    run: () => ({}),
  });
  const all = { ...parameters, hidden };
  assertAlmostEquals(actual.loss, loss(all), 1e-6);
  assertClose(actual.gradients, numericGradients(loss, all), 3e-6, head.name);
});

Deno.test("classify decides for the label of the largest logit, the first of equals", () => {
  const predictions = classify.predict(Float32Array.of(0, 1, 1, Math.log(3), 0, -Infinity), 3);
  assertEquals(predictions.flatMap(({ values }) => values), [1, 0]);
  const [, second] = predictions;
  assertEquals(second!.probabilities.map((p) => Math.round(p * 1e6) / 1e6), [0.75, 0.25, 0]);
});

Deno.test("classifySeveral decides for each label by itself, for none as well", () => {
  const predictions = classifySeveral.predict(
    Float32Array.of(Math.log(3), -1, 800, -9, 0, -800),
    3,
  );
  assertEquals(predictions.map(({ values }) => values), [[1, 0, 1], [0, 0, 0]]);
  const [first, second] = predictions.map(({ probabilities }) => probabilities);
  assertAlmostEquals(first![0]!, 0.75, 1e-7);
  assertEquals([first![2], ...second!.slice(1)], [1, 0.5, 0]);
});

Deno.test("rank decides for one of each row's candidates", () => {
  const predictions = rank(2).predict(Float32Array.of(1, 2, 5, -5), 2);
  assertEquals(predictions.flatMap(({ values }) => values), [1, 0]);
});

Deno.test("regress predicts the score itself, without squashing", () => {
  assertEquals(regress.predict(Float32Array.of(-1, 7.5), 1), [
    { values: [-1], probabilities: [] },
    { values: [7.5], probabilities: [] },
  ]);
});

Deno.test("a prediction is shown in the labels' words, with the probability of each choice", () => {
  const decided = { values: [1], probabilities: [0.25, 0.75] };
  for (const head of [classify, answer()]) {
    assertEquals(head.show(decided, ["no", "yes"]), {
      prediction: "yes",
      "p(no)": "0.250000",
      "p(yes)": "0.750000",
    });
  }
  assertEquals(rank(2).show(decided, ["no", "yes"]), {
    prediction: 1,
    "p(candidate 0)": "0.250000",
    "p(candidate 1)": "0.750000",
  });
  assertEquals(classify.parse("yes", ["no", "yes"]), [1]);
  assertEquals([rank(2), regress].map(({ parse }) => parse("1", [])), [[1], [1]]);
  assertEquals(classifySeveral.show({ values: [1, 1], probabilities: [0.9, 1] }, ["joy", "fear"]), {
    prediction: "joy, fear",
    "p(joy)": "0.900000",
    "p(fear)": "1.000000",
  });
  const nothing = { values: [0, 0], probabilities: [] };
  assertEquals(classifySeveral.show(nothing, ["joy", "fear"]), { prediction: "(none)" });
  const parsed = ["joy, fear", "fear", "(none)"].map((text) =>
    classifySeveral.parse(text, ["joy", "fear"])
  );
  assertEquals(parsed, [[1, 1], [0, 1], [0, 0]]);
  assertEquals(regress.show({ values: [2.5], probabilities: [] }, []), { prediction: 2.5 });
});

Deno.test("what a head shows of a prediction it parses to the same values", () => {
  const labels = ["a", "b", "c"];
  const all = Object.values(heads).map((head) =>
    head === rank ? rank(3) : head === answer ? answer() : head as Head
  );
  for (const head of all) {
    const logits = Float32Array.from(normals(createRandom(head.name), 60));
    for (const prediction of head.predict(logits, head.decides === "number" ? 1 : 3)) {
      const shown = String(head.show(prediction, labels).prediction);
      assertEquals(head.parse(shown, labels), prediction.values, head.name);
    }
  }
});

Deno.test("the answer head refuses a single output and says what to use instead", () => {
  assertThrows(() => answer().parameters(8, 1), Error, 'Use "regress" or "rank"');
});
