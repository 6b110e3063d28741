/**
 * Every figure this project draws: plain records in, a {@linkcode Figure} out. Each is in a file of
 * its own below plots/.
 *
 * @module
 */

export type { Figure } from "./figure.ts";
export { type AdaptationOptions, plotAdaptation } from "./plots/adaptation.ts";
export { type Attention, plotAttention } from "./plots/attention.ts";
export { type BatchPictureOptions, plotBatch } from "./plots/batch.ts";
export { type ConfusionOptions, plotConfusion } from "./plots/confusion.ts";
export { plotLabels, type SplitTargets } from "./plots/labels.ts";
export { type LengthOptions, lengthsOf, plotLengths, type SplitLengths } from "./plots/lengths.ts";
export { type LossOptions, plotLoss } from "./plots/loss.ts";
export { type MixtureFigureOptions, plotMixture } from "./plots/mixture.ts";
export { plotSchedule, type ScheduleOptions } from "./plots/schedule.ts";
export { plotScores, type ScoresOptions } from "./plots/scores.ts";
export { plotThroughput, type Throughput } from "./plots/throughput.ts";
