/**
 * Keeps what was measured: lines of JSON, and a plot.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { writeAside } from "../disk.ts";
import type { Drawing, Surroundings } from "./child.ts";
import { ownProcess } from "./contenders.ts";
import { ask } from "./process.ts";
import type { BenchRecord } from "./records.ts";

/** A record with where and when it was made, as results/bench.jsonl keeps it. */
export type KeptRecord = BenchRecord & Surroundings;

/**
 * Adds the records to a file, and draws them into the folder `figures` beside it.
 *
 * @throws where either can't be written.
 */
export async function keep(file: string, records: readonly KeptRecord[]): Promise<void> {
  await append(file, records);
  await draw(join(dirname(file), "figures"), records);
}

/** Throughput against length, where shapes were measured. */
async function draw(folder: string, records: readonly KeptRecord[]): Promise<void> {
  const shapes = records.filter(({ measurement }) => measurement.kind === "shape");
  if (shapes.length === 0) return;
  const points = shapes.map(({ contender, measurement, rowsPerSecond, quartiles }) => (
    { contender, measurement, rowsPerSecond, quartiles }
  ));
  const drawing: Drawing = { folder, records: points };
  await ask(ownProcess("draw", folder), drawing, "drawn");
}

/** Adds lines to a file; whoever reads it meanwhile sees all of them or none. */
async function append(file: string, records: readonly KeptRecord[]): Promise<void> {
  const before = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  const lines = records.map((record) => JSON.stringify(record, rounded) + "\n").join("");
  await Deno.mkdir(dirname(file), { recursive: true });
  await writeAside(file, [new TextEncoder().encode(before + lines)], () => file);
}

/** Five digits are more than repeats. */
function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return Number(value.toPrecision(5));
}
