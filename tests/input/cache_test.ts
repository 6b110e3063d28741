import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { cachedFeatures } from "../../lib/input/cache.ts";
import type { FeaturizedRows } from "../../lib/input/features.ts";

const features: FeaturizedRows = {
  candidates: 2,
  pad: 0,
  tokens: Int32Array.of(101, 7, 102, 101, 8, 102),
  offsets: Int32Array.of(0, 3, 6),
  boundaries: Int32Array.of(3, 2),
  targets: Float32Array.of(NaN),
  rows: Int32Array.of(4),
  ids: ['a "strange"\nidentifier, 中 \ud83d'],
  truncated: 1,
};

/** A folder, and a way to ask for the features in it that counts how often they are built. */
async function inFolder(
  use: (ask: (key?: Record<string, unknown>) => ReturnType<typeof cachedFeatures>, built: {
    times: number;
  }, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const built = { times: 0 };
  const ask = (key: Record<string, unknown> = { task: "cola", options: { maxLength: 8 } }) =>
    cachedFeatures(key, () => {
      built.times++;
      return Promise.resolve(features);
    }, { folder: `${folder}/features` });
  try {
    await use(ask, built, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("cachedFeatures() builds once and then reads the same features", () =>
  inFolder(async (ask, built) => {
    const first = await ask();
    assertEquals([first.fromCache, first.problem], [false, undefined]);
    assertEquals(first.features, features);
    const second = await ask();
    assertEquals([second.fromCache, second.problem], [true, undefined]);
    assertEquals(second.features, features);
    assertEquals(built.times, 1);
  }));

Deno.test("cachedFeatures() finds features only under the very same key", () =>
  inFolder(async (ask, built) => {
    await ask({ a: 1, b: { c: [1, 2], d: null } });
    await ask({ b: { d: null, c: [1, 2] }, a: 1 }); // the order of names says nothing
    assertEquals(built.times, 1);
    await ask({ a: 1, b: { c: [2, 1], d: null } });
    await ask({ a: "1", b: { c: [1, 2], d: null } });
    await ask({ a: 1, b: { c: [1, 2] } });
    assertEquals(built.times, 4);
  }));

Deno.test("cachedFeatures() refuses a key that JSON cannot tell apart", () =>
  inFolder(async (ask) => {
    for (const value of [NaN, undefined, 3n, new Map(), () => 1]) {
      await assertRejects(() => ask({ value }), TypeError, "in the key of a cache");
    }
  }));

Deno.test("cachedFeatures() builds again when the file is damaged anywhere", () =>
  inFolder(async (ask, built) => {
    const { file } = await ask();
    const whole = await Deno.readFile(file);
    for (let at = 0; at < whole.length; at += 11) {
      const damaged = whole.slice();
      damaged[at]! ^= 0x04;
      await Deno.writeFile(file, damaged);
      const { features: again, fromCache, problem } = await ask();
      assertEquals(again, features);
      // A blank that pads the header may change without a change of meaning.
      if (fromCache) assertEquals(whole[at], 0x20, `byte ${at}`);
      else assertStringIncludes(problem!, file);
    }
    assert(built.times > 50);
    assertEquals(await Deno.readFile(file), whole);
  }));

Deno.test("cachedFeatures() builds again when the file is cut off or another key's", () =>
  inFolder(async (ask, built) => {
    const { file } = await ask();
    const whole = await Deno.readFile(file);
    for (const length of [0, 7, 100, whole.length - 1]) {
      await Deno.writeFile(file, whole.slice(0, length));
      assertEquals((await ask()).fromCache, false);
    }
    const { file: other } = await ask({ task: "rte" });
    await Deno.copyFile(file, other);
    assertStringIncludes((await ask({ task: "rte" })).problem!, "not what was written");
    assertEquals(built.times, 7);
  }));

Deno.test("cachedFeatures() leaves nothing half-written behind", () =>
  inFolder(async (ask, _built, folder) => {
    const { file } = await ask();
    const names = await Array.fromAsync(Deno.readDir(`${folder}/features`), ({ name }) => name);
    assertEquals(names.map((name) => `${folder}/features/${name}`), [file]);
  }));

Deno.test("cachedFeatures() gives the features where they cannot be kept, and says so", () =>
  inFolder(async (ask, _built, folder) => {
    await Deno.writeTextFile(`${folder}/features`, "a file where the folder should be");
    const { features: made, problem } = await ask();
    assertEquals(made, features);
    assertStringIncludes(problem!, "Cannot keep features in");
  }));

Deno.test("cachedFeatures() passes on what the build throws", () =>
  inFolder(async (_ask, _built, folder) => {
    const build = () => Promise.reject(new Error("no such task"));
    await assertRejects(() => cachedFeatures({}, build, { folder }), Error, "no such task");
  }));
