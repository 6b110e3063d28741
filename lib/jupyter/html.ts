/**
 * HTML from a notebook, of which only what can be looked at is kept.
 *
 * @module
 */

// @ts-types="@types/sanitize-html"
import sanitize from "sanitize-html";

/**
 * HTML without scripts, styles, forms, frames, handlers, and pictures from elsewhere.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sanitizeHtml } from "./html.ts";
 *
 * const html = '<b onclick="run()">bold</b><script>run()</script><img src="https://example.com/a">';
 * assertEquals(sanitizeHtml(html), "<b>bold</b><img />");
 * ```
 */
export function sanitizeHtml(html: string): string {
  return sanitize(html, {
    allowedTags: [
      ...sanitize.defaults.allowedTags,
      ...["img", "details", "summary", "del", "ins", "input", "progress", "math"],
    ],
    allowedAttributes: {
      a: ["href", "title"],
      img: ["src", "alt", "title", "width", "height"],
      th: ["colspan", "rowspan", "scope", "style"],
      td: ["colspan", "rowspan", "style"],
      h1: ["id"],
      h2: ["id"],
      h3: ["id"],
      h4: ["id"],
      h5: ["id"],
      h6: ["id"],
      ol: ["start"],
      details: ["open"],
      math: ["data-at"],
      progress: ["value", "max"],
      input: [{ name: "type", values: ["checkbox"] }, "checked", "disabled"],
    },
    allowedClasses: { span: ["hljs-*"] },
    allowedStyles: { "*": { "text-align": [/^(left|center|right)$/] } },
    allowedSchemes: ["http", "https", "mailto"],
    allowedSchemesByTag: { img: ["data"] },
    allowProtocolRelative: false,
    exclusiveFilter: ({ tag, attribs }) => tag === "input" && attribs.type !== "checkbox",
    transformTags: { th: aligned, td: aligned },
  });
}

/** What Markdown says by an attribute that HTML has given up. */
function aligned(tagName: string, attribs: sanitize.Attributes): sanitize.Tag {
  const { align, ...rest } = attribs;
  return { tagName, attribs: align ? { ...rest, style: `text-align:${align}` } : rest };
}
