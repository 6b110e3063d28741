import { assertEquals, assertNotEquals } from "@std/assert";
import { lists } from "../../.deno/registry.ts";
import { filesBelow } from "../hub/wheels.ts";

const folder = new URL("../../.deno/jsr", import.meta.url).pathname;

Deno.test("the lists in .deno/jsr are those of its files, else run deno task registry", async () => {
  const written = (await filesBelow(folder)).filter((file) => file.endsWith(".json"));
  const texts = written.map((file) => [file, Deno.readTextFileSync(`${folder}/${file}`)] as const);
  assertEquals(new Map(texts), await lists());
});

Deno.test("the lock has sums of the real packages, which are those of no stand-in", async () => {
  const { jsr } = JSON.parse(
    Deno.readTextFileSync(new URL("../../.deno/lock.json", import.meta.url)),
  );
  for (const [file, text] of await lists()) {
    const [, name, version] = /^(.+)\/(.+)_meta\.json$/.exec(file) ?? [];
    if (name === undefined) continue;
    const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    assertNotEquals(jsr[`${name}@${version}`].integrity, new Uint8Array(sum).toHex(), name);
  }
});
