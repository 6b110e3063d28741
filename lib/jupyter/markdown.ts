/**
 * Markdown as HTML that is safe to show: code highlighted, formulas as MathML, everything else that
 * could load or run something left out.
 *
 * @module
 */

import bash from "highlight.js/lib/languages/bash";
import hljs from "highlight.js/lib/core";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import typescript from "highlight.js/lib/languages/typescript";
import { Marked, type TokenizerAndRendererExtension, type Tokens } from "marked";
import { renderFormula } from "./formula.ts";
import { sanitizeHtml } from "./html.ts";
import { escapeHtml } from "../notebook/output.ts";
import type { MimeBundle, TextCell } from "./types.ts";

/** A heading, for the table of contents. */
export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

/** What surrounds a piece of Markdown. */
export interface MarkdownOptions {
  /** Pictures shown as `attachment:name`. */
  readonly attachments?: TextCell["attachments"] | undefined;
  /** Where a link leads. */
  readonly link?: (href: string) => string;
  /** An id that no other heading of the page has. */
  readonly id?: (text: string) => string;
}

hljs.registerLanguage("typescript", typescript);
hljs.registerLanguage("bash", bash);
hljs.registerLanguage("json", json);
hljs.registerLanguage("python", python);

/**
 * Code as HTML, coloured where the language is known.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { highlight } from "./markdown.ts";
 *
 * assertEquals(highlight("a < 1", "text"), "a &lt; 1");
 * assertEquals(highlight("1", "ts"), '<span class="hljs-number">1</span>');
 * ```
 */
export function highlight(code: string, language: string): string {
  if (!hljs.getLanguage(language)) return escapeHtml(code);
  return hljs.highlight(code, { language, ignoreIllegals: true }).value;
}

/**
 * Markdown as HTML, and its headings.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { markdownToHtml } from "./markdown.ts";
 *
 * const { html, headings } = markdownToHtml("## One *two*\n\n<script>alert(1)</script>", {});
 * assertEquals(html.trim(), '<h2 id="one-two">One <em>two</em></h2>');
 * assertEquals(headings, [{ level: 2, id: "one-two", text: "One two" }]);
 * ```
 */
export function markdownToHtml(
  source: string,
  { attachments = {}, link = (href) => href, id = slug }: MarkdownOptions,
): { readonly html: string; readonly headings: readonly Heading[] } {
  const headings: Heading[] = [];
  const formulas: string[] = [];
  const marked = new Marked({ gfm: true });
  marked.use({
    extensions: mathRules((formula) => `<math data-at="${formulas.push(formula) - 1}"></math>`),
    renderer: {
      heading({ tokens, depth }: Tokens.Heading): string {
        const html = this.parser.parseInline(tokens);
        const text = plain(html);
        headings.push({ level: depth, id: id(text), text });
        return `<h${depth} id="${headings.at(-1)!.id}">${html}</h${depth}>\n`;
      },
      code: ({ text, lang = "" }: Tokens.Code): string =>
        `<pre><code>${highlight(text, lang.split(/\s/)[0]!)}</code></pre>\n`,
      link({ href, title, tokens }: Tokens.Link): string {
        const attributes = `href="${escapeHtml(link(href))}"${titled(title)}`;
        return `<a ${attributes}>${this.parser.parseInline(tokens)}</a>`;
      },
      image: ({ href, title, text }: Tokens.Image): string => {
        const src = pictureUrl(href, attachments);
        const alt = escapeHtml(text);
        // A page asks nobody for anything: a picture that isn't in the notebook becomes a link.
        if (src === null) return `<a href="${escapeHtml(link(href))}">${alt || "picture"}</a>`;
        return `<img src="${src}" alt="${alt}"${titled(title)}>`;
      },
    },
  });
  const html = sanitizeHtml(marked.parse(source, { async: false }));
  const math = /<math data-at="(\d+)"><\/math>/g;
  return { html: html.replaceAll(math, (_, at) => formulas[Number(at)] ?? ""), headings };
}

/** `$x$` in a line; `$$x$$` by itself. */
function mathRules(place: (html: string) => string): TokenizerAndRendererExtension[] {
  const rule = (level: "inline" | "block", pattern: RegExp): TokenizerAndRendererExtension => ({
    name: `${level}Math`,
    level,
    // Text up to here is no formula; a paragraph ends only where a formula has its own line.
    start: (text) => text.match(level === "block" ? /^\$\$/m : /\$/)?.index,
    tokenizer(text) {
      const [raw, display, inline] = pattern.exec(text) ?? [];
      if (raw === undefined) return undefined;
      const formula = renderFormula((display ?? inline)!.trim(), display !== undefined);
      return { type: `${level}Math`, raw, html: place(formula) };
    },
    renderer: ({ html }) => html,
  });
  return [
    rule("block", /^\$\$([^$]+)\$\$[ \t]*(?:\n|$)/),
    // As in Pandoc, so that "$5 and $6" stays what it is.
    rule("inline", /^\$\$([^$]+)\$\$|^\$(?!\s)((?:\\.|[^$\\\n])+?)(?<!\s)\$(?!\d)/),
  ];
}

function pictureUrl(href: string, attachments: { readonly [name: string]: MimeBundle }) {
  if (/^data:image\//.test(href)) return escapeHtml(href);
  const bundle = attachments[decodeURIComponent(href.replace(/^attachment:/, ""))];
  const [mime, data] = Object.entries(bundle ?? {})[0] ?? [];
  return mime?.startsWith("image/") ? `data:${mime};base64,${String(data).trim()}` : null;
}

function titled(title: string | null | undefined): string {
  return title ? ` title="${escapeHtml(title)}"` : "";
}

/** The text of HTML that Markdown has become. */
function plain(html: string): string {
  const names: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };
  return html.replaceAll(/<[^>]*>/g, "").replaceAll(
    /&(\w+|#39);/g,
    (all, name) => names[name] ?? all,
  ).trim();
}

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "");
}
