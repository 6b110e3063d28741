/**
 * The numbers of the tables as CSV, unrounded, for spreadsheets and plots.
 *
 * @module
 */

import { stringify } from "@std/csv";
import { cellNumbers } from "./cells.ts";
import { isGenerated } from "./configuration.ts";
import { type Published, published } from "./published.ts";
import { collectRows, type RunRow, type RunSummary } from "./runs.ts";

/**
 * One line per cell of ours, then one per published number, told apart by the column `origin`;
 * where all of ours are of the generated sample, nothing published follows.
 * `values` lists `seed:value`; a run whose metric is undefined has nothing after the colon.
 *
 * Throws a RangeError naming the run if a number is not finite or a run is there twice.
 *
 * @example
 * ```ts
 * import { renderCsv } from "./csv.ts";
 * renderCsv([]).split("\n")[0]!.startsWith("origin,system,experiment"); // true
 * ```
 */
export function renderCsv(summaries: readonly RunSummary[]): string {
  const ours = collectRows(summaries)
    .flatMap((row) => [csvLine(row, "plain"), csvLine(row, "refined")])
    .filter((line) => line !== undefined);
  const others = summaries.length > 0 && summaries.every(isGenerated) ? [] : published;
  const text = stringify([...ours, ...others.map(publishedLine)], { columns: csvColumns });
  // Committed results have the line ends of every other file.
  return text.replaceAll("\r\n", "\n");
}

const csvColumns = (
  "origin system experiment encoder encoder_name size preset precision task split part metric " +
  "fraction head n undefined mean sd low95 high95 values train_rows train_official scored_rows " +
  "least_steps most_steps source"
).split(" ");

type CsvLine = Readonly<Record<string, string | number | null | undefined>>;

function csvLine(row: RunRow, encoder: "plain" | "refined"): CsvLine | undefined {
  const values = row[encoder];
  if (values.length === 0) return undefined;
  const { n, undefinedRuns, mean, sd, interval } = cellNumbers(values);
  return {
    origin: "ours",
    experiment: row.experiment,
    encoder,
    encoder_name: row.encoderName,
    size: row.size,
    preset: row.preset,
    precision: row.precision,
    task: row.task,
    split: row.split,
    metric: row.metric,
    fraction: row.fraction,
    head: row.head,
    n,
    undefined: undefinedRuns,
    mean,
    sd,
    low95: interval?.low,
    high95: interval?.high,
    values: values.map(({ seed, value }) => `${seed}:${value ?? ""}`).join(" "),
    train_rows: row.rows.train,
    train_official: row.rows.trainOfficial,
    scored_rows: row.rows.dev,
    least_steps: Math.min(...row.steps),
    most_steps: Math.max(...row.steps),
  };
}

function publishedLine(number: Published): CsvLine {
  return {
    origin: "published",
    system: number.system,
    experiment: number.experiment,
    encoder: number.encoder,
    encoder_name: `${number.system.startsWith("MiniLM") ? "MiniLM" : "BERT"} ${number.size}`,
    task: number.task,
    split: number.split,
    part: number.part,
    metric: number.metric,
    fraction: number.fraction,
    mean: number.value,
    source: number.source,
  };
}
