import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { JSDOM } from "jsdom";
import type { Figure, FigureTrace } from "../../lib/report/figure.ts";
import { preparePictures, renderPng, renderSvg } from "../../lib/report/picture.ts";
import { exampleFigures } from "./example_figures.ts";

/** Width and height of a PNG. */
function sizeOf(png: Uint8Array): [number, number] {
  assertEquals([...png.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join(""), "PNG");
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

/** Words of an SVG, one after another. */
function wordsOf(svg: string): string[] {
  const { window } = new JSDOM(svg, { contentType: "image/svg+xml" }); // throws on what is no XML
  const { document } = window as { document: { querySelectorAll(name: string): Iterable<Word> } };
  return [...document.querySelectorAll("text")].map(({ textContent }) => textContent);
}

interface Word {
  readonly textContent: string;
}

await preparePictures();

for (const [name, make] of Object.entries(exampleFigures)) {
  Deno.test(`${name}() is drawn: SVG with its title and numbers, PNG of its size`, async () => {
    const figure = make();
    const svg = await renderSvg(figure);
    assert(!/="[^"]*(NaN|Infinity)/.test(svg));
    const words = wordsOf(svg);
    const title = (figure.layout.title as { text: string }).text.replaceAll(/<\/?b>/g, "");
    assert(words.some((word) => word.startsWith(title)), `no title in ${words}`);
    assert(words.length > 4);
    const { width, height } = figure.layout;
    const png = await renderPng(figure, { scale: 1 });
    assertEquals(sizeOf(png), [width, height]);
    assert(png.length > 4000, `${png.length} bytes`);
  });
}

Deno.test("the same figure gives the same bytes, whatever was drawn before", async () => {
  const figure = exampleFigures.plotLoss!();
  const first = await renderPng(figure);
  await renderPng(exampleFigures.plotConfusion!());
  assertEquals(await renderPng(figure), first);
  assertEquals(sizeOf(first), [2 * figure.layout.width, 2 * figure.layout.height]);
});

Deno.test("figures asked for at the same time don't get into each other's way", async () => {
  const figures = [exampleFigures.plotLoss!(), exampleFigures.plotMixture!()];
  const together = await Promise.all(figures.map((figure) => renderSvg(figure)));
  const alone = [await renderSvg(figures[0]!), await renderSvg(figures[1]!)];
  assertEquals(together, alone);
});

Deno.test("drawing leaves the figure as it was", async () => {
  const figure = exampleFigures.plotThroughput!();
  const before = structuredClone(figure);
  await renderSvg(figure);
  assertEquals(figure, before);
});

Deno.test("the sentence is the picture's description", async () => {
  const svg = await renderSvg({ ...exampleFigures.plotMixture!(), says: "Two < three." });
  assertStringIncludes(svg, "<title>Two &lt; three.</title>");
});

Deno.test("words are painted with the font that comes along: more words, more ink", async () => {
  const figure = (text: string): Figure => ({
    data: [],
    layout: { width: 200, height: 60, title: { text }, margin: { t: 50, b: 0, l: 0, r: 0 } },
    says: "Words.",
  });
  const [none, some] = [await renderPng(figure("")), await renderPng(figure("attention"))];
  assert(some.length > none.length + 500, `${none.length} and ${some.length} bytes`);
});

Deno.test("a kind of trace that can't be drawn is refused by name", async () => {
  const trace = { type: "heatmap", z: [[1]] } as unknown as FigureTrace;
  const figure = { data: [trace], layout: { width: 100, height: 100 }, says: "Heat." };
  await assertRejects(
    () => renderSvg(figure),
    RangeError,
    'Cannot draw a trace of type "heatmap": expected one of scatter, bar',
  );
});
