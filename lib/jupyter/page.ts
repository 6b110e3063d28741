/**
 * An executed notebook as one HTML page that needs nothing else: no script, no font, no request.
 *
 * @module
 */

import { type Heading, highlight, markdownToHtml } from "./markdown.ts";
import { escapeHtml } from "../notebook/output.ts";
import { isInjected } from "./parameters.ts";
import { pictureOf, showOutput } from "./show.ts";
import { STYLE } from "./style.ts";
import type { Cell, CodeCell, Notebook } from "./types.ts";

/** One notebook among those that have a page. */
export interface Chapter {
  /** Name of its file without ending: `01_preprocess`; the page is `01_preprocess.html`. */
  readonly name: string;
  readonly notebook: Notebook;
}

/** What a page says of the whole that it belongs to. */
export interface PageOptions {
  /** All notebooks that have a page, in order. */
  readonly chapters: readonly Chapter[];
  /** The way from the page's folder to the notebook's, as `../../notebooks`; links go through it. */
  readonly source: string;
}

/**
 * The title of a notebook: its first heading, or its name.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { titleOf } from "./page.ts";
 *
 * const notebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 } as const;
 * assertEquals(titleOf({ name: "04_finetuning", notebook }), "04 finetuning");
 * ```
 */
export function titleOf({ name, notebook }: Chapter): string {
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "markdown") continue;
    const title = markdownToHtml(cell.source, {}).headings[0]?.text;
    if (title) return title;
  }
  return name.replaceAll("_", " ");
}

/**
 * The page of one notebook, the same for the same notebook.
 *
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { renderPage } from "./page.ts";
 *
 * const cell = { cell_type: "markdown", id: "a", metadata: {}, source: "# One\n\nText." } as const;
 * const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 } as const;
 * const chapter = { name: "01_one", notebook };
 * const page = renderPage(chapter, { chapters: [chapter], source: "." });
 * assertStringIncludes(page, '<h1 id="one">One</h1>');
 * ```
 */
export function renderPage(chapter: Chapter, { chapters, source }: PageOptions): string {
  const headings: Heading[] = [];
  const id = uniqueIds();
  const link = (href: string) => linkFrom(href, source, chapters);
  const cells = chapter.notebook.cells.map((cell, i) => {
    if (cell.cell_type === "code") return showCode(cell, i + 1);
    if (cell.cell_type === "raw") return `<pre class="raw">${escapeHtml(cell.source)}</pre>`;
    const { html, headings: more } = markdownToHtml(cell.source, {
      attachments: cell.attachments,
      link,
      id,
    });
    headings.push(...more);
    return `<section class="text">\n${scrollable(html)}</section>`;
  });
  const body = `<div class="page">
<nav class="contents" aria-label="Contents">
<a class="home" href="index.html">All notebooks</a>
${contents(headings)}
</nav>
<main>
${cells.join("\n")}
${neighbours(chapter, chapters)}
</main>
</div>`;
  return document(titleOf(chapter), body);
}

/**
 * The page that leads to all others.
 *
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { renderIndex } from "./page.ts";
 *
 * const notebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 } as const;
 * const html = renderIndex([{ name: "01_one", notebook }]);
 * assertStringIncludes(html, 'href="01_one.html"');
 * ```
 */
export function renderIndex(chapters: readonly Chapter[]): string {
  const cards = chapters.map((chapter) => {
    const { cells } = chapter.notebook;
    const outputs = cells.flatMap((cell) => cell.cell_type === "code" ? cell.outputs : []);
    const picture = outputs.map(pictureOf).find((found) => found !== null);
    // Counted as in the notebook's own file, where nothing is injected.
    const failed = cells.filter((cell) => !isInjected(cell)).findIndex((cell) =>
      cell.cell_type === "code" && cell.outputs.some((output) => output.output_type === "error")
    );
    const notice = failed < 0 ? "" : `<p class="failed">Stopped at cell ${failed + 1}.</p>`;
    return `<li><a class="card" href="${encodeURIComponent(chapter.name)}.html">
${picture ? `<span class="picture"><img src="${picture}" alt=""></span>` : numbered(chapter)}
<h2>${escapeHtml(titleOf(chapter))}</h2>
<p>${escapeHtml(summaryOf(cells))}</p>${notice}
</a></li>`;
  });
  const body = `<main class="index">
<h1>Notebooks</h1>
<p class="lead">Executed from start to end; each page holds everything it shows.</p>
<ol class="cards">
${cards.join("\n")}
</ol>
</main>`;
  return document("Notebooks", body);
}

