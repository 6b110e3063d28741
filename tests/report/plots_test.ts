import { assert, assertEquals } from "@std/assert";
import * as plots from "../../lib/report/plots.ts";
import { exampleFigures } from "./example_figures.ts";

Deno.test("every figure of plots.ts has an example here", () => {
  const made = Object.keys(plots).filter((name) => name.startsWith("plot"));
  assertEquals(Object.keys(exampleFigures).sort(), made.sort());
});

for (const [name, make] of Object.entries(exampleFigures)) {
  Deno.test(`${name}() gives plain JSON: no null, no NaN, nothing undefined`, () => {
    const figure = make();
    assertEquals(JSON.parse(JSON.stringify(figure)), figure);
    assert(!/null|NaN/.test(JSON.stringify({ data: figure.data, layout: figure.layout })));
  });

  Deno.test(`${name}() says in one sentence what is to be seen`, () => {
    const { says } = make();
    assert(/^[A-Z].+\.$/.test(says) && !/undefined|NaN|null/.test(says), says);
  });

  Deno.test(`${name}() names its axes and its series`, () => {
    const { data, layout } = make();
    const titles = Object.entries(layout).filter(([key]) => /^[xy]axis/.test(key))
      .flatMap(([, axis]) => {
        const { title } = axis as { title?: { text?: string } };
        return title?.text ? [title.text] : [];
      });
    // the labels and the strips of attention say themselves what stands on them
    const bare = ["plotAttention"].includes(name);
    assert(bare || titles.length > 0, "no axis has a title");
    const drawn = data.filter((trace) => trace.hoverinfo !== "skip");
    assert(drawn.every((trace) => typeof trace.name === "string" && trace.name !== ""));
  });
}

Deno.test("a title with < and & stays text", () => {
  const { layout } = plots.plotMixture([{ task: "rte" }], { title: "a < b & c" });
  assertEquals((layout.title as { text: string }).text, "<b>a &lt; b &amp; c</b>");
});
