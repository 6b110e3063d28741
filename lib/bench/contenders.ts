/**
 * Who is measured: one record each. A contender is a program that takes a
 * {@linkcode Measurement} as JSON in its last argument, writes the line `first step` when its first
 * step is over and, as its last line, what it {@linkcode Measured} as JSON. It may be written in
 * any language; to compare with another system, add a record.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { cacheFolder } from "../fetch/cache.ts";
import type { Measured, Measurement, MeasurementKind } from "./measurement.ts";

/** One system under measurement. */
export interface Contender {
  /** As records carry it. */
  readonly name: string;
  readonly measures: readonly MeasurementKind[];
  /** The program and its arguments, the measurement still to be appended. */
  readonly command: () => readonly [string, ...string[]];
}

/** Program and arguments of this project's own processes; `way` is the first argument. */
export function ownProcess(way: string): [string, ...string[]] {
  return [
    Deno.execPath(),
    "run",
    "--allow-read", // TensorFlow, encoder and data lie anywhere
    `--allow-write=${cacheFolder()}`,
    "--allow-env",
    "--allow-ffi",
    "--allow-run=git,python3",
    fileURLToPath(new URL("child.ts", import.meta.url)),
    way,
  ];
}

/**
 * All contenders by name. Speeds are compared with the first, which is why it is the one that this
 * project trains with.
 */
export const contenders = {
  compiled: {
    name: "compiled",
    measures: ["shape", "mixture", "evaluation"],
    command: () => ownProcess("compiled"),
  },
  eager: {
    name: "eager",
    measures: ["shape", "mixture"],
    command: () => ownProcess("eager"),
  },
} as const satisfies Record<string, Contender>;

/** Name of a contender. */
export type ContenderName = keyof typeof contenders;

/** The contenders that can make a measurement, in their order. */
export function contendersFor({ kind }: Measurement): Contender[] {
  return Object.values<Contender>(contenders).filter(({ measures }) => measures.includes(kind));
}

/** What every answer must have. */
export function checkMeasured(answer: unknown, contender: string): Measured {
  const { windows, firstSeconds, peakMemory } = answer as Partial<Measured>;
  const positive = (value: unknown) => typeof value === "number" && value > 0 && value < Infinity;
  const whole = Array.isArray(windows) && windows.length > 0 && positive(firstSeconds) &&
    positive(peakMemory) &&
    (windows as Measured["windows"]).every(({ steps, rows, seconds }) =>
      positive(steps) && positive(rows) && positive(seconds)
    );
  if (whole) return answer as Measured;
  throw new Error(
    `Contender "${contender}" answered ${
      JSON.stringify(answer)?.slice(0, 200)
    }: expected windows ` +
      `with steps, rows and seconds above 0, firstSeconds and peakMemory.`,
  );
}
