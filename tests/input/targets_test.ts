import { assertEquals, assertThrows } from "@std/assert";
import { stackTargets, takeTargets } from "../../lib/input/targets.ts";

function rowsOf(...targets: readonly (readonly number[])[]) {
  return targets.map((targets, row) => ({
    row,
    id: String(row),
    premise: "It rains.",
    hypotheses: [],
    targets,
  }));
}

Deno.test("rows without targets have as many NaN as the others have numbers", () => {
  assertEquals([...stackTargets(rowsOf([2.5], [], [0]))], [2.5, NaN, 0]);
  assertEquals([...stackTargets(rowsOf([], [1, 0, 1]))], [NaN, NaN, NaN, 1, 0, 1]);
  assertEquals([...stackTargets(rowsOf([], []))], [NaN, NaN]);
  assertEquals([...stackTargets([])], []);
});

Deno.test("rows that differ in how many targets they have are refused by number", () => {
  assertThrows(
    () => stackTargets(rowsOf([], [1, 0], [1])),
    Error,
    "row 2 has 1 targets, expected 2 as in the first row that has any",
  );
});

Deno.test("rows are taken in the order given, each with all its targets", () => {
  const three = stackTargets(rowsOf([1, 2], [3, 4], [5, 6]));
  assertEquals([...takeTargets(three, 3, Int32Array.of(2, 0, 2))], [5, 6, 1, 2, 5, 6]);
  assertEquals([...takeTargets(three, 3, [])], []);
  assertEquals([...takeTargets(new Float32Array(), 0, [])], []);
});
