import { assert } from "@std/assert";
import process from "node:process";
import { collectGarbage } from "../../lib/base/garbage.ts";

Deno.test("collectGarbage() frees large arrays that nothing refers to", () => {
  const resident = () => process.memoryUsage().rss / 2 ** 20; // MiB
  const touch = () => void new Float32Array(2 ** 25).fill(1); // 128 MiB
  collectGarbage();
  const before = resident();
  touch();
  collectGarbage();
  const after = resident();
  assert(after - before < 64, `${before} MiB before, ${after} MiB after`);
});
