import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { keep, type KeptRecord, shapesBeside } from "../../../lib/dev/bench/keep.ts";
import { inFolder } from "../../model/small.ts";

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

Deno.test("each encoder has a figure of its own, that says whose it is", () =>
  inFolder(async (folder) => {
    const of = (encoder: string) => record("new", "compiled", 32, 100, { encoder });
    await keep(`${folder}/bench.jsonl`, [of("Small-L2.v1"), of("large")]);
    for (const [name, title] of [["small-l2-v1", "Small-L2.v1"], ["large", "large"]]) {
      const file = `${folder}/figures/bench-throughput-${name}.svg`;
      assertStringIncludes(await Deno.readTextFile(file), `step of ${title} again`);
    }
  }));

Deno.test("what was measured is kept also where an older line can't be drawn", () =>
  inFolder(async (folder) => {
    const file = `${folder}/bench.jsonl`;
    await Deno.writeTextFile(file, "no JSON\n");
    const measured = record("new", "compiled", 64, 5);
    await assertRejects(() => keep(file, [measured]), Error, "line 1 is no JSON");
    assertEquals(await Deno.readTextFile(file), `no JSON\n${JSON.stringify(measured)}\n`);
  }));
