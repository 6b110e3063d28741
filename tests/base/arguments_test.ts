import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { list, MOST_SEEDS, oneOf, optional, wholeNumber } from "../../lib/base/arguments.ts";

Deno.test("values of options are read, and left out where the option is", () => {
  assertEquals(list("tasks", " rte,,snli "), ["rte", "snli"]);
  assertEquals(oneOf("size", "small", ["sample", "small"]), "small");
  assertEquals(wholeNumber("seeds", "12"), 12);
  assertEquals([list("tasks", undefined), wholeNumber("seeds", undefined)], [undefined, undefined]);
  assertEquals([optional("seeds", 3), optional("seeds", undefined)], [{ seeds: 3 }, {}]);
});

Deno.test("a value that an option can't have is refused with the option's name", () => {
  const refused = (read: () => unknown, sentence: string) => assertThrows(read, Error, sentence);
  refused(() => list("tasks", " , "), "--tasks needs a value, or several with commas between");
  refused(
    () => oneOf("size", "toString", ["small"]),
    '--size has "toString": expected one of small.',
  );
  for (const text of ["0", "-1", "1.5", "many", "", "1e400"]) {
    refused(
      () => wholeNumber("seeds", text),
      `--seeds has "${text}": expected a whole number above 0.`,
    );
  }
});

Deno.test("a number has a bound, which its refusal names", () => {
  assertEquals(wholeNumber("seeds", "1000", MOST_SEEDS), 1000);
  const refusal = '--seeds has "1e9": expected a whole number from 1 to 1000.';
  assertThrows(() => wholeNumber("seeds", "1e9", MOST_SEEDS), Error, refusal);
  assertThrows(() => wholeNumber("steps", "1e300"), Error, '--steps has "1e300": expected a whole');
});

Deno.test("refusals stand on one line, whatever the value holds", () => {
  const value = "a\n\x1b[31m";
  const refusals = [() => oneOf("size", value, ["small"]), () => wholeNumber("steps", value)];
  for (const refuse of refusals) assertMatch(assertThrows(refuse, Error).message, /^[ -~]+$/);
});
