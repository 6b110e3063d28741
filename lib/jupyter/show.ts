/**
 * Outputs of a cell as HTML: of each the form that shows most without running anything.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";
import { renderFormula } from "./formula.ts";
import { sanitizeHtml } from "./html.ts";
import { escapeHtml } from "../notebook/output.ts";
import { highlight, markdownToHtml } from "./markdown.ts";
import type { DisplayOutput, ErrorOutput, JsonRecord, Output } from "./types.ts";

/**
 * An output as HTML; empty where it shows nothing.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { showOutput } from "./show.ts";
 *
 * const html = showOutput({ output_type: "stream", name: "stdout", text: "1 < 2\n" });
 * assertEquals(html, '<pre class="stdout">1 &lt; 2</pre>');
 * ```
 */
export function showOutput(output: Output): string {
  if (output.output_type === "stream") return showText(output.text, output.name);
  if (output.output_type === "error") return showError(output);
  return showDisplay(output);
}

/** The data URI of an output's picture; null where it has none. */
export function pictureOf(output: Output): string | null {
  if (output.output_type === "stream" || output.output_type === "error") return null;
  const svg = output.data["image/svg+xml"];
  if (typeof svg === "string") {
    const bytes = new TextEncoder().encode(svg) as Uint8Array & { toBase64(): string };
    return `data:image/svg+xml;base64,${bytes.toBase64()}`;
  }
  for (const mime of ["image/png", "image/jpeg", "image/webp", "image/gif"]) {
    const data = output.data[mime];
    if (typeof data === "string") return `data:${mime};base64,${data.replaceAll(/\s/g, "")}`;
  }
  return null;
}

function showText(text: string, name: string): string {
  const plain = stripVTControlCharacters(text).replace(/\n+$/, "");
  return plain === "" ? "" : `<pre class="${name}">${escapeHtml(plain)}</pre>`;
}

function showError({ ename, evalue, traceback }: ErrorOutput): string {
  const trace = escapeHtml(stripVTControlCharacters(traceback.join("\n")));
  const message = `<strong>${escapeHtml(ename)}</strong> ${escapeHtml(evalue)}`;
  return `<div class="error"><p>${message}</p><pre>${trace}</pre></div>`;
}

function showDisplay(output: DisplayOutput): string {
  const { data, metadata } = output;
  const text = (mime: string) => typeof data[mime] === "string" ? data[mime] : undefined;
  const picture = pictureOf(output);
  if (picture) {
    const alt = escapeHtml(text("text/plain") ?? "figure");
    return `<figure><img src="${picture}" alt="${alt}"${sizeOf(data, metadata)}></figure>`;
  }
  const html = sanitizeHtml(text("text/html") ?? "").trim();
  if (html !== "") return `<div class="html">${html}</div>`;
  const markdown = text("text/markdown");
  if (markdown) return `<div class="html">${markdownToHtml(markdown, {}).html}</div>`;
  const latex = text("text/latex");
  if (latex) {
    return `<div class="html">${renderFormula(latex.replaceAll(/^\$+|\$+$/g, ""), true)}</div>`;
  }
  if (text("text/plain")) return showText(text("text/plain")!, "value");
  const json = data["application/json"];
  if (json === undefined) return "";
  return `<pre class="value">${highlight(JSON.stringify(json, null, 2), "json")}</pre>`;
}

/** A picture has two pixels where its output says that one is shown. */
function sizeOf(data: JsonRecord, metadata: JsonRecord): string {
  const mime = Object.keys(data).find((name) => name.startsWith("image/"))!;
  const sizes = metadata[mime] as JsonRecord | undefined;
  return ["width", "height"].map((name) =>
    typeof sizes?.[name] === "number" ? ` ${name}="${sizes[name]}"` : ""
  ).join("");
}
