import { assertEquals } from "@std/assert";
import { createMeter, failedRow } from "../../../lib/dev/parity/compare.ts";
import { rowLines, summaryLines } from "../../../lib/dev/parity/table.ts";

/** A row of three values compared with 1, 2 and 4. */
function compared(actual: readonly number[], limit: Parameters<typeof createMeter>[0]) {
  const meter = createMeter(limit);
  meter.add("three values", actual, [1, 2, 4]);
  return meter.row("forward", "a case", "values");
}

Deno.test("a meter passes what is within its tolerance and gives the largest deviations", () => {
  const row = compared([1, 2.5, 4], { absolute: 0.5 });
  assertEquals([row.passed, row.cases, row.absolute, row.relative], [true, 1, 0.5, 0.125]);
  assertEquals(compared([1, 2.5, 4], { relative: 0.125 }).passed, true);
  assertEquals(compared([1, 2, 4], "exact").passed, true);
});

Deno.test("a meter fails what is out of tolerance and names the case", () => {
  for (const limit of ["exact", { absolute: 0.4 }, { relative: 0.1 }] as const) {
    const row = compared([1, 2.5, 4], limit);
    assertEquals([row.passed, row.note], [false, "three values"]);
  }
});

Deno.test("a meter fails where lengths differ, a number is missing, or nothing was compared", () => {
  assertEquals(compared([1, 2], { absolute: 100 }).passed, false);
  assertEquals(compared([1, NaN, 4], { absolute: 100 }).passed, false);
  assertEquals(compared([1, Infinity, 4], { absolute: 100 }).passed, false);
  assertEquals(createMeter("exact").row("files", "none", "rows").passed, false);
});

Deno.test("a meter takes nan for nan and infinity for infinity", () => {
  const meter = createMeter("exact");
  meter.add("both", [NaN, Infinity], [NaN, Infinity]);
  assertEquals(meter.row("metrics", "a case", "metrics").passed, true);
});

Deno.test("a meter divides both sides by the unit before it compares", () => {
  const meter = createMeter({ absolute: 0.1 });
  meter.add("loss", 10.5, 10, 10);
  const { passed, absolute } = meter.row("gradients", "a case", "loss");
  assertEquals([passed, absolute], [true, 0.05]);
});

Deno.test("the table says why a row failed, and the summary how many did", () => {
  const rows = [
    compared([1, 2, 4.1], { absolute: 0.2 }),
    failedRow("forward", "another", new Error("no such tensor")),
  ];
  assertEquals(rowLines(rows[0]!).startsWith("ok     forward"), true);
  assertEquals(rowLines(rows[1]!).split("\n")[1]!.trim(), "no such tensor");
  const lines = summaryLines(rows, 2).split("\n");
  assertEquals(lines.at(-1), "2 rows in 2 s: 1 FAILED");
  assertEquals(lines[0]!.includes("1 rows FAILED"), true);
});
