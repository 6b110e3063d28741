import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };

const root = new URL("../", import.meta.url);
const exists = (path: string) => Deno.stat(new URL(path, root)).then(() => true, () => false);

Deno.test("CITATION.cff names the version and licence of deno.json", async () => {
  const citation = await Deno.readTextFile(new URL("CITATION.cff", root));
  const field = (name: string) => new RegExp(`^${name}: (.+)$`, "m").exec(citation)?.[1];
  assertEquals(field("version"), config.version);
  assertEquals(field("license"), config.license);
});

Deno.test("every export and every published file of deno.json is there", async () => {
  for (const path of [...Object.values(config.exports), ...config.publish.include]) {
    assertEquals([path, await exists(path)], [path, true]);
  }
});
