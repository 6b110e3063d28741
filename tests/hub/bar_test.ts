import { assertEquals, assertStringIncludes } from "@std/assert";
import { barProgress, renderProgress } from "../../lib/hub/bar.ts";

Deno.test("renderProgress() draws as much of the bar as is done", () => {
  assertEquals(
    renderProgress({ what: "fetching a", done: 5e6, total: 10e6 }),
    "fetching a  ############............  5.0 of 10.0 MB",
  );
  assertStringIncludes(renderProgress({ what: "a", done: 2, total: 1 }), "#".repeat(24));
  assertStringIncludes(renderProgress({ what: "a", done: 0, total: 0 }), "0.0 of 0.0 MB");
});

Deno.test("barProgress() overwrites its line on a terminal and ends it when done", () => {
  let written = "";
  const progress = barProgress(true, (text) => written += text);
  progress({ what: "a", done: 1, total: 2 });
  assertEquals(written.includes("\n"), false);
  progress({ what: "a", done: 2, total: 2 });
  assertEquals(written.match(/\r/g)?.length, 2);
  assertEquals(written.endsWith("\n"), true);
});

Deno.test("barProgress() writes one line per file where there is no terminal", () => {
  let written = "";
  const progress = barProgress(false, (text) => written += text);
  for (const what of ["a", "b"]) {
    for (const done of [0, 1e6, 2e6]) progress({ what, done, total: 2e6 });
  }
  assertEquals(written, "a (2.0 MB)\nb (2.0 MB)\n");
});
