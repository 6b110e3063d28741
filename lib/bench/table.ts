/**
 * The records as a table for the terminal.
 *
 * @module
 */

import type { Measurement } from "./measurement.ts";
import { type BenchRecord, quantile, type Speed } from "./records.ts";

const columns = [
  ["", 34],
  ["steps/s", 10],
  ["rows/s", 9],
  ["tokens/s", 10],
  ["memory", 11],
  ["start", 8],
  ["first", 8],
  ["tracing", 9],
  ["nodes", 8],
] as const;

/**
 * Lines for each measurement, and one for each comparison.
 *
 * @example
 * ```ts
 * import { renderTable } from "./table.ts";
 * renderTable([]).includes("steps/s"); // true
 * ```
 */
export function renderTable(records: readonly BenchRecord[]): string {
  const lines = [row(columns.map(([name]) => name))];
  let heading = "";
  for (const group of grouped(records)) {
    const next = headingOf(group[0]!.measurement);
    if (next !== heading) lines.push("", next);
    heading = next;
    lines.push(...group.flatMap(linesOf), ...comparisons(group));
  }
  return [...lines, "", LEGEND].join("\n");
}

/** Records of the same measurement, which follow one another. */
function grouped(records: readonly BenchRecord[]): BenchRecord[][] {
  return [...Map.groupBy(records, ({ measurement }) => JSON.stringify(measurement)).values()];
}

const LEGEND =
  `memory: peak resident memory of the process. start: from starting the process, which reads encoder
and rows, to the end of its first step or batch. first: the first step alone, tracing included.
tracing: from the call until the graph is handed to TensorFlow, all graphs together. Ratios: median
over the pairs, and the middle half of them.`;

function headingOf(measurement: Measurement): string {
  switch (measurement.kind) {
    case "shape":
      return `Training step, ${measurement.batch} rows of ${measurement.length} pieces`;
    case "mixture":
      return `Mixture of ${measurement.data}, ${measurement.steps} steps of ${measurement.batch} rows`;
    case "evaluation":
      return `Evaluation of ${measurement.task} ${measurement.split} of ${measurement.data}, ` +
        "all rows being one step";
  }
}

function linesOf(record: BenchRecord): string[] {
  const { contender, measurement, peakMemory, startSeconds, firstSeconds, tracing } = record;
  const name = `  ${measurement.precision.padEnd(10)}${contender}`;
  const costs = [
    `${Math.round(peakMemory).toLocaleString("en")} MiB`,
    seconds(startSeconds),
    seconds(firstSeconds),
    tracing ? seconds(tracing.seconds) : "-",
    tracing ? tracing.nodes.toLocaleString("en") : "-",
  ];
  const lines = [row([name, ...speeds(record), ...costs])];
  if (record.withTracing) {
    lines.push(row([`${" ".repeat(12)}  first steps included`, ...speeds(record.withTracing)]));
  }
  return lines;
}

function comparisons(group: readonly BenchRecord[]): string[] {
  const [ours] = group;
  return group.flatMap((other) => {
    const ratios = ours!.ratios[other.contender];
    if (!ratios) return [];
    const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => quantile(ratios, p).toFixed(2));
    const range = ratios.length > 1 ? `${low} to ${high} in ${ratios.length} pairs` : "1 pair";
    const memory = (ours!.peakMemory / other.peakMemory).toFixed(2);
    return `${" ".repeat(12)}${ours!.contender} is ${middle} times as fast as ${other.contender} ` +
      `(${range}) at ${memory} of its memory`;
  });
}

function speeds({ stepsPerSecond, rowsPerSecond, tokensPerSecond }: Speed): string[] {
  return [
    stepsPerSecond.toFixed(stepsPerSecond < 10 ? 2 : 1),
    rowsPerSecond.toFixed(1),
    Math.round(tokensPerSecond).toLocaleString("en"),
  ];
}

function seconds(value: number): string {
  return `${value.toFixed(value < 1 ? 2 : 1)} s`;
}

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => {
    const width = columns[i]![1];
    return i === 0 ? cell.padEnd(width) : cell.padStart(width);
  }).join("").trimEnd();
}
