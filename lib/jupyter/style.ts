/**
 * The style of the pages.
 *
 * @module
 */

/** A style sheet: system fonts, light and dark, wide screens, phones and paper. */
export const STYLE = `:root {
  color-scheme: light dark;
  --paper: #ffffff;
  --ink: #1d2430;
  --soft: #5b6675;
  --line: #e3e7ed;
  --shade: #f6f8fa;
  --accent: #2a5db0;
  --mark: #eef3fb;
  --warn: #b3261e;
  --warn-shade: #fdf1f0;
  --keyword: #8839a8;
  --string: #2f7a3b;
  --number: #b3540e;
  --function: #2a5db0;
  --comment: #6f7a88;
  --text: "Inter", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", "Noto Sans",
    "Liberation Sans", Arial, sans-serif;
  --code: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas,
    "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181f;
    --ink: #dfe5ee;
    --soft: #98a3b3;
    --line: #2b323d;
    --shade: #1b212a;
    --accent: #86b0f5;
    --mark: #1d2939;
    --warn: #ff8a80;
    --warn-shade: #2c1b1c;
    --keyword: #d2a1ec;
    --string: #93cf9c;
    --number: #f0ab72;
    --function: #86b0f5;
    --comment: #8792a2;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.65 var(--text); }
a { color: var(--accent); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
a:focus-visible, summary:focus-visible {
  outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px;
}
.page {
  display: grid; grid-template-columns: 14rem minmax(0, 51rem); justify-content: center;
  gap: 4rem; padding: 0 2rem;
}
main { padding: 3.5rem 0 5rem; min-width: 0; }

.contents {
  position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto;
  padding: 4.25rem 0 2rem; font-size: 0.875rem; line-height: 1.45;
}
.contents .home { color: var(--soft); text-decoration: none; font-weight: 500; }
.contents .home::before { content: "\\2190\\00a0\\00a0"; }
.contents .home:hover, .contents li a:hover { color: var(--accent); }
.contents summary {
  margin: 2rem 0 0.6rem; font-size: 0.75rem; font-weight: 600; letter-spacing: 0.06em;
  text-transform: uppercase; color: var(--soft); list-style: none; cursor: pointer;
}
.contents summary::-webkit-details-marker { display: none; }
.contents ol { list-style: none; margin: 0; padding: 0; border-left: 2px solid var(--line); }
.contents li a {
  display: block; padding: 0.25rem 0 0.25rem 0.9rem; color: var(--ink); text-decoration: none;
}
.contents .level-3 a { padding-left: 1.9rem; color: var(--soft); }

h1, h2, h3, h4 { line-height: 1.25; font-weight: 650; text-wrap: balance; margin: 0; }
h1 { font-size: 2.25rem; letter-spacing: -0.02em; margin-bottom: 1.25rem; }
h2 { font-size: 1.5rem; letter-spacing: -0.012em; margin: 3.25rem 0 0.9rem; }
h3 { font-size: 1.17rem; margin: 2.25rem 0 0.7rem; }
h4 { font-size: 1rem; margin: 1.75rem 0 0.5rem; }
.text { overflow-wrap: break-word; }
.text > :is(p, ul, ol, blockquote) { max-width: 45rem; }
.text > :first-child { margin-top: 0; }
.text + .text > :first-child, .code + .text > p:first-child { margin-top: 1.2rem; }
.code + .text > h2:first-child, .text + .text > h2:first-child { margin-top: 3.25rem; }
.code + .text > h3:first-child, .text + .text > h3:first-child { margin-top: 2.25rem; }
p, ul, ol, blockquote { margin: 0 0 1.05rem; }
li { margin: 0.3rem 0; }
li > ul, li > ol { margin-bottom: 0; }
blockquote {
  padding: 0.1rem 0 0.1rem 1.1rem; border-left: 3px solid var(--accent); color: var(--soft);
}
blockquote > :last-child { margin-bottom: 0; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2.5rem 0; }
img { max-width: 100%; height: auto; }
math {
  font-family: "Cambria Math", "STIX Two Math", "Latin Modern Math", "Noto Sans Math", math;
  font-size: 1.06em;
}
math[display="block"] { width: 100%; margin: 1.3rem 0; overflow-x: auto; overflow-y: hidden; }
.tml-right { text-align: right; }
.tml-left { text-align: left; }

code, pre { font-family: var(--code); font-variant-ligatures: none; }
code { font-size: 0.875em; background: var(--shade); padding: 0.12em 0.36em; border-radius: 4px; }
pre { margin: 0; overflow-x: auto; font-size: 0.8rem; line-height: 1.65; tab-size: 2; }
pre code { background: none; padding: 0; font-size: inherit; border-radius: 0; }
.text pre { background: var(--shade); border-radius: 8px; padding: 0.9rem 1.1rem; margin: 0 0 1.05rem; }

.code { margin: 1.4rem 0; }
.code + .code { margin-top: 0.9rem; }
.label { margin: 0 0 0.35rem; font-size: 0.8rem; color: var(--soft); }
.source {
  position: relative; background: var(--shade); border: 1px solid var(--line); border-radius: 8px;
}
.source pre { padding: 0.85rem 1.1rem; }
.source > span {
  position: absolute; right: calc(100% + 0.8rem); top: 0.95rem; font: 0.75rem var(--code);
  color: var(--soft); opacity: 0.75;
}
.outputs { padding: 1.05rem 0 0.2rem; }
.outputs > * + * { margin-top: 1.1rem; }
.stdout, .value { padding: 0 1rem; }
.stdout, .value, .stderr { white-space: pre-wrap; overflow-wrap: anywhere; }
.stderr { padding: 0.6rem 1rem; border-left: 3px solid var(--number); background: var(--shade); }
.error {
  border-left: 3px solid var(--warn); background: var(--warn-shade); padding: 0.8rem 1.1rem;
  border-radius: 0 8px 8px 0;
}
.error p { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
.error strong, .failed { color: var(--warn); }
.error pre { color: var(--soft); font-size: 0.78rem; }
figure { margin: 0; padding: 0.7rem; background: #fff; border: 1px solid var(--line); border-radius: 8px; }
figure img { display: block; margin: 0 auto; }

.scroll { overflow-x: auto; margin: 0 0 1.05rem; }
.html .scroll:last-child, .html > :last-child { margin-bottom: 0; }
table {
  border-collapse: collapse; font-size: 0.9rem; line-height: 1.45;
  font-variant-numeric: tabular-nums;
}
th, td { padding: 0.42rem 0.95rem; text-align: left; vertical-align: top; }
th:first-child, td:first-child { padding-left: 0.6rem; }
thead th {
  font-weight: 600; border-bottom: 1.5px solid var(--soft); vertical-align: bottom;
  white-space: nowrap;
}
tbody tr { border-bottom: 1px solid var(--line); }
tbody tr:hover { background: var(--mark); }
tbody th { font-weight: 500; }
caption { caption-side: top; text-align: left; color: var(--soft); padding: 0 0.6rem 0.5rem; }

progress { accent-color: var(--accent); vertical-align: middle; }

.neighbours { display: flex; gap: 1rem; margin-top: 4.5rem; }
.neighbours a {
  flex: 1 1 0; max-width: calc(50% - 0.5rem); padding: 0.85rem 1.1rem; border: 1px solid var(--line);
  border-radius: 8px; text-decoration: none; font-weight: 550; line-height: 1.35;
}
.neighbours a:hover, .card:hover { border-color: var(--accent); }
.neighbours span {
  display: block; font-size: 0.8rem; font-weight: 400; color: var(--soft); margin-bottom: 0.15rem;
}
.neighbours .next { margin-left: auto; text-align: right; }

.index { max-width: 66rem; margin: 0 auto; padding: 4.5rem 2rem 5rem; }
.index h1 { margin-bottom: 0.5rem; }
.lead { color: var(--soft); margin-bottom: 2.5rem; }
.cards {
  list-style: none; margin: 0; padding: 0; display: grid; gap: 1.5rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr));
}
.cards li { margin: 0; }
.card {
  display: block; height: 100%; color: inherit; text-decoration: none; border: 1px solid var(--line);
  border-radius: 10px; overflow: hidden; padding-bottom: 1.2rem;
}
.card .picture {
  display: block; height: 13rem; background: #fff; border-bottom: 1px solid var(--line);
  margin-bottom: 1.1rem;
}
.card .picture.none {
  display: grid; place-items: center; background: var(--shade); color: var(--line);
  font: 650 5rem var(--text); letter-spacing: -0.03em;
}
.card .picture img { width: 100%; height: 100%; object-fit: contain; padding: 0.8rem; }
.card h2 { font-size: 1.2rem; margin: 0 1.4rem 0.5rem; }
.card p { font-size: 0.94rem; line-height: 1.55; color: var(--soft); margin: 0 1.4rem; }
.card .failed { color: var(--warn); margin-top: 0.6rem; }

.hljs-keyword, .hljs-literal { color: var(--keyword); }
.hljs-string, .hljs-regexp, .hljs-subst .hljs-string { color: var(--string); }
.hljs-number { color: var(--number); }
.hljs-title, .hljs-built_in, .hljs-attr { color: var(--function); }
.hljs-comment { color: var(--comment); font-style: italic; }
.hljs-subst { color: inherit; }

@media (max-width: 72rem) {
  .page { display: block; max-width: 52rem; margin: 0 auto; }
  .contents { position: static; max-height: none; padding: 1.5rem 0 0; }
  .contents summary { margin-top: 1.25rem; }
  main { padding-top: 2.25rem; }
  .source > span { position: static; display: block; padding: 0.6rem 1.1rem 0; }
  .source > span + pre { padding-top: 0.25rem; }
}
@media (max-width: 40rem) {
  body { font-size: 1rem; }
  .page { padding: 0 1.1rem; }
  .index { padding: 2.5rem 1.1rem 3rem; }
  h1 { font-size: 1.75rem; }
  h2 { font-size: 1.3rem; margin-top: 2.5rem; }
  pre { font-size: 0.78rem; }
  .stdout, .value { padding: 0 0.4rem; }
  figure { padding: 0.35rem; }
  .neighbours { flex-direction: column; }
  .neighbours a { max-width: none; }
  .neighbours .next { margin-left: 0; }
}
@media print {
  :root { color-scheme: light; }
  .contents, .neighbours { display: none; }
  .page { display: block; padding: 0; }
  .source, figure, tr { break-inside: avoid; }
  pre { white-space: pre-wrap; }
}
`;
