import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseSample, SEED, writeSample } from "../../../lib/dev/sample/main.ts";
import { generate } from "../../../lib/dev/sample/generate.ts";

Deno.test("writeSample() writes every file and its checksums, and leaves nothing else behind", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const written = await writeSample(folder, SEED);
    const files = generate(SEED);
    assertEquals(written.sort(), [...Object.keys(files), "CHECKSUMS"].sort());
    for (const [path, text] of Object.entries(files)) {
      assert(await Deno.readTextFile(`${folder}/${path}`) === text, path);
    }
    const found: string[] = [];
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile) found.push(name);
      else {for await (const inner of Deno.readDir(`${folder}/${name}`)) {
          found.push(`${name}/${inner.name}`);
        }}
    }
    assertEquals(found.sort(), written);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a command line has one seed or none, and nothing is written for any other", () => {
  assertEquals(parseSample([]), SEED);
  assertEquals(parseSample(["7"]), "7");
  assertEquals(parseSample(["--help"]), null);
  assertThrows(
    () => parseSample(["--seed", "7"]),
    Error,
    'Unknown argument "--seed"; see deno task',
  );
  assertThrows(() => parseSample(["1", "2"]), Error, 'Expected one seed or none, not "1 2".');
  assertThrows(() => parseSample([""]), Error, "Expected one seed or none");
});
