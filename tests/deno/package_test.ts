import { assertEquals } from "@std/assert";
import { withoutExample } from "../../.deno/package.ts";
import config from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url);
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

Deno.test("a function without an example, or with one that nobody runs, is a complaint", () => {
  const symbol = (name: string, kind: string, ...docs: string[]) => ({
    name,
    declarations: docs.map((doc) => ({ kind, jsDoc: { doc } })),
  });
  const complaints = withoutExample({
    nodes: {
      "mod.ts": {
        symbols: [
          symbol("bare", "function", "Adds."),
          symbol("unrun", "function", "Adds.\n```ts ignore\nunrun();\n```"),
          symbol("shown", "function", "Adds.\n```ts\nshown();\n```"),
          symbol("overloaded", "function", "Adds.\n```ts\noverloaded();\n```", "Otherwise."),
          symbol("value", "variable", "A number."),
        ],
      },
    },
  });
  assertEquals(
    complaints,
    ["bare", "unrun"].map((name) => `mod.ts exports ${name}() without an example that runs.`),
  );
});
