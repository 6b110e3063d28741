import { assertEquals } from "@std/assert";
import { lists } from "../../.deno/registry.ts";
import { filesBelow } from "../hub/wheels.ts";

const folder = new URL("../../.deno/jsr", import.meta.url).pathname;

Deno.test("the lists in .deno/jsr are those of its files, else run deno task registry", async () => {
  const written = (await filesBelow(folder)).filter((file) => file.endsWith(".json"));
  const texts = written.map((file) => [file, Deno.readTextFileSync(`${folder}/${file}`)] as const);
  assertEquals(new Map(texts), await lists());
});
