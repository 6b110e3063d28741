import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Chapter, renderIndex, renderPage, titleOf } from "../../lib/jupyter/page.ts";
import { injectParameters } from "../../lib/jupyter/parameters.ts";
import { code, executed, notebook, text } from "./small.ts";

const png = {
  output_type: "display_data",
  data: { "image/png": "iVBORw0=", "text/plain": "bars" },
  metadata: {},
} as const;
const error = { output_type: "error", ename: "E", evalue: "no", traceback: ["E: no"] } as const;

const one: Chapter = {
  name: "01_first",
  notebook: notebook(
    text("# From *row* to batch\n\nWhat a `batch` & a row are: $x^2$."),
    executed("const a = 1;", 1, png),
    text("## Twice\n\nSee [two](02_second.ipynb#twice), [lib](../lib/a.ts), [web](https://a.b)."),
    text("## Twice\n\n| a |\n|---|\n| 1 |"),
  ),
};
const two: Chapter = {
  name: "02_second",
  notebook: notebook(text("no title"), executed("fail();", 1, error), code("2;")),
};
const options = { chapters: [one, two], source: "../../notebooks" };

Deno.test("a page asks nobody for anything, and its policy says so", () => {
  for (
    const page of [...[one, two].map((it) => renderPage(it, options)), renderIndex([one, two])]
  ) {
    assertStringIncludes(page, "content=\"default-src 'none'; img-src data:; style-src 'unsafe-");
    assert(!/<script|<iframe|<link rel="stylesheet"|@import|url\(/i.test(page), page);
    for (const [, source] of page.matchAll(/\ssrc="([^"]*)"/g)) {
      assertStringIncludes(source!, "data:image/");
    }
  }
});

Deno.test("a page holds text, code, outputs and a table of contents", () => {
  const page = renderPage(one, options);
  assertStringIncludes(page, "<title>From row to batch</title>");
  assertStringIncludes(page, '<h1 id="from-row-to-batch">From <em>row</em> to batch</h1>');
  assertStringIncludes(page, '<img src="data:image/png;base64,iVBORw0=" alt="bars">');
  assertStringIncludes(page, '<span class="hljs-keyword">const</span> a');
  assertStringIncludes(page, '<li class="level-2"><a href="#twice">Twice</a></li>');
  assertStringIncludes(page, '<li class="level-2"><a href="#twice-2">Twice</a></li>');
  assertStringIncludes(page, '<h2 id="twice-2">');
  assertStringIncludes(page, '<div class="scroll"><table>');
  assertEquals(renderPage(one, options), page);
});

Deno.test("links lead to other pages, and from the page's folder to the project", () => {
  const page = renderPage(one, options);
  for (const href of ["02_second.html#twice", "../../notebooks/../lib/a.ts", "https://a.b"]) {
    assertStringIncludes(page, `href="${href}"`);
  }
  assertStringIncludes(
    page,
    '<a class="next" href="02_second.html"><span>Next</span>02 second</a>',
  );
  assertStringIncludes(renderPage(two, options), '<a class="previous" href="01_first.html">');
});

Deno.test("the index shows title, first sentence and picture, and where a run stopped", () => {
  const index = renderIndex([one, two]);
  assertStringIncludes(index, '<a class="card" href="01_first.html">');
  assertStringIncludes(index, "<h2>From row to batch</h2>\n<p>What a batch &amp; a row are: .</p>");
  assertStringIncludes(index, '<img src="data:image/png;base64,iVBORw0=" alt="">');
  assertStringIncludes(
    index,
    '<h2>02 second</h2>\n<p>no title</p><p class="failed">Stopped at cell 2.',
  );
  assertEquals(titleOf(two), "02 second");
});

Deno.test("values of the command line are marked as such", () => {
  const before = notebook(text("# A"), code("let size = 1;", ["parameters"]));
  const chapter = { name: "a", notebook: injectParameters(before, { size: 2 }) };
  const page = renderPage(chapter, { ...options, chapters: [] });
  assertStringIncludes(page, '<p class="label">Set by the command line</p>');
});

Deno.test("what a notebook brings can't leave its place on the page", () => {
  const nasty = notebook(
    text('# </title><script>run()</script>"quoted"\n\n</main><b>bold'),
    executed("</code></pre><script>run()</script>", 1, {
      ...{ output_type: "stream", name: "stdout", text: "</pre><script>run()</script>" } as const,
    }),
  );
  const page = renderPage({ name: 'a"b', notebook: nasty }, { ...options, chapters: [] });
  assert(!page.includes("<script>"));
  assertEquals(page.match(/<\/main>/g)?.length, 1);
});
