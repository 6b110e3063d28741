import { assertEquals, assertStringIncludes } from "@std/assert";
import { markdownToHtml } from "../../lib/jupyter/markdown.ts";

const html = (source: string, options = {}) => markdownToHtml(source, options).html.trim();

Deno.test("formulas are MathML, in a line and on lines of their own", () => {
  const inline = html("the width $d_k$ of *a* head");
  assertStringIncludes(inline, "<p>the width <math><msub><mi>d</mi><mi>k</mi></msub>");
  assertStringIncludes(inline, "</math> of <em>a</em> head</p>");
  const own = html("start\n$$\na = b \\\\\n- c_1 * d_2 * e\n$$\nend");
  assertStringIncludes(own, "<p>start</p>\n<math display=");
  assertStringIncludes(own, "<p>end</p>");
  assertEquals(own.includes("<em>"), false, "stars and underscores of a formula mean nothing");
});

Deno.test("amounts of money and code are no formulas", () => {
  assertEquals(html("it costs $5 and $6"), "<p>it costs $5 and $6</p>");
  assertEquals(html("`$a$`"), "<p><code>$a$</code></p>");
  assertEquals(html("a $ b $ c"), "<p>a $ b $ c</p>");
});

Deno.test("what can't be read as a formula stays as code", () => {
  assertEquals(html("$\\frac{$"), "<p><code>\\frac{</code></p>");
});

Deno.test("HTML can't bring in a formula's place of its own", () => {
  assertEquals(html('<math data-at="7"></math>'), "<p></p>");
});

Deno.test("code is coloured where its language is known", () => {
  assertStringIncludes(html("```ts\nconst a = 1;\n```"), '<span class="hljs-keyword">const</span>');
  assertEquals(html("```sql\n<a>\n```"), "<pre><code>&lt;a&gt;</code></pre>");
});

Deno.test("pictures come from attachments, others become links", () => {
  const attachments = { "a b.png": { "image/png": "AAAA\n" } };
  const shown = html('![two words](attachment:a%20b.png "more")', { attachments });
  assertEquals(
    shown,
    '<p><img src="data:image/png;base64,AAAA" alt="two words" title="more" /></p>',
  );
  assertEquals(
    html("![plot](https://example.com/a.png)"),
    '<p><a href="https://example.com/a.png">plot</a></p>',
  );
  assertEquals(html("![](plot.png)"), '<p><a href="plot.png">picture</a></p>');
});

Deno.test("links lead where they are told to, headings have ids", () => {
  const link = (href: string) => `../${href}`;
  assertEquals(html("[a](b.ts)", { link }), '<p><a href="../b.ts">a</a></p>');
  const { html: made, headings } = markdownToHtml('## A "b" & <i>c</i>\n### D', {
    id: (text: string) => text.length.toString(),
  });
  assertEquals(headings, [
    { level: 2, id: "9", text: 'A "b" & c' },
    { level: 3, id: "1", text: "D" },
  ]);
  assertStringIncludes(made, '<h3 id="1">D</h3>');
});
