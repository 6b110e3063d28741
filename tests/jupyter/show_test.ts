import { assertEquals, assertStringIncludes } from "@std/assert";
import { showOutput } from "../../lib/jupyter/show.ts";
import type { JsonRecord } from "../../lib/jupyter/types.ts";

const show = (data: JsonRecord, metadata: JsonRecord = {}) =>
  showOutput({ output_type: "display_data", data, metadata });

Deno.test("a figure is its picture, in the size that it is meant to have", () => {
  const bundle = {
    "application/vnd.plotly.v1+json": { data: [] },
    "image/png": "iVBO\nRw0=\n",
    "text/plain": 'loss of "rte"',
  };
  assertEquals(
    show(bundle, { "image/png": { width: 840, height: 380 } }),
    '<figure><img src="data:image/png;base64,iVBORw0=" alt="loss of &quot;rte&quot;" ' +
      'width="840" height="380"></figure>',
  );
  const svg = show({ "image/svg+xml": "<svg><script>run()</script></svg>" });
  assertStringIncludes(svg, '<img src="data:image/svg+xml;base64,'); // as a picture it runs nothing
});

Deno.test("a table is its HTML, and its text where nothing of that can be shown", () => {
  const table = "<table><tr><td>1</td></tr></table>";
  assertEquals(show({ "text/html": table, "text/plain": "1" }), `<div class="html">${table}</div>`);
  const script = { "text/html": "<script>run()</script>", "text/plain": "a < b" };
  assertEquals(show(script), '<pre class="value">a &lt; b</pre>');
});

Deno.test("Markdown, formulas and JSON are shown as such", () => {
  assertStringIncludes(show({ "text/markdown": "**a**", "text/plain": "a" }), "<strong>a</strong>");
  assertStringIncludes(show({ "text/latex": "$$x_2$$" }), "<msub><mi>x</mi><mn>2</mn></msub>");
  assertStringIncludes(show({ "application/json": { a: 1 } }), '<span class="hljs-number">1');
  assertEquals(show({ "application/vnd.plotly.v1+json": {} }), "");
});

Deno.test("colours of a terminal are left out, errors show where they came from", () => {
  const text = "\x1b[31mred\x1b[0m\n\n";
  const stream = { output_type: "stream", name: "stderr", text } as const;
  assertEquals(showOutput(stream), '<pre class="stderr">red</pre>');
  assertEquals(showOutput({ ...stream, text: "\n" }), "");
  const error = { output_type: "error", ename: "E", evalue: "a < b" } as const;
  assertEquals(
    showOutput({ ...error, traceback: ["\x1b[1mE: a < b\x1b[0m", "    at f"] }),
    '<div class="error"><p><strong>E</strong> a &lt; b</p><pre>E: a &lt; b\n    at f</pre></div>',
  );
});
