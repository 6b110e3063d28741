import { assert, assertEquals, assertRejects } from "@std/assert";
import { writeFigure } from "../../lib/report/figure_files.ts";
import { exampleFigures } from "./example_figures.ts";

const figure = exampleFigures.plotConfusion!();

Deno.test("writeFigure() writes both files, the same each time, and nothing else", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { svg, png } = await writeFigure(`${folder}/figures`, "confusion", figure);
    const first = [await Deno.readFile(svg), await Deno.readFile(png)];
    await writeFigure(`${folder}/figures`, "confusion", figure);
    assertEquals([await Deno.readFile(svg), await Deno.readFile(png)], first);
    const names = [...Deno.readDirSync(`${folder}/figures`)].map(({ name }) => name).sort();
    assertEquals(names, ["confusion.png", "confusion.svg"]);
    assert(new TextDecoder().decode(first[0]).startsWith("<svg"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a figure that can't be drawn leaves the old files as they were", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { svg } = await writeFigure(folder, "confusion", figure);
    const before = await Deno.readTextFile(svg);
    const broken = { ...figure, data: [{ type: "pie" } as unknown as typeof figure.data[number]] };
    await assertRejects(() => writeFigure(folder, "confusion", broken), RangeError, '"pie"');
    assertEquals(await Deno.readTextFile(svg), before);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a name that a system may not take is refused", async () => {
  await assertRejects(
    () => writeFigure("nowhere", "Loss of RTE", figure),
    Error,
    'Cannot write a figure named "Loss of RTE"',
  );
});

Deno.test("a folder that can't be made is named", async () => {
  const file = await Deno.makeTempFile();
  try {
    await assertRejects(
      () => writeFigure(`${file}/figures`, "loss", figure),
      Error,
      `Cannot write the figure "loss" to "${file}/figures"`,
    );
  } finally {
    await Deno.remove(file);
  }
});
