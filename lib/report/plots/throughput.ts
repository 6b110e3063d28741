/**
 * How fast contenders train, by the length of their sequences.
 *
 * @module
 */

import { withCommas } from "../../base/status.ts";
import { createFigure, type Figure, type FigureTrace } from "../figure.ts";
import { axis, legendAbove, legendNames, sequence, topWithLegend } from "../style.ts";

/** One measured speed; records of `deno task bench` are such. */
export interface Throughput {
  /** Name of the program that was measured. */
  readonly contender: string;
  /** What was measured. */
  readonly measurement: {
    /** `shape` for batches of one length. */
    readonly kind: string;
    /** null where there is nothing to multiply. */
    readonly precision: string | null;
    readonly encoder?: string;
    /** Rows in a batch. */
    readonly batch?: number;
    /** Pieces in each sequence. */
    readonly length?: number;
  };
  /** Training rows a second. */
  readonly rowsPerSecond: number;
  /** Range that holds the middle half of what was measured, where it is known. */
  readonly quartiles?: readonly [number, number];
}

/** Points of one line. */
interface Line {
  readonly name: string;
  /** Contender and encoder. */
  readonly contender: string;
  readonly precision: string;
  readonly points: readonly (Throughput & { readonly length: number })[];
}

const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x"];

/**
 * Rows per second of the same training step against the length of its sequences, a line for each
 * contender, precision and encoder, both axes logarithmic; bars hold the middle half of the windows where
 * the records say. Measurements of other kinds than `shape` are left out.
 *
 * Throws a RangeError where no `shape` measurement is left.
 *
 * @example
 * ```ts
 * import { plotThroughput } from "./throughput.ts";
 * const measurement = { kind: "shape", precision: "float32", batch: 32, length: 64 };
 * plotThroughput([{ contender: "compiled", measurement, rowsPerSecond: 210.4 }]).says;
 * // "Rows per second by length: compiled, float32 210 at 64 pieces."
 * ```
 */
export function plotThroughput(
  records: readonly Throughput[],
  options: { readonly title?: string } = {},
): Figure {
  const lines = linesOf(records);
  if (lines.length === 0) {
    throw new RangeError("Cannot plot throughput: no record measures a shape; run deno task bench");
  }
  const points = lines.flatMap(({ points }) => points);
  const lengths = [...new Set(points.map(({ length }) => length))].sort((a, b) => a - b);
  const batches = [...new Set(points.map(({ measurement }) => measurement.batch ?? 0))];
  const encoders = [...new Set(points.map(({ measurement }) => measurement.encoder))];
  const of = encoders.length === 1 && encoders[0] !== undefined ? ` of ${encoders[0]}` : "";
  // sorted, so that a contender has the same colour whichever was measured first
  const contenders = [...new Set(lines.map(({ contender }) => contender))].sort();
  const precisions = [...new Set(lines.map(({ precision }) => precision))];
  const data = lines.map((line) =>
    traceOf(line, contenders.indexOf(line.contender), precisions.indexOf(line.precision))
  );
  const top = topWithLegend(legendNames(data), 740);
  const words = lines.map(({ name, points }) =>
    `${name} ` +
    points.map(({ length, rowsPerSecond }) => `${speed(rowsPerSecond)} at ${length}`).join(", ")
  );
  const spread = points.some(({ quartiles }) => quartiles)
    ? "; bars: the middle half of the windows"
    : "";
  return createFigure({
    title: options.title ?? "Training speed by length",
    subtitle: `the same step${of} again and again, ${batches.join(" or ")} rows a batch${spread}`,
    says: `Rows per second by length: ${words.join("; ")} pieces.`,
    height: top + 340,
    data,
    layout: {
      xaxis: axis("pieces in each sequence", {
        type: "log",
        tickvals: lengths,
        ticktext: lengths.map(String),
        range: padded(lengths, 0.06),
      }),
      yaxis: axis("rows per second", {
        type: "log",
        range: padded(points.map(({ rowsPerSecond }) => rowsPerSecond), 0.1),
        ...ticksOf(points.map(({ rowsPerSecond }) => rowsPerSecond)),
      }),
      showlegend: true,
      legend: legendAbove,
      margin: { l: 72, r: 28, t: top, b: 56 },
    },
  });
}

function linesOf(records: readonly Throughput[]): Line[] {
  const shapes = records.flatMap((record) => {
    const { kind, length } = record.measurement;
    return kind === "shape" && length !== undefined ? [{ ...record, length }] : [];
  });
  const groups = Map.groupBy(
    shapes,
    ({ contender, measurement }) =>
      JSON.stringify([
        contender,
        measurement.precision,
        measurement.batch,
        measurement.encoder,
      ]),
  );
  const several = (of: "batch" | "encoder") =>
    new Set(shapes.map(({ measurement }) => measurement[of])).size > 1;
  return [...groups.values()].map((points) => {
    const { contender, measurement: { precision, batch, encoder } } = points[0]!;
    return {
      name: [
        ...[contender, precision],
        ...(several("encoder") ? [encoder] : []),
        ...(several("batch") ? [`${batch} rows`] : []),
      ].join(", "),
      contender: `${contender}, ${encoder}`,
      precision: precision ?? "",
      points: points.toSorted((a, b) => a.length - b.length),
    };
  });
}

/** Contenders and encoders differ by colour and mark, precisions by the line. */
function traceOf({ name, points }: Line, contender: number, precision: number): FigureTrace {
  const color = sequence[contender % sequence.length]!;
  const dash = ["solid", "dash", "dot"][precision % 3]!;
  const symbol = `${symbols[contender % symbols.length]!}${precision % 2 === 0 ? "" : "-open"}`;
  const y = points.map(({ rowsPerSecond }) => rowsPerSecond);
  const away = (side: 0 | 1) =>
    points.map(({ quartiles, rowsPerSecond }) =>
      Math.abs((quartiles?.[side] ?? rowsPerSecond) - rowsPerSecond)
    );
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    x: points.map(({ length }) => length),
    y,
    marker: { color, symbol, size: 9, line: { width: 1.8, color } },
    line: { color, dash, width: 2 },
    error_y: {
      type: "data",
      symmetric: false,
      array: away(1),
      arrayminus: away(0),
      color,
      thickness: 1.4,
      width: 4,
      visible: points.some(({ quartiles }) => quartiles !== undefined),
    },
    hovertemplate: `%{y:.1f} rows/s at %{x} pieces<extra>${name}</extra>`,
  };
}

/** A logarithmic range a little wider than its values. */
function padded(values: readonly number[], by: number): number[] {
  const logs = values.map(Math.log10);
  return [Math.min(...logs) - by, Math.max(...logs) + by];
}

/** 1, 2 and 5 in each power of ten. */
function ticksOf(values: readonly number[]) {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.ceil(Math.log10(Math.max(...values)));
  const tickvals = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i))
    .flatMap((power) => [power, 2 * power, 5 * power]);
  return { tickvals, ticktext: tickvals.map(speed) };
}

function speed(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : withCommas(value);
}
