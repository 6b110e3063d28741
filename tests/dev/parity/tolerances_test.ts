import { assert, assertEquals } from "@std/assert";
import { type Tolerances, tolerances } from "../../../lib/dev/parity/tolerances.ts";

const names = Object.keys(tolerances.float32) as (keyof Tolerances)[];
const limitOf = (tolerance: Tolerances[keyof Tolerances]) => Object.entries(tolerance as object)[0];

Deno.test("both precisions have a tolerance of the same kind for every quantity", () => {
  assertEquals(Object.keys(tolerances.bfloat16), names);
  for (const name of names) {
    assertEquals(limitOf(tolerances.bfloat16[name])![0], limitOf(tolerances.float32[name])![0]);
  }
});

Deno.test("bfloat16 is allowed more than float32, but no more than its larger roundoff explains", () => {
  for (const name of names) {
    const [low, full] = (["bfloat16", "float32"] as const)
      .map((precision) => limitOf(tolerances[precision][name])![1] as number);
    assert(low! > full! && low! <= 2 ** 16 * full!, `${name}: ${low} and ${full}`);
  }
});
