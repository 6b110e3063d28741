/** Files of the feature cache with damage: the features are the same, read or built again. */
import { assertEquals } from "@std/assert";
import { cachedFeatures, type KeptFeatures } from "../../lib/input/cache.ts";
import type { Random } from "../../lib/base/random.ts";
import { checkRefusal, fuzz, type Kind, Refused } from "./fuzz.ts";
import { damagedTensors } from "./tensors.ts";

const features: KeptFeatures = {
  candidates: 2,
  pad: 0,
  tokens: Int32Array.of(101, 7, 102, 101, 8, 102),
  offsets: Int32Array.of(0, 3, 6),
  boundaries: Int32Array.of(3, 2),
  targets: Float32Array.of(NaN),
  rows: Int32Array.of(4),
  ids: ['a "strange"\nidentifier, 中'],
  truncated: 1,
  notes: { dropped: [{ reason: "no label", count: 3 }], empty: 0 },
};

async function askDamaged(folder: string, random: Random): Promise<void> {
  let built = 0;
  const build = () => {
    built++;
    return Promise.resolve(features);
  };
  const ask = () => cachedFeatures({ task: "rte" }, build, { folder });
  const { file } = await ask();
  const whole = await Deno.readFile(file);
  await Deno.writeFile(file, damagedTensors(whole, random).bytes);
  built = 0;
  const found = await ask();
  assertEquals(found.features, features);
  assertEquals(found.fromCache, built === 0);
  if (found.fromCache) return await Deno.remove(file); // blanks differ
  checkRefusal(new Error(found.problem), [file]);
  assertEquals(await Deno.readFile(file), whole, "the new file is another one");
  throw new Refused();
}

export const kinds: Readonly<Record<string, Kind>> = {
  "feature caches": {
    count: 300,
    open: (folder) => ({ input: (random) => askDamaged(folder, random) }),
  },
};

fuzz(import.meta.url, kinds);
