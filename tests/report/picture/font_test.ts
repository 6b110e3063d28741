import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { readFontMetrics } from "../../../lib/report/picture/font.ts";

const file = import.meta.resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf");
const inter = readFontMetrics(await Deno.readFile(new URL(file)));

Deno.test("widths add up and grow with the size", () => {
  const [a, b] = [inter.width("a", 10), inter.width("b", 10)];
  assertAlmostEquals(inter.width("ab", 20), 2 * (a + b), 1e-9);
  assertEquals(inter.width("", 12), 0);
});

Deno.test("a narrow letter is narrower than a wide one, figures alike", () => {
  assertEquals(inter.width("i", 12) < inter.width("m", 12) / 2, true);
  assertEquals(inter.width("6", 12), inter.width("9", 12));
});

Deno.test("signs that figures use are in the font", () => {
  const missing = inter.width("\u{10FFFF}", 100);
  for (const sign of "±–−…×é") assertEquals(inter.width(sign, 100) !== missing, true, sign);
});

Deno.test("the letters' height is that of Inter: 0.97 above the line, 0.24 below", () => {
  assertAlmostEquals(inter.ascent, 0.96875, 1e-6);
  assertAlmostEquals(inter.descent, 0.2412, 1e-3);
});

Deno.test("bytes that are no font are refused", () => {
  assertThrows(() => readFontMetrics(new Uint8Array(64)), Error, 'the font has no table "head"');
});
