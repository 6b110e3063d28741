/**
 * The records as a table for the terminal.
 *
 * @module
 */

import { quantile } from "../../metrics/statistics.ts";
import type { Surroundings } from "./child.ts";
import type { Measurement, Precision } from "./measurement.ts";
import type { BenchRecord, Speed } from "./records.ts";
import type { Peak } from "./work.ts";

const columns = [
  ["", 31],
  ["steps/s", 10],
  ["rows/s", 9],
  ["tokens/s", 10],
  ["memory", 11],
  ["growth", 8],
  ["start", 8],
  ["first", 8],
  ["tracing", 9],
  ["GFLOP/s", 14],
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

const LEGEND = `memory: peak resident memory of the process, in MiB. growth: of resident memory from
the end of the first quarter of the windows to the last one, in MiB. start: from starting the
process, which reads encoder and rows, to the end of its first step, batch or file. first: that step
alone, tracing included. tracing: from the call until the graph is handed to TensorFlow, all graphs
together. GFLOP/s: of the encoder's matrix products as if all were made (compiled and eager leave
out those of the last layer that a linear head doesn't look at: 14 % of them at 6 layers, 7 % at
12), and in brackets the share of what large products reached, one for each shard side by side.
Ratios: median over paired windows, and the middle half of them.`;

function headingOf(measurement: Measurement): string {
  switch (measurement.kind) {
    case "shape":
      return `Training step of ${measurement.encoder}, ${measurement.batch} rows of ` +
        `${measurement.length} pieces`;
    case "mixture":
      return `Mixture of ${measurement.data}, ${measurement.steps} steps of ${measurement.batch} rows`;
    case "evaluation":
      return `Evaluation of ${measurement.task} ${measurement.split} of ${measurement.data}, ` +
        "all rows being one step";
    case "preprocessing":
      return `Preprocessing of all rows of ${measurement.data}, a pass being one step`;
  }
}

function linesOf(record: BenchRecord): string[] {
  const { contender, measurement, withTracing, peakMemory, memoryGrowth } = record;
  const { startSeconds, firstSeconds, tracing } = record;
  const name = `  ${(measurement.precision ?? "").padEnd(10)}${contender}`;
  const costs = [
    count(peakMemory),
    (memoryGrowth > 0.5 ? "+" : "") + count(memoryGrowth),
    seconds(startSeconds),
    seconds(firstSeconds),
    tracing ? seconds(tracing.seconds) : "-",
    arithmetic(record),
  ];
  const lines = [row([name, ...speeds(record), ...costs])];
  if (withTracing) {
    lines.push(row([`${" ".repeat(12)}  all steps`, ...speeds(withTracing)]));
  }
  if (measurement.kind === "preprocessing") {
    lines.push(`${" ".repeat(14)}all rows in ${seconds(1 / record.stepsPerSecond)}`);
  }
  return lines;
}

function arithmetic({ operationsPerSecond, shareOfPeak }: BenchRecord): string {
  if (operationsPerSecond === null) return "-";
  return `${(operationsPerSecond / 1e9).toFixed(0)} (${((shareOfPeak ?? NaN) * 100).toFixed(0)} %)`;
}

function comparisons(group: readonly BenchRecord[]): string[] {
  const [ours] = group;
  return group.flatMap((other) => {
    const ratios = ours!.ratios[other.contender];
    if (!ratios) return [];
    const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => quantile(ratios, p)!.toFixed(2));
    const range = ratios.length > 1 ? `${low} to ${high} in ${ratios.length} pairs` : "1 pair";
    const of = (key: "peakMemory" | "startSeconds") => (ours![key] / other[key]).toFixed(2);
    return `${" ".repeat(12)}${ours!.contender} is ${middle} times as fast as ${other.contender} ` +
      `(${range}) at ${of("peakMemory")} of its memory and ${of("startSeconds")} of its start`;
  });
}

function speeds({ stepsPerSecond, rowsPerSecond, tokensPerSecond }: Speed): string[] {
  return [
    stepsPerSecond.toFixed(stepsPerSecond < 10 ? 2 : 1),
    rowsPerSecond < 1e4 ? rowsPerSecond.toFixed(1) : count(rowsPerSecond),
    count(tokensPerSecond),
  ];
}

function count(value: number): string {
  return (Math.round(value) + 0).toLocaleString("en"); // + 0: no "-0"
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

/** One line on machine and versions. */
export function describe({ commit, date, versions, machine }: Surroundings): string {
  const known = Object.entries(machine)
    .map(([name, value]) => name === "cores" ? `${value} cores` : String(value));
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [...known, ...software, `commit ${commit}`, date.slice(0, 10)].join(", ");
}

/**
 * What large matrix products reach, one for each shard side by side; a second line where `measured`
 * has bfloat16 and the processor nothing of the kind.
 */
export function describePeak(peak: Peak, measured: readonly Precision[]): string {
  const each = Object.entries(peak).map(([name, value]) => `${Math.round(value / 1e9)} in ${name}`);
  const line = `Products of 2,048 x 2,048 matrices reach, in GFLOP/s: ${each.join(", ")}`;
  if (!measured.includes("bfloat16") || peak.bfloat16 > 1.2 * peak.float32) return line;
  return `${line}\nThis processor has no products of its own in bfloat16: PyTorch's may be many ` +
    "times slower than its float32, and ratios in bfloat16 tell little.";
}
