/**
 * Formulas as MathML, which browsers show without a script or fonts of ours.
 *
 * @module
 */

import temml from "temml";
import { escapeHtml } from "../notebook/output.ts";

/**
 * A formula in the notation of LaTeX as MathML; as code where it can't be read.
 *
 * @param display whether it has a line of its own.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { renderFormula } from "./formula.ts";
 *
 * const html = renderFormula("x_2", false);
 * assertEquals(html, "<math><msub><mi>x</mi><mn>2</mn></msub></math>");
 * assertEquals(renderFormula("\\frac{", false), "<code>\\frac{</code>");
 * ```
 */
export function renderFormula(formula: string, display: boolean): string {
  try {
    return temml.renderToString(formula, { displayMode: display, throwOnError: true });
  } catch {
    return `<code>${escapeHtml(formula)}</code>`;
  }
}
