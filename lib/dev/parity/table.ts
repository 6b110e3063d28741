/**
 * The parity table as a person reads it: lines of fixed width, printed as the rows come.
 *
 * @module
 */

import { type ComparisonRow, kinds, type Tolerance } from "./compare.ts";

const WIDTHS = [6, 12, 42, 40, 6, 9, 9, 9] as const;

/** The line above the table. */
export function headLine(): string {
  const names = ["", "kind", "what", "quantity", "cases", "absolute", "relative", "tolerance"];
  return columns(names);
}

/**
 * A row as a line, and for a failed one a second line that says why.
 *
 * @example
 * ```ts
 * import { createMeter } from "./compare.ts";
 * import { rowLines } from "./table.ts";
 * const meter = createMeter({ absolute: 1e-5 });
 * meter.add("pooled", 1, 1.000001);
 * console.log(rowLines(meter.row("forward", "tiny", "pooled")));
 * ```
 */
export function rowLines(row: ComparisonRow): string {
  const { kind, what, quantity, cases, absolute, relative, tolerance, passed, note } = row;
  const line = columns([
    passed ? "ok" : "FAILED",
    ...[kind, what, quantity, String(cases)],
    ...[shown(absolute), shown(relative), limitText(tolerance)],
  ]);
  return passed || note === undefined ? line : `${line}\n       ${note}`;
}

/** A line for each kind and one for all: how many rows, and how near the worst came to its limit. */
export function summaryLines(rows: readonly ComparisonRow[], seconds: number): string {
  const lines = kinds.flatMap((kind) => {
    const own = rows.filter((row) => row.kind === kind);
    if (own.length === 0) return [];
    const cases = own.reduce((sum, row) => sum + row.cases, 0).toLocaleString("en");
    const nearest = Math.max(...own.map(shareOfLimit));
    const exact = own.every(({ tolerance }) => tolerance === "exact");
    const worst = exact ? "all exact" : `at most ${(100 * nearest).toFixed(1)} % of a tolerance`;
    const failed = own.filter(({ passed }) => !passed).length;
    return [
      `${kind.padEnd(12)}${String(own.length).padStart(4)} rows, ${cases.padStart(6)} cases: ` +
      (failed > 0 ? `${failed} rows FAILED` : worst),
    ];
  });
  const failed = rows.filter(({ passed }) => !passed).length;
  const result = failed === 0 ? "all passed" : `${failed} FAILED`;
  return [...lines, `${rows.length} rows in ${seconds.toFixed(0)} s: ${result}`].join("\n");
}

/** Numbers are right-aligned, words left. */
function columns(cells: readonly string[]): string {
  return cells.map((cell, i) => i < 4 ? cell.padEnd(WIDTHS[i]!) : cell.padStart(WIDTHS[i]!))
    .join(" ").trimEnd();
}

function shown(value: number): string {
  return value === 0 ? "0" : Number.isFinite(value) ? value.toExponential(1) : "-";
}

function limitText(tolerance: Tolerance): string {
  if (tolerance === "exact") return "exact";
  const [[kind, limit] = ["", 0]] = Object.entries(tolerance);
  return `${limit.toExponential()}${kind === "relative" ? " r" : "  "}`;
}

function shareOfLimit({ tolerance, absolute, relative }: ComparisonRow): number {
  if (tolerance === "exact") return absolute === 0 ? 0 : Infinity;
  return "relative" in tolerance ? relative / tolerance.relative : absolute / tolerance.absolute;
}
