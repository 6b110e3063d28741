import { assertAlmostEquals, assertEquals } from "@std/assert";
import { JSDOM } from "jsdom";
import { type Box, boxOf, pageBoxOf, type SvgPart } from "../../../lib/report/picture/boxes.ts";

/** Every letter half as wide as high; bold ones as wide as high. */
const metrics = (share: number) => ({
  width: (text: string, size: number) => share * size * text.length,
  ascent: 0.8,
  descent: 0.2,
});
const fonts = { regular: metrics(0.5), bold: metrics(1) };

/** The part of an SVG whose id is "it". */
function part(inner: string): SvgPart {
  const xml = `<svg xmlns="http://www.w3.org/2000/svg">${inner}</svg>`;
  const { window } = new JSDOM(xml, { contentType: "image/svg+xml" });
  return (window as { document: { getElementById(id: string): SvgPart } }).document
    .getElementById("it");
}

function assertBox(found: Box | null, expected: readonly number[]): void {
  const { left, top, right, bottom } = found!;
  [left, top, right, bottom].forEach((side, i) => assertAlmostEquals(side, expected[i]!, 1e-9));
}

Deno.test("a word stands on its baseline, from its x on", () => {
  const text = part('<text id="it" x="10" y="20" style="font-size: 10px">abcd</text>');
  assertBox(boxOf(text, fonts), [10, 12, 30, 22]);
});

Deno.test("a word in the middle or at the end reaches to the left", () => {
  const styled = (anchor: string) =>
    part(`<text id="it" x="10" y="0" style="font-size: 10px; text-anchor: ${anchor}">abcd</text>`);
  assertBox(boxOf(styled("middle"), fonts), [0, -8, 20, 2]);
  assertBox(boxOf(styled("end"), fonts), [-10, -8, 10, 2]);
});

Deno.test("bold and small pieces of a line have widths of their own", () => {
  const text = part(
    '<text id="it" style="font-size: 10px"><tspan style="font-weight: bold">ab</tspan>' +
      '<tspan style="font-size: 20px">c</tspan></text>',
  );
  assertBox(boxOf(text, fonts), [0, -8, 30, 2]);
});

Deno.test("lines lie 1.3 of the size below each other", () => {
  const text = part(
    '<text id="it" style="font-size: 10px"><tspan class="line">ab</tspan>' +
      '<tspan class="line">abcd</tspan></text>',
  );
  assertBox(boxOf(text, fonts), [0, -8, 20, 15]);
});

Deno.test("a group's box holds its words where transforms put them", () => {
  const group = part(
    '<g id="it" transform="translate(5,5)"><text style="font-size: 10px">ab</text>' +
      '<text transform="translate(100,50) rotate(90)" style="font-size: 10px">ab</text></g>',
  );
  assertBox(boxOf(group, fonts), [0, -8, 108, 60]);
  assertBox(pageBoxOf(group, fonts), [5, -3, 113, 65]);
});

Deno.test("turning about a point leaves the point where it is", () => {
  const text = part(
    '<text id="it" x="30" y="40" transform="rotate(-90,30,40)" style="font-size: 10px">ab</text>',
  );
  assertBox(pageBoxOf(text, fonts), [22, 30, 32, 40]);
});

Deno.test("what has no words has no box", () => {
  assertEquals(boxOf(part('<g id="it"><path d="M0,0H9"/></g>'), fonts), null);
  assertBox(pageBoxOf(part('<text id="it" x="7"></text>'), fonts), [0, 0, 0, 0]);
});
