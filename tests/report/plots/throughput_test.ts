import { assertEquals, assertThrows } from "@std/assert";
import { plotThroughput } from "../../../lib/report/plots/throughput.ts";
import type { JsonObject } from "../../../lib/report/figure.ts";

const record = (contender: string, length: number, precision = "float32") => ({
  contender,
  measurement: { kind: "shape", precision, batch: 32, length },
  rowsPerSecond: 6400 / length,
});

Deno.test("each contender and precision is a line over its lengths, ascending", () => {
  const { data } = plotThroughput([
    ...[record("compiled", 64), record("compiled", 16), record("eager", 16)],
    record("compiled", 16, "bfloat16"),
  ]);
  assertEquals(data.map(({ name, x }) => [name, x]), [
    ["compiled, float32", [16, 64]],
    ["eager, float32", [16]],
    ["compiled, bfloat16", [16]],
  ]);
});

Deno.test("a contender keeps its colour, a precision its dash", () => {
  const { data } = plotThroughput([
    ...[record("compiled", 16), record("compiled", 16, "bfloat16"), record("eager", 16)],
  ]);
  const [one, two, three] = data.map(({ line }) => line as JsonObject);
  assertEquals([one!.color === two!.color, one!.color === three!.color], [true, false]);
  assertEquals([one!.dash, two!.dash, three!.dash], ["solid", "dash", "solid"]);
});

Deno.test("encoders are lines of their own, and named where there are several", () => {
  const of = (encoder: string) => {
    const one = record("compiled", 16);
    return { ...one, measurement: { ...one.measurement, encoder } };
  };
  assertEquals(plotThroughput([of("small")]).data[0]!.name, "compiled, float32");
  const { data } = plotThroughput([of("small"), of("large")]);
  assertEquals(data.map(({ name }) => name), [
    "compiled, float32, small",
    "compiled, float32, large",
  ]);
  const [one, two] = data.map(({ line }) => (line as JsonObject).color);
  assertEquals(one === two, false);
});

Deno.test("the middle half of the windows is shown where it is known", () => {
  const { data } = plotThroughput([{ ...record("compiled", 16), quartiles: [390, 420] }]);
  const { array, arrayminus, visible } = data[0]!.error_y as JsonObject;
  assertEquals([array, arrayminus, visible], [[20], [10], true]);
});

Deno.test("other measurements are left out; none at all is refused", () => {
  const mixture = {
    ...record("eager", 16),
    measurement: { kind: "mixture", precision: "float32" },
  };
  assertEquals(plotThroughput([record("compiled", 16), mixture]).data.length, 1);
  assertThrows(() => plotThroughput([mixture]), RangeError, "no record measures a shape");
});
