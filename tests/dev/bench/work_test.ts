import { assert } from "@std/assert";
import { measurePeak } from "../../../lib/dev/bench/work.ts";
import { leavingNothing } from "../../tensorflow/support.ts";

Deno.test("products are really made: neither precision is ahead by more than a processor can be", () =>
  leavingNothing(async () => {
    const { float32, bfloat16 } = await measurePeak(1);
    assert(float32 > 1e9 && bfloat16 > 1e8, `${float32} and ${bfloat16} operations a second`);
    const ratio = bfloat16 / float32;
    assert(ratio > 0.05 && ratio < 20, `bfloat16 is ${ratio} times as fast as float32`);
  }));
