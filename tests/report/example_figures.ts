import { confusionMatrix } from "../../lib/metrics/confusion.ts";
import { planEpoch } from "../../lib/input/sampling.ts";
import { createRandom } from "../../lib/base/random.ts";
import {
  type Figure,
  plotAdaptation,
  plotAttention,
  plotBatch,
  plotConfusion,
  plotLabels,
  plotLengths,
  plotLoss,
  plotMixture,
  plotSchedule,
  plotScores,
  plotThroughput,
} from "../../lib/report/plots.ts";
import { collectRows } from "../../lib/report/runs.ts";
import type { Batch, Step } from "../../lib/types.ts";
import { seedRuns } from "./example_runs.ts";

/** Steps of a few tasks, losses falling with some noise; step 3 was skipped. */
export function exampleSteps(count = 40, tasks: readonly string[] = ["mnli", "rte"]): Step[] {
  const random = createRandom("steps");
  return Array.from({ length: count }, (_, step): Step => ({
    step,
    epoch: 0,
    task: tasks[step % tasks.length]!,
    loss: step === 3 ? null : 1 / (1 + step / 10) + 0.2 * random.uniform(),
    gradientNorm: step === 3 ? null : 0.5 + 3 * random.uniform(),
    learningRate: 2e-4 * Math.min(step / 4, 1 - step / count),
    ...{ rows: 32, tokens: 900, seconds: 0.2 },
  }));
}

/** Two pairs of 7 and 5 pieces: [CLS] h h [SEP] p p [SEP], and [CLS] h [SEP] p [SEP]. */
export const exampleBatch: Batch = {
  ...{ size: 2, length: 7 },
  tokens: Int32Array.of(101, 7, 8, 102, 9, 10, 102, 101, 7, 102, 9, 102, 0, 0),
  sides: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0),
  mask: Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
  ...{ targets: Float32Array.of(0, 1), positions: Int32Array.of(0, 1) },
};

const lengths = Int32Array.from({ length: 200 }, (_, i) => 5 + (i * i) % 37);
const attention = {
  ...{ hypothesis: ["it", "rains"], start: [0.3, 0.7], premise: ["wet", "<b>", "streets"] },
  turns: [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]],
  answers: ["neutral 51 %", "entailment 83 %"],
};
const speeds = [16, 64, 256].flatMap((length) =>
  (["float32", "bfloat16"] as const).map((precision) => ({
    contender: "compiled",
    measurement: { kind: "shape", precision, batch: 32, length },
    rowsPerSecond: 9000 / length,
    quartiles: [8800 / length, 9100 / length] as const,
  }))
);
const adapted = [0.001, 0.01, 0.1, 1].flatMap((fraction, i) => [
  ...seedRuns([50 + 10 * i, 52 + 10 * i], { experiment: "adapt", task: "scitail", fraction }),
  ...seedRuns([70 + 6 * i, 73 + 6 * i], {
    ...{ experiment: "adapt", task: "scitail", fraction, encoder: "refined" },
  }),
]);
const finetuned = [...seedRuns([70, 71, 69]), ...seedRuns([74, 75, 77], { encoder: "refined" })];

/** One of every figure, by the name of the function that makes it. */
export const exampleFigures: Readonly<Record<string, () => Figure>> = {
  plotLengths: () =>
    plotLengths([
      { task: "rte", split: "train", lengths },
      { task: "rte", split: "dev", lengths: lengths.subarray(0, 50) },
      { task: "cola", split: "train", lengths: lengths.map((length) => length >> 2) },
    ], { maxLength: 32 }),
  plotLabels: () =>
    plotLabels([
      { task: "rte", split: "train", labels: ["no", "yes"], targets: [0, 1, 1, NaN] },
      { task: "stsb", split: "train", labels: [], targets: [0, 1.2, 3.4, 5] },
    ]),
  plotBatch: () => plotBatch(exampleBatch),
  plotLoss: () => plotLoss(exampleSteps()),
  plotSchedule: () => plotSchedule(exampleSteps(), { clip: 1 }),
  plotScores: () => plotScores(collectRows(finetuned)),
  plotConfusion: () => plotConfusion(confusionMatrix([0, 1, 1], [0, 0, 1], 2), ["no", "yes"]),
  plotAttention: () => plotAttention(attention),
  plotAdaptation: () => plotAdaptation(collectRows(adapted), { tasks: ["snli"] }),
  plotThroughput: () => plotThroughput(speeds),
  plotMixture: () =>
    plotMixture(planEpoch({ mnli: 30, rte: 4 }, { mode: "all" }, {
      ...{ random: createRandom(2018), epoch: 0 },
    })),
};
