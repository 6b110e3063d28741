/**
 * How wide text is: the advance widths of a TrueType font, so that a plot leaves as much room for
 * words as they will take.
 *
 * @module
 */

/** Measures text in one font. */
export interface FontMetrics {
  /** Width of a line of text at `size` pixels, in pixels; kerning is not counted. */
  width(text: string, size: number): number;
  /** Height above the baseline, and depth below it, at `size` pixels. */
  readonly ascent: number;
  readonly descent: number;
}

/**
 * Reads the tables of a TrueType font that say how far each character advances: head, hhea, hmtx
 * and the character map in format 4 (OpenType specification, chapters of these names).
 *
 * Throws where the bytes are no TrueType font, or its character map has another format.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { readFontMetrics } from "./font.ts";
 * assertThrows(() => readFontMetrics(new Uint8Array(12)), Error, "head");
 * ```
 */
export function readFontMetrics(bytes: Uint8Array<ArrayBuffer>): FontMetrics {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = tableFinder(view);
  const unitsPerEm = table("head").getUint16(18);
  const hhea = table("hhea");
  const long = hhea.getUint16(34); // glyphs with an advance of their own; the rest share the last
  const hmtx = table("hmtx");
  const glyphOf = characterMap(table("cmap"));
  const advances = new Map<string, number>();
  const advance = (character: string) => {
    let known = advances.get(character);
    if (known === undefined) {
      const glyph = glyphOf(character.codePointAt(0)!);
      known = hmtx.getUint16(4 * Math.min(glyph, long - 1)) / unitsPerEm;
      advances.set(character, known);
    }
    return known;
  };
  return {
    width: (text, size) => {
      let sum = 0;
      for (const character of text) sum += advance(character);
      return sum * size;
    },
    ascent: hhea.getInt16(4) / unitsPerEm,
    descent: -hhea.getInt16(6) / unitsPerEm,
  };
}

function tableFinder(view: DataView<ArrayBuffer>): (tag: string) => DataView<ArrayBuffer> {
  const places = new Map<string, DataView<ArrayBuffer>>();
  for (let i = 0; i < view.getUint16(4); i++) {
    const entry = 12 + 16 * i;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((at) => view.getUint8(entry + at)));
    const [offset, length] = [view.getUint32(entry + 8), view.getUint32(entry + 12)];
    places.set(tag, new DataView(view.buffer, view.byteOffset + offset, length));
  }
  return (tag) => {
    const found = places.get(tag);
    if (!found) throw new Error(`Cannot measure text: the font has no table "${tag}"`);
    return found;
  };
}

/** Code point to glyph, 0 where the font has none; from the subtable of format 4. */
function characterMap(cmap: DataView): (code: number) => number {
  const starts = Array.from(
    { length: cmap.getUint16(2) },
    (_, i) => cmap.getUint32(4 + 8 * i + 4),
  );
  const at = starts.find((start) => cmap.getUint16(start) === 4);
  if (at === undefined) {
    throw new Error("Cannot measure text: the font has no character map of format 4");
  }
  const segments = cmap.getUint16(at + 6) / 2;
  const [ends, begins] = [at + 14, at + 16 + 2 * segments];
  const [deltas, offsets] = [begins + 2 * segments, begins + 4 * segments];
  return (code) => {
    for (let s = 0; s < segments; s++) {
      if (cmap.getUint16(ends + 2 * s) < code) continue;
      const begin = cmap.getUint16(begins + 2 * s);
      if (begin > code) return 0;
      const delta = cmap.getUint16(deltas + 2 * s);
      const offset = cmap.getUint16(offsets + 2 * s);
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = cmap.getUint16(offsets + 2 * s + offset + 2 * (code - begin));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
