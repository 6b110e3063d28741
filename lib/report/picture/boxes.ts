/**
 * Where words stand on a page that nothing paints: the boxes that a browser would tell of, worked
 * out from the words, the font, and the places and transforms that SVG gives them.
 *
 * @module
 */

import type { FontMetrics } from "./font.ts";

/** Fonts by whether they are bold. */
export interface Fonts {
  readonly regular: FontMetrics;
  readonly bold: FontMetrics;
}

/** A part of the page, as jsdom has it. */
export interface SvgPart {
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly parentNode: SvgPart | null;
  readonly childNodes: Iterable<SvgPart>;
  readonly style?: { getPropertyValue(name: string): string };
  getAttribute?(name: string): string | null;
}

/** A box in pixels, y downwards. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** SVG's matrix: x' = a x + c y + e, y' = b x + d y + f. */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

const EMPTY: Box = { left: 0, top: 0, right: 0, bottom: 0 };
const LINE_HEIGHT = 1.3; // of plotly.js's broken lines, in font sizes

/**
 * The box around all words in a part, before the part's own transform; null where there are none.
 * Lines, bars and marks are not counted.
 */
export function boxOf(part: SvgPart, fonts: Fonts): Box | null {
  if (part.nodeName === "text") return textBox(part, fonts);
  let all: Box | null = null;
  for (const child of part.childNodes) {
    const box = boxOf(child, fonts);
    if (box !== null) all = union(all, transformed(box, matrixOf(child)));
  }
  return all;
}

/** The same box on the page: the transforms of the part and of all that it lies in applied. */
export function pageBoxOf(part: SvgPart, fonts: Fonts): Box {
  let box = boxOf(part, fonts);
  if (box === null) return EMPTY;
  for (let at: SvgPart | null = part; at; at = at.parentNode) box = transformed(box, matrixOf(at));
  return box;
}

function textBox(text: SvgPart, fonts: Fonts): Box | null {
  const lines = linesOf(text);
  const width = Math.max(...lines.map((line) => widthOf(line, fonts)));
  if (width <= 0) return null;
  const size = sizeOf(text);
  const [x, y] = [numberOf(text, "x"), numberOf(text, "y")];
  const before = { middle: width / 2, end: width }[styleOf(text, "text-anchor")] ?? 0;
  const top = y - size * fonts.regular.ascent;
  const below = LINE_HEIGHT * size * (lines.length - 1) + size * fonts.regular.descent;
  return { left: x - before, right: x - before + width, top, bottom: y + below };
}

/** The pieces of each line: plotly.js makes a `tspan` of class "line" for each. */
function linesOf(text: SvgPart): SvgPart[][] {
  const lines: SvgPart[][] = [[]];
  const visit = (node: SvgPart) => {
    if (node.getAttribute?.("class") === "line" && lines.at(-1)!.length > 0) lines.push([]);
    const children = [...node.childNodes];
    if (children.length === 0 && node.textContent) lines.at(-1)!.push(node);
    children.forEach(visit);
  };
  visit(text);
  return lines;
}

function widthOf(line: readonly SvgPart[], fonts: Fonts): number {
  return line.reduce((sum, piece) => {
    const font = isBold(piece) ? fonts.bold : fonts.regular;
    return sum + font.width(piece.textContent ?? "", sizeOf(piece));
  }, 0);
}

function isBold(part: SvgPart): boolean {
  const weight = inherited(part, "font-weight");
  return weight === "bold" || Number(weight) >= 600;
}

function sizeOf(part: SvgPart): number {
  return parseFloat(inherited(part, "font-size")) || 12;
}

function inherited(part: SvgPart, property: string): string {
  for (let at: SvgPart | null = part; at; at = at.parentNode) {
    const own = styleOf(at, property);
    if (own) return own;
  }
  return "";
}

function styleOf(part: SvgPart, property: string): string {
  return part.style?.getPropertyValue(property) || part.getAttribute?.(property) || "";
}

function numberOf(part: SvgPart, attribute: string): number {
  return parseFloat(part.getAttribute?.(attribute) ?? "") || 0;
}

/** The transform of a part, its steps multiplied. */
function matrixOf(part: SvgPart): Matrix {
  const steps = (part.getAttribute?.("transform") ?? "").matchAll(/(\w+)\(([^)]*)\)/g);
  let all: Matrix = [1, 0, 0, 1, 0, 0];
  for (const [, name, list] of steps) {
    const values = list!.split(/[\s,]+/).map(Number);
    all = product(all, stepMatrix(name!, values));
  }
  return all;
}

function stepMatrix(name: string, values: readonly number[]): Matrix {
  const [first = 0, second, third = 0] = values;
  if (name === "translate") return [1, 0, 0, 1, first, second ?? 0];
  if (name === "scale") return [first, 0, 0, second ?? first, 0, 0];
  if (name !== "rotate") return [1, 0, 0, 1, 0, 0];
  const [sin, cos] = [Math.sin((first * Math.PI) / 180), Math.cos((first * Math.PI) / 180)];
  const [x, y] = [second ?? 0, third];
  return [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y];
}

function product(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}

function transformed({ left, top, right, bottom }: Box, [a, b, c, d, e, f]: Matrix): Box {
  const corners = [[left, top], [right, top], [left, bottom], [right, bottom]] as const;
  const xs = corners.map(([x, y]) => a * x + c * y + e);
  const ys = corners.map(([x, y]) => b * x + d * y + f);
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}

function union(one: Box | null, other: Box): Box {
  if (one === null) return other;
  return {
    left: Math.min(one.left, other.left),
    right: Math.max(one.right, other.right),
    top: Math.min(one.top, other.top),
    bottom: Math.max(one.bottom, other.bottom),
  };
}
