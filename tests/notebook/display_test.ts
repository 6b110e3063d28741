import { assert, assertEquals } from "@std/assert";
import { display, displayIn, note, show } from "../../lib/notebook/display.ts";
import { type Bundle, type CellOutput, DISPLAY } from "../../lib/notebook/output.ts";
import { exampleFigures } from "../report/example_figures.ts";

const figure = exampleFigures.plotLoss!();

Deno.test("a figure shows as Plotly's JSON, a picture and a sentence, well below 1 MB", async () => {
  const bundle = await show(figure)[DISPLAY]();
  assertEquals(Object.keys(bundle), [
    "application/vnd.plotly.v1+json",
    "image/png",
    "text/plain",
  ]);
  const { data, layout } = bundle["application/vnd.plotly.v1+json"] as typeof figure;
  assertEquals([data, layout], [figure.data, figure.layout]);
  assertEquals(bundle["text/plain"], figure.says);
  const png = atob(bundle["image/png"] as string);
  assertEquals(png.slice(1, 4), "PNG");
  assert(JSON.stringify(bundle).length < 300_000);
});

Deno.test("a figure prints as its sentence", () => {
  assertEquals(Deno.inspect(show(figure)), figure.says);
});

Deno.test("a note is Markdown", async () => {
  assertEquals(await note("**12** rows")[DISPLAY](), {
    "text/markdown": "**12** rows",
    "text/plain": "**12** rows",
  });
});

Deno.test("display() shows in order, with the size at which a picture stands", async () => {
  const shown: [Bundle, unknown][] = [];
  const output: CellOutput = {
    show: (bundle, options) => Promise.resolve(void shown.push([bundle, options])),
  };
  await displayIn(output, [note("first"), show(figure)]);
  assertEquals(shown.map(([bundle]) => bundle["text/plain"]), ["first", figure.says]);
  const { width, height } = figure.layout;
  assertEquals(shown[1]![1], { metadata: { "image/png": { width, height } } });
});

Deno.test("display() outside a notebook prints", async () => {
  const { log } = console;
  const lines: unknown[] = [];
  console.log = (text: unknown) => void lines.push(text);
  try {
    await display(note("one"), show(figure));
  } finally {
    console.log = log;
  }
  assertEquals(lines, ["one", figure.says]);
});
