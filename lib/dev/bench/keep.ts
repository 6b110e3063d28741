/**
 * Keeps what was measured: lines of JSON, and a plot for each encoder.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { writeAside } from "../../base/disk.ts";
import { reasonOf } from "../../base/quote.ts";
import type { Drawing, Surroundings } from "./child.ts";
import { ownProcess } from "./contenders.ts";
import type { ShapeMeasurement } from "./measurement.ts";
import { ask } from "./process.ts";
import type { BenchRecord } from "./records.ts";

/** A record with where and when it was made, as results/bench.jsonl keeps it. */
export type KeptRecord = BenchRecord & Surroundings;

/**
 * Adds the records to a file, and draws throughput against length, for each encoder whose shapes were
 * measured, into the folder `figures` beside it.
 *
 * @throws where either can't be written, or, the records being added, where a line of the file is no
 * JSON and can't be drawn.
 */
export async function keep(file: string, records: readonly KeptRecord[]): Promise<void> {
  await append(file, records);
  const shapes = Map.groupBy(records.filter(isShape), ({ measurement }) => measurement.encoder);
  if (shapes.size === 0) return;
  const all = await recordsIn(file);
  for (const [first] of shapes.values()) {
    await draw(join(dirname(file), "figures"), shapesBeside(all, first!));
  }
}

/**
 * The shapes that the commit of a record measured with its encoder on its kind of machine, be it in
 * several runs: the latest record of each contender and measurement.
 */
export function shapesBeside(
  all: readonly Partial<KeptRecord>[],
  { commit, machine, measurement }: Pick<KeptRecord, "commit" | "machine" | "measurement">,
): KeptRecord[] {
  const source = (one: typeof measurement, commit: unknown, machine: unknown) =>
    JSON.stringify([one.encoder, commit, machine]);
  const wanted = source(measurement, commit, machine);
  const same = all.filter(isShape).filter((one) =>
    source(one.measurement, one.commit, one.machine) === wanted
  );
  const latest = new Map(same.map((one) => {
    const { precision, batch, length } = one.measurement as ShapeMeasurement;
    return [JSON.stringify([one.contender, precision, batch, length]), one];
  }));
  return [...latest.values()];
}

function isShape(one: Partial<KeptRecord>): one is KeptRecord {
  return one.measurement?.kind === "shape";
}

async function draw(folder: string, shapes: readonly KeptRecord[]): Promise<void> {
  const points = shapes.map(({ contender, measurement, rowsPerSecond, quartiles }) => (
    { contender, measurement, rowsPerSecond, quartiles }
  ));
  const encoder = shapes[0]!.measurement.encoder.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, "-");
  const name = `bench-throughput-${encoder}`;
  const drawing: Drawing = { folder, name, records: points };
  await ask(ownProcess("draw", folder), drawing, "drawn");
}

/**
 * Makes sure, before hours of measuring, that records can be added to a file.
 *
 * @throws one sentence that names the file.
 */
export async function checkKeeping(file: string): Promise<void> {
  try {
    await append(file, []);
  } catch (cause) {
    const advice = "make its folder one that can be written to, or leave out --write";
    throw new Error(`Cannot write "${file}": ${reasonOf(cause)}; ${advice}.`, { cause });
  }
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

async function recordsIn(file: string): Promise<Partial<KeptRecord>[]> {
  const lines = (await Deno.readTextFile(file)).split("\n");
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line) as Partial<KeptRecord>];
    } catch {
      throw new Error(
        `Cannot draw what "${file}" has: line ${i + 1} is no JSON; mend it, or move the file away.`,
      );
    }
  });
}

/** Five digits are more than repeats. */
function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return Number(value.toPrecision(5));
}
