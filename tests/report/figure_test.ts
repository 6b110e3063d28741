import { assertEquals, assertThrows } from "@std/assert";
import { createFigure, escapeText } from "../../lib/report/figure.ts";

const parts = { title: "Loss", says: "It falls.", height: 300, layout: {} };

Deno.test("a figure has the common style, and what its layout says on top", () => {
  const { layout } = createFigure({ ...parts, data: [], layout: { showlegend: true } });
  assertEquals([layout.width, layout.height], [840, 300]);
  assertEquals(layout.showlegend, true);
  assertEquals(layout.paper_bgcolor, "white");
});

Deno.test("numbers are kept to six digits, whole ones in full", () => {
  const line = { type: "scatter", x: [12345678], y: [0.123456789] } as const;
  const { data } = createFigure({ ...parts, data: [line] });
  assertEquals([data[0]!.x, data[0]!.y], [[12345678], [0.123457]]);
});

Deno.test("a number that isn't finite is refused with its place", () => {
  const line = { type: "scatter", x: [0, 1], y: [1, NaN] } as const;
  assertThrows(
    () => createFigure({ ...parts, data: [line] }),
    RangeError,
    'Cannot plot "Loss": data[0].y[1] is NaN, expected a finite number',
  );
});

Deno.test("escapeText() leaves no tags", () => {
  assertEquals(escapeText("<b>&"), "&lt;b&gt;&amp;");
});
