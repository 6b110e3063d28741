import { assertEquals } from "@std/assert";
import { type KeptRecord, shapesBeside } from "../../lib/bench/keep.ts";

const machine = { system: "linux", cores: 2, devices: "CPU" };

function record(
  commit: string,
  contender: string,
  length: number,
  rowsPerSecond: number,
  { kind = "shape", encoder = "small" } = {},
): KeptRecord {
  const measurement = { kind, encoder, precision: "float32", batch: 32, length };
  return { commit, machine, contender, measurement, rowsPerSecond } as unknown as KeptRecord;
}

Deno.test("a figure has the latest shapes of one commit, whichever run measured them", () => {
  const all = [
    record("old", "compiled", 32, 1),
    record("new", "compiled", 32, 2),
    record("new", "pytorch", 32, 3),
    record("new", "compiled", 0, 4, { kind: "mixture" }),
    record("new", "compiled", 64, 5),
    record("new", "compiled", 32, 6), // measured again
    record("new", "compiled", 64, 8, { encoder: "large" }),
    { ...record("new", "compiled", 128, 7), machine: { ...machine, cores: 4 } },
  ];
  const found = shapesBeside(all, record("new", "compiled", 64, 0));
  assertEquals(found.map(({ rowsPerSecond }) => rowsPerSecond), [6, 3, 5]);
});
