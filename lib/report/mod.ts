/**
 * Reports of runs: tables, figures and their pictures, the published numbers, and whether a
 * difference is more than luck.
 *
 * @example
 * ```ts
 * import { pairedPermutationTest } from "./mod.ts";
 * const [refined, plain] = [[83.1, 81.9, 84.8, 82.7, 83.9], [61.2, 58.8, 70.1, 64.0, 60.5]];
 * pairedPermutationTest(refined, plain, Math.random).p; // 0.0625, the least that five pairs can give
 * ```
 *
 * @module
 */

export { confusionMatrix } from "../metrics/confusion.ts";
export {
  type BootstrapResult,
  type McNemarResult,
  mcnemarTest,
  pairedBootstrap,
  type PairedComparison,
  pairedPermutationTest,
  pairedTTest,
  type PermutationResult,
} from "../metrics/significance.ts";
export { average, type Interval, meanInterval, standardDeviation } from "../metrics/statistics.ts";
export { renderCsv } from "./csv.ts";
export {
  type Figure,
  type FigureLayout,
  type FigureTrace,
  type FigureValue,
  type JsonObject,
} from "./figure.ts";
export { type FigureFiles, writeFigure } from "./figure_files.ts";
export { type PngOptions, renderPng, renderSvg } from "./picture.ts";
export * from "./plots.ts";
export type { Configuration } from "./configuration.ts";
export {
  findPublished,
  type Published,
  type PublishedQuery,
  type PublishedSource,
} from "./published.ts";
export {
  collectRows,
  type ExperimentName,
  type RunRow,
  type RunSummary,
  type SeedValue,
} from "./runs.ts";
export { renderMarkdown, type TablesHeader } from "./tables.ts";
