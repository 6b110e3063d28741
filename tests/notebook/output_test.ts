import { assertEquals } from "@std/assert";
import { DISPLAY, displayable, escapeHtml, kernelOutput } from "../../lib/notebook/output.ts";

Deno.test("outside a notebook there is no kernel to show things in", () => {
  assertEquals(kernelOutput(), null);
});

Deno.test("the kernel finds a displayable's forms by its symbol; the console prints its text", async () => {
  let asked = 0;
  const thing = displayable("twelve", () => {
    asked++;
    return { "text/plain": "12" };
  });
  assertEquals(DISPLAY, Symbol.for("Jupyter.display"));
  assertEquals([Deno.inspect(thing), `${thing}`, asked], ["twelve", "twelve", 0]);
  assertEquals(await thing[DISPLAY](), { "text/plain": "12" });
});

Deno.test("escapeHtml() leaves no tags and no attributes", () => {
  assertEquals(escapeHtml('<a href="&">'), "&lt;a href=&quot;&amp;&quot;&gt;");
});
