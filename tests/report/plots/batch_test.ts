import { assertEquals, assertThrows } from "@std/assert";
import { plotBatch } from "../../../lib/report/plots/batch.ts";
import type { Figure } from "../../../lib/report/figure.ts";
import { exampleBatch } from "../example_figures.ts";

/** Of each kind: sequence, where it starts, how long it is. */
function runs({ data }: Figure) {
  return Object.fromEntries(data.map(({ name, y, base, x }) => [
    name,
    (y as number[]).map((row, i) => [row, (base as number[])[i], (x as number[])[i]]),
  ]));
}

Deno.test("every position is of one kind: special, hypothesis, premise or padding", () => {
  assertEquals(runs(plotBatch(exampleBatch)), {
    "[CLS]": [[0, 0, 1], [1, 0, 1]],
    "hypothesis": [[0, 1, 2], [1, 1, 1]],
    "premise": [[0, 4, 2], [1, 3, 1]],
    "[SEP]": [[0, 3, 1], [0, 6, 1], [1, 2, 1], [1, 4, 1]],
    "padding": [[1, 5, 2]],
  });
});

Deno.test("a sentence without a pair is called so", () => {
  const single = { ...exampleBatch, sides: new Int32Array(14) };
  assertEquals(Object.keys(runs(plotBatch(single))), ["[CLS]", "sentence", "[SEP]", "padding"]);
});

Deno.test("a piece with its word has a cell of its own", () => {
  const pieces = [["[CLS]", "he", "<b>", "[SEP]", "she", "ran", "[SEP]"], ["[CLS]", "go"]];
  const { data } = plotBatch(exampleBatch, { pieces });
  const { x, text, textangle } = data.find(({ name }) => name === "hypothesis")!;
  assertEquals([x, text, textangle], [[1, 1, 1], ["he", "&lt;b&gt;", "go"], 0]);
});

Deno.test("words that are too long for their cells stand upright, at most 12 letters", () => {
  const pieces = [["[CLS]", "he", "a".repeat(40)], ["[CLS]"]];
  const { data, layout } = plotBatch(exampleBatch, { pieces });
  const { text, textangle } = data.find(({ name }) => name === "hypothesis")!;
  assertEquals([text, textangle], [["he", `${"a".repeat(11)}…`, ""], -90]);
  assertEquals(layout.height > plotBatch(exampleBatch).layout.height, true);
});

Deno.test("only the first sequences are drawn where there are many", () => {
  const { data, says } = plotBatch(exampleBatch, { most: 1 });
  assertEquals(data.find(({ name }) => name === "[CLS]")!.y, [0]);
  assertEquals(says.startsWith("A batch of 2 sequences padded to 7 pieces: 14 %"), true);
});

Deno.test("a batch without rows is refused", () => {
  const none = { ...exampleBatch, length: 0, mask: new Float32Array() };
  assertThrows(() => plotBatch(none), RangeError, "without rows");
});