function numbered({ name }: Chapter): string {
  return `<span class="picture none" aria-hidden="true">${/^\d+/.exec(name)?.[0] ?? ""}</span>`;
}

function document(title: string, body: string): string {
  // The policy holds even where a notebook's output would ask for more.
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>
${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function showCode(cell: CodeCell, number: number): string {
  const outputs = cell.outputs.map(showOutput).filter((html) => html !== "").map(scrollable);
  const count = cell.execution_count === null ? "" : `<span>${cell.execution_count}</span>`;
  const label = isInjected(cell) ? '<p class="label">Set by the command line</p>\n' : "";
  const source = cell.source.trim() === "" ? "" : `${label}<div class="source">${count}` +
    `<pre><code>${highlight(cell.source.trimEnd(), "typescript")}</code></pre></div>\n`;
  const shown = outputs.length === 0
    ? ""
    : `<div class="outputs">\n${outputs.join("\n")}\n</div>\n`;
  return `<section class="code" id="cell-${number}">\n${source}${shown}</section>`;
}

/** Tables scroll by themselves: on a narrow screen the page doesn't. */
function scrollable(html: string): string {
  return html.replaceAll("<table>", '<div class="scroll"><table>')
    .replaceAll("</table>", "</table></div>");
}

function contents(headings: readonly Heading[]): string {
  const items = headings.filter(({ level }) => level === 2 || level === 3).map((
    { level, id, text },
  ) => `<li class="level-${level}"><a href="#${id}">${escapeHtml(text)}</a></li>`);
  if (items.length === 0) return "";
  return `<details open>\n<summary>On this page</summary>\n<ol>\n${
    items.join("\n")
  }\n</ol>\n</details>`;
}

function neighbours(chapter: Chapter, chapters: readonly Chapter[]): string {
  const at = chapters.findIndex(({ name }) => name === chapter.name);
  const linked = (other: Chapter | undefined, kind: string, word: string) =>
    other === undefined ? "" : `<a class="${kind}" href="${encodeURIComponent(other.name)}.html">` +
      `<span>${word}</span>${escapeHtml(titleOf(other))}</a>`;
  const links = linked(chapters[at - 1], "previous", "Previous") +
    (at < 0 ? "" : linked(chapters[at + 1], "next", "Next"));
  return links === "" ? "" : `<nav class="neighbours" aria-label="Other notebooks">${links}</nav>`;
}

/** The first paragraph below the title. */
function summaryOf(cells: readonly Cell[]): string {
  const text = cells.filter(({ cell_type }) => cell_type === "markdown")
    .map(({ source }) => source).join("\n\n");
  const { html } = markdownToHtml(text, {});
  const paragraph = /<p>(.*?)<\/p>/s.exec(html)?.[1] ?? "";
  return paragraph.replaceAll(/<math.*?<\/math>|<[^>]*>/gs, "").replaceAll(/\s+/g, " ")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&").trim();
}

/** Other notebooks have pages; what is near the notebook lies elsewhere from the page. */
function linkFrom(href: string, source: string, chapters: readonly Chapter[]): string {
  if (/^([a-z][a-z0-9+.-]*:|#|\/)/i.test(href)) return href;
  const [, name, anchor = ""] = /^(?:\.\/)?([^/#]+)\.ipynb(#.*)?$/.exec(href) ?? [];
  if (name && chapters.some((chapter) => chapter.name === decodeURIComponent(name))) {
    return `${name}.html${anchor}`;
  }
  return `${source}/${href}`;
}

function uniqueIds(): (text: string) => string {
  const used = new Map<string, number>();
  return (text) => {
    const base = text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "");
    const count = (used.get(base) ?? 0) + 1;
    used.set(base, count);
    return count === 1 ? base || "section" : `${base || "section"}-${count}`;
  };
}
